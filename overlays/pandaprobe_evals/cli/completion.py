"""The values that a shell proposes behind an option, as the contract has them; no service is asked."""

from collections.abc import Callable

import typer

_METRICS = {"session": "SessionMetricName", "trace": "TraceMetricName"}


def among(*values: str) -> Callable[[str], list[str]]:
    """Propose these."""

    def proposed(incomplete: str) -> list[str]:
        return [value for value in values if value.startswith(incomplete)]

    return proposed


def named(schema: str) -> Callable[[str], list[str]]:
    """Propose the values of an enumeration of the contract."""

    def proposed(incomplete: str) -> list[str]:
        from pandaprobe_evals import contract

        return among(*contract.schema(schema)["enum"])(incomplete)

    return proposed


def metrics(ctx: typer.Context, incomplete: str) -> list[str]:
    """Propose the metrics of the target that was typed before; of sessions, else."""
    target = str(ctx.params.get("target") or "session")
    return named(_METRICS.get(target, _METRICS["session"]))(incomplete)


def minimums(ctx: typer.Context, incomplete: str) -> list[str]:
    """Propose `METRIC=`."""
    return [f"{metric}=" for metric in metrics(ctx, incomplete)]


def weights(incomplete: str) -> list[str]:
    """Propose `SIGNAL=`."""
    from pandaprobe_evals import evidence

    rules = evidence.rules("SessionScore")
    return among(*sorted(f"{signal}=" for signal in set(rules.scores.values())) if rules else ())(incomplete)
