"""A claim's whole life, many times over: what `tests/machine` does in `make test`, from a seed that is printed.

``SEED`` sets it, and ``LIVES`` how many there are (100); ``SHRINK=1`` has Hypothesis look for the shortest life that
fails.
"""

import asyncio
import os

import pytest

from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.machine.life import Stage, WholeLife, live, live_opening
from tests.machine.openings import OPENINGS
from tests.machine.test_claims_life import MET, Transition
from tests.prove.conftest import Show

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(1800)]

SEED, LIVES, STEPS = 103, 100, 40


async def test_whatever_happens_to_a_claim_all_holds(
    databases: Databases, issuer: TestIssuer, business_clock: BusinessClock, show: Show
) -> None:
    seed, lives = int(os.environ.get("SEED", SEED)), int(os.environ.get("LIVES", LIVES))
    stage = Stage(databases, issuer, business_clock, asyncio.get_running_loop())
    try:
        for opening in OPENINGS:
            await asyncio.to_thread(live_opening, stage, opening)
        shrinks = bool(os.environ.get("SHRINK"))
        await asyncio.to_thread(live, stage, seed, lives, STEPS, of=WholeLife, shrink=shrinks)
    finally:
        show("seed|lives|acts", [(str(seed), str(stage.lives), f"{stage.steps:,}")])
        show(
            "act|answered|times",
            [(*each.rpartition(" ")[::2], f"{times:,}") for each, times in sorted(stage.met.items())],
        )
        show("of|from|to|lives", [(kind, f"{a}", b, f"{n}") for (kind, a, b), n in sorted(stage.seen.items(), key=str)])
    missing = set[Transition]().union(*MET.values()) - stage.seen.keys()
    assert lives < LIVES or not missing, sorted(missing, key=str)
