"""What commands share: their options for connection and output, and `@command`, which adds these to a function.

To add a command, write a module here with a function whose first parameter is `cli: Cli`:

    @command
    def gate(cli: Cli, runs: Annotated[list[str], typer.Argument(metavar="RUN_ID...")]) -> None:
        '''Say by the exit code whether the agents are good enough.'''
        with cli.client() as panda:
            outcomes = panda.session_runs.wait(runs)
        cli.out.records(..., [Column("session", itemgetter("session"))])   # a table, or JSON lines
        if not verdict.passed:
            raise typer.Exit(exits.VERDICT)

and register it by one line in commands.py: `app.command()(gate)`. `@command` gives it the options below, and ends it with
the exit code of whatever it raises (exits.py): raise errors of `pandaprobe_evals.errors`, and typer.BadParameter for a
flag. Import what is heavy (the client, rich, anything of an extra) inside the function: `--help` must stay quick.
"""

import inspect
import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec

import typer
from typer.models import ArgumentInfo

from . import exits, values
from .output import Output
from .telling import telling

if TYPE_CHECKING:
    from pandaprobe_evals import PandaProbe
    from pandaprobe_evals.settings import Layer, Settings

P = ParamSpec("P")

_PANEL = "Connection and output"

Endpoint = Annotated[
    str | None,
    typer.Option("--endpoint", "--base-url", metavar="URL", help="The service's address.", rich_help_panel=_PANEL),
]
ProjectName = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The project, beside an API key.", rich_help_panel=_PANEL),
]
ProjectId = Annotated[
    str | None,
    typer.Option(metavar="UUID", help="The project, beside a token.", rich_help_panel=_PANEL),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        metavar="TIME",
        parser=values.some_seconds,
        help="How long an attempt of a request may take.",
        rich_help_panel=_PANEL,
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="The configuration file.",
        show_default="~/.pandaprobe/config.yaml",
        dir_okay=False,
        rich_help_panel=_PANEL,
    ),
]
AllowHttp = Annotated[
    bool,
    typer.Option(
        "--allow-http", help="Send credentials over plain http to another machine, too.", rich_help_panel=_PANEL
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help="JSON lines on stdout, as without a terminal.", rich_help_panel=_PANEL),
]
Verbose = Annotated[
    int,
    typer.Option(
        "--verbose",
        "-v",
        count=True,
        metavar="",
        show_default=False,
        help="Log each wait on stderr; -vv, each request too.",
        rich_help_panel=_PANEL,
    ),
]

Deadline = Annotated[
    float | None,
    typer.Option(
        metavar="TIME",
        parser=values.seconds,
        help="Stop waiting after this long, such as 90, 5m or 2h; by default, when runs end or stall.",
    ),
]
StallAfter = Annotated[
    float | None,
    typer.Option(
        metavar="TIME",
        parser=values.seconds,
        help="Give up on a run that makes no progress for this long; by default, half an hour.",
    ),
]

Save = Annotated[
    Path | None,
    typer.Option(
        "--save", metavar="FILE", help="Write the results to a file, one JSON line for each score; it is replaced."
    ),
]


PASTED = 20
"""Run ids that a command which is proposed names one by one."""
VALUED = frozenset({"--endpoint", "--base-url", "--project-name", "--project-id", "--timeout", "--config"})
"""The options of every command that a value follows: they may stand before the command, too."""


@dataclass(frozen=True, kw_only=True)
class Cli:
    """What a command is handed: the options of every command, and the output, settings and client that these come to.

    There is no flag for the key or the token: anyone who can list this machine's processes could read it, and shells keep
    what was typed. They come from the environment or the file.
    """

    endpoint: Endpoint = None
    project_name: ProjectName = None
    project_id: ProjectId = None
    timeout: Timeout = None
    config: Config = None
    allow_http: AllowHttp = False
    as_json: Json = False
    verbose: Verbose = 0

    @cached_property
    def out(self) -> Output:
        """Where it prints."""
        return Output(as_json=self.as_json)

    @property
    def config_file(self) -> Path:
        """The configuration file, whether or not it is there."""
        from pandaprobe_evals import settings

        return settings.config_file(self.config)

    def again(self, *words: str) -> str:
        """Another command as it can be pasted, for the same service and project."""
        given = {
            "--endpoint": self.endpoint,
            "--project-name": self.project_name,
            "--project-id": self.project_id,
            "--config": self.config,
        }
        flags = [word for flag, value in given.items() if value for word in (flag, str(value))]
        return shlex.join(["pandaprobe-evals", *words, *flags, *(["--allow-http"] if self.allow_http else [])])

    def layers(self) -> "list[Layer]":
        """Flags, environment and file, in the order in which they win.

        Raises:
            InvalidArgument: The file cannot be read, or `--config` names none.
        """
        from pandaprobe_evals import settings

        for name, variable in settings.misspelt(os.environ):
            self.out.warn_once(f"{name} is set, and nothing reads it; did you mean {variable}?")
        timeout = None if self.timeout is None else f"{self.timeout:g}"
        given = settings.flags(
            endpoint=self.endpoint, project_name=self.project_name, project_id=self.project_id, timeout=timeout
        )
        return [given, *settings.surroundings(os.environ, self.config)]

    def settings(self) -> "Settings":
        """What flags, environment and file come to.

        Raises:
            InvalidArgument: They do not suffice, or one is malformed; names what to change.
        """
        from pandaprobe_evals import settings

        return settings.settle(
            settings.in_force(*self.layers()),
            or_else=f"; or write api_key and project_name into {self.config_file}. "
            "To try things out, `pandaprobe-evals sandbox` needs no account",
        )

    def client(self, **options: Any) -> "PandaProbe":
        """A client by flags, environment and file; `options` are the client's own.

        Raises:
            InvalidArgument: As `settings`.
        """
        from pandaprobe_evals import BackoffPolicy, PandaProbe

        found = self.settings()
        if found.timeout is not None:
            options.setdefault("timeout", found.timeout)
        # Whoever has mistyped an address is looking on.
        options["backoff"] = replace(options.get("backoff") or BackoffPolicy(), unreached_attempts=2)
        options.setdefault("pacing", "sqlite")  # each command is a process of its own, and the window outlives it
        return PandaProbe(found.auth, base_url=found.base_url, allow_http=self.allow_http, **options)


def typed(name: str, annotation: Any) -> str:
    """What a user types for a parameter: its flag, or the word that stands for an argument in the help."""
    said = annotation.__metadata__[0]
    if isinstance(said, ArgumentInfo):
        return str(said.metavar or name.upper()).strip(".")
    given = [said.default, *(said.param_decls or ())]  # typer takes the first one for the default until it looks closer
    flags = [flag for flag in given if isinstance(flag, str) and flag.startswith("--")]
    return flags[0].partition("/")[0] if flags else f"--{name.replace('_', '-')}"


def unfolded(text: str) -> str:
    """Text with each paragraph on one line: a terminal folds it where it is wide, and not where the source was."""
    return "\n\n".join(" ".join(paragraph.split("\n")) for paragraph in text.split("\n\n"))


def command(function: Callable[Concatenate[Cli, P], None]) -> Callable[..., None]:
    """Make a function a command: it is handed a `Cli`, and what it raises becomes a message and an exit code."""
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    shared = inspect.signature(Cli, eval_str=True).parameters
    words = {parameter.name: typed(parameter.name, parameter.annotation) for parameter in own}

    @wraps(function)
    def run(**given: Any) -> None:
        cli = Cli(**{name: given.pop(name) for name in shared})
        kind = ["--target", given["target"]] if given.get("target", "session") != "session" else []

        def again(run_ids: Sequence[str]) -> str:
            ids = run_ids if len(run_ids) <= PASTED else [*run_ids[:PASTED], "..."]
            return cli.again("watch", *ids, *kind)

        with (
            exits.reported(cli.out, words, again if "target" in given or "ledger" not in given else None),
            telling(cli.out, cli.verbose),
        ):
            function(cli, **given)  # type: ignore[call-arg]  # typer gives what the signature below asks for

    del run.__wrapped__
    run.__doc__ = unfolded(inspect.getdoc(function) or "")
    run.__annotations__ = {}
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # what typer makes options of
        [
            *(parameter.replace(kind=parameter.KEYWORD_ONLY) for parameter in own),
            *(parameter.replace(kind=parameter.KEYWORD_ONLY) for parameter in shared.values()),
        ]
    )
    return run
