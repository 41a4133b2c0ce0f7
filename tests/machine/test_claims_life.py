"""A claim's whole life, act by act as chance has it: some lives in `make test`, many in `make prove` (decision 103)."""

import asyncio

import pytest

from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.machine.life import Stage, live

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]

# The same lives each time; `make prove` takes others (tests/prove/test_claims_life.py).
SEED, LIVES, STEPS = 20261130, 8, 25
# What the openings of lives come to, or all of it proves less than it says.
MET = {
    *(
        ("claim", "assessing", "decided"),
        ("claim", "assessing", "needs_officer"),
        ("claim", "awaiting_identity", "joined"),
    ),
    *(("task", "proposed", "approved"), ("question", "officer", "entitled"), ("board_case", "heard", "decided")),
    *(("payment", "sent", "settled"), ("payment", "settled", "returned"), ("evidence_request", None, "open")),
}


async def test_whatever_happens_to_a_claim_all_holds(
    databases: Databases, issuer: TestIssuer, business_clock: BusinessClock
) -> None:
    stage = Stage(databases, issuer, business_clock, asyncio.get_running_loop())
    await asyncio.to_thread(live, stage, SEED, LIVES, STEPS)
    assert stage.seen.keys() >= MET, sorted(MET - stage.seen.keys())
