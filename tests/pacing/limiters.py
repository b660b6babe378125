"""The limiter that a client would have."""

from pandaprobe_evals.pacing import Engine, RateLimiter, RateLimiters


def limiter_for(
    credential: str,
    path: str,
    requests: int = 50,
    seconds: float = 60.0,
    *,
    share: float = 1.0,
    engine: str | Engine = "memory",
) -> RateLimiter:
    limiter = RateLimiters(credential, {"create": (requests, seconds)}, share=share, engine=engine).of("create", path)
    assert limiter
    return limiter
