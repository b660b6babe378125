"""The budget that a client would have."""

from pandaprobe_evals.pacing import Budget, Budgets, Engine


def budget_for(
    credential: str,
    path: str,
    requests: int = 50,
    seconds: float = 60.0,
    *,
    share: float = 1.0,
    engine: str | Engine = "memory",
) -> Budget:
    budget = Budgets(credential, {"create": (requests, seconds)}, share=share, engine=engine).of("create", path)
    assert budget
    return budget
