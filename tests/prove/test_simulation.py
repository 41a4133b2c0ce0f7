"""The cores of relay, consumer runtime and payments on a virtual clock: thousands of bad days, each with its seed.

``SEEDS`` says how many days (2,000); ``SEED`` runs one again, step by step the same, and prints what happened.
"""

import pytest

from tests.prove.conftest import Show
from tests.prove.simulation.broken import BROKEN
from tests.prove.simulation.chance import KINDS
from tests.prove.simulation.many import Found, Seen, chosen_seeds, find_all, see, see_many
from tests.prove.simulation.wiring import Wiring
from tests.prove.simulation.world import run

pytestmark = pytest.mark.timeout(900)

SEEDS = 2_000
# With fewer seeds a rare fault, or a kill at a step that is seldom reached, may be missing.
ENOUGH_FOR_EVERYTHING = 1_000
KILLED_AT = (
    *("relay.turn", "relay.read", "relay.handed_over", "relay.acknowledged", "relay.confirm", "relay.marked"),
    "relay.bounds",
    *("consumer.poll", "consumer.fetched", "consumer.in_flight", "consumer.applied", "consumer.handled"),
    *("consumer.committed", "consumer.offsets_committed", "take", "follow", "inbox", "release", "park", "give back"),
    *("before commit", "after commit", "due.claimed", "due.before_commit", "bank_file.before_render"),
    "bank_file.frozen",
)


def test_every_seed_holds(show: Show) -> None:
    """Prints what was run and what went wrong in it; of a failing seed how to see it again."""
    seeds = chosen_seeds(SEEDS)
    if len(seeds) == 1:
        _tell(seeds[0], show)
        return
    seen = see_many(seeds)
    _print(seen, show)
    again = [
        f'{violation}: make prove ARGS="tests/prove/test_simulation.py -k holds" SEED={seed}'
        for seed, violation in sorted(seen.violations.items())
    ]
    assert again == []
    if len(seeds) >= ENOUGH_FOR_EVERYTHING:
        assert [kind for kind in KINDS if not seen.faults[kind]] == [], "faults that never happened"
        assert [at for at in KILLED_AT if not seen.points[f"killed at {at}"]] == [], "steps without a kill"


def _tell(seed: int, show: Show) -> None:
    report = run(seed, keep_trace=True)
    show(f"seed {seed}", [(line,) for line in report.trace])
    assert report.violation == ""


def _print(seen: Seen, show: Show) -> None:
    hours = f"{seen.virtual_seconds / 3600:.1f}"
    sizes = (
        seen.seeds,
        f"{seen.steps:,}",
        hours,
        f"{seen.seconds:.1f}",
        f"{seen.busy_seconds:.1f}",
        len(seen.violations),
    )
    show("seeds|steps|virtual hours|seconds|of a core|violations", [sizes])
    show("what there was|how many", [(name, f"{count:,}") for name, count in sorted(seen.counts.items())])
    show("fault|times", [(kind, f"{seen.faults[kind]:,}") for kind in KINDS])
    kills = [(at, f"{seen.points[at]:,}", seen.points[f"killed at {at}"]) for at in KILLED_AT]
    show("step|times reached|killed at it", kills)


def test_each_broken_core_is_found(show: Show) -> None:
    """A simulation that never failed proves nothing (rules P4)."""
    found = list(zip(BROKEN, find_all(), strict=True))
    rows = [(broken.name, broken.within, *_of(each)) for broken, each in found]
    show("broken core|seeds allowed|seeds needed|seconds|it said", rows)
    for broken, each in found:
        assert each is not None, f"{broken.name}: no seed of {broken.within} finds it"
        assert each.violation.startswith(broken.violation), f"{broken.name}: found by something else: {each.violation}"


def _of(found: Found | None) -> tuple[object, ...]:
    return (found.seed + 1, f"{found.seconds:.1f}", found.violation[:90]) if found else ("not found", "", "")


def test_a_seed_replays_step_by_step_in_another_process() -> None:
    """With another seed of the hashes, and with the trace written down; a failing one fails alike."""
    seeds = [3, 5, 8]
    elsewhere = see_many(seeds)
    assert [run(seed, keep_trace=True).digest for seed in seeds] == [elsewhere.digests[seed] for seed in seeds]
    broken = Wiring(inbox=False)
    first, again = (see(range(3), broken).violations for _ in range(2))
    assert first == again != {}
