"""Many hosts on one Redis budget: what `bench` prints for a hundred (section i), held here for fewer and shorter."""

from __future__ import annotations

import pytest

from tests.pacing.fleet import Fleet

HOSTS, SECONDS = 12, 420.0


def uneven(seed: int, lost: float = 0.0) -> Fleet:
    """A tenth of the hosts slow, and no two clocks alike."""
    return Fleet(seed, hosts=HOSTS, slow=0.1, skew=5, lost=lost)


@pytest.mark.parametrize("seed", [1, 2])
def test_while_redis_lives_the_limit_is_used_and_never_exceeded(seed: int) -> None:
    fleet = uneven(seed, lost=0.02)
    fleet.restart(30, SECONDS)
    fleet.run(SECONDS)
    assert fleet.refused == 0
    assert fleet.goodput > 0.97
    assert min(fleet.served[host.name] for host in fleet.members) > 0


def test_a_redis_that_loses_its_data_costs_a_few_refusals_at_that_moment_only() -> None:
    fleet = uneven(3)
    fleet.lose_redis(250)
    fleet.run(SECONDS)
    assert fleet.goodput > 0.9
    assert fleet.refused <= 3, "the new server is told what was sent within the window"
    assert all(250 <= at < 250 + 130 for at, _ in fleet.service.rejected)


def test_hosts_that_cannot_reach_redis_go_on_alone() -> None:
    fleet = uneven(4)
    fleet.cut_off(0.25, 130, 120)
    fleet.run(SECONDS)
    alone = {host.name for host in fleet.members if host.link.cut}
    assert not alone, "all are back"
    assert fleet.goodput > 0.9
    assert all(130 <= at < 250 + 130 for at, _ in fleet.service.rejected)
