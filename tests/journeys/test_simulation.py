"""A few simulated bad days of relay, consumer runtime and payments; `make prove` runs thousands."""

import pytest

from tests.prove.simulation.broken import BROKEN, Broken
from tests.prove.simulation.many import see
from tests.prove.simulation.world import run

SEEDS = 40
SOON_FOUND = ("mark before ack", "inbox off", "park without key", "resend on unknown outcome")


def test_on_a_bad_day_nothing_is_lost_doubled_or_paid_twice() -> None:
    seen = see(range(SEEDS))
    assert seen.violations == {}
    assert seen.seeds == SEEDS
    assert sum(seen.faults.values()) > SEEDS


@pytest.mark.parametrize("broken", [each for each in BROKEN if each.name in SOON_FOUND], ids=lambda each: each.name)
def test_with_a_broken_core_something_is(broken: Broken) -> None:
    assert any(run(seed, broken.wiring).violation for seed in range(broken.within))
