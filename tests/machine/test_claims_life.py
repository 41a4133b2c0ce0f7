"""A claim's whole life, act by act as chance has it: some lives in `make test`, many in `make prove` (decision 103)."""

import asyncio
from collections.abc import Mapping

import pytest

from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.machine.life import Stage, live, live_opening
from tests.machine.openings import OPENINGS

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]

# The same few lives each time; in those of `make prove` chance has all acts (tests/prove/test_claims_life.py).
SEED, LIVES, STEPS = 20261130, 2, 25
Transition = tuple[str, str | None, str]
# What the openings of lives come to, or all of it proves less than it says.
MET: Mapping[str, set[Transition]] = {
    "appealed": {("appeal", "filed", "heard"), ("appeal", "heard", "decided")},
    "appealed by an officer": {("appeal", "filed", "heard"), ("appeal", "heard", "decided")},
    "appealed in vain": {("appeal", "filed", "withdrawn"), ("appeal", "filed", "decided")},
    "treated": {
        *(("medical_authorisation", "provisional", "authorised"), ("medical_bill", "waiting", "officer")),
        *(("medical_bill", "officer", "settled"), ("medical_bill", "settled", "withdrawn")),
        *(("payment", "sent", "settled"), ("task", "proposed", "approved")),
    },
    "two numbers": {("claim", "decided", "joined"), ("claim", "joined", "assessing"), ("payment", "unsent", "voided")},
    "claims put back": {("claim", "needs_officer", "decided"), ("claim", "awaiting_identity", "joined")},
    "benefits put back": {("bank_file", "fetched", "answered"), ("payment", "sent", "settled")},
    "paid": {("claim", "assessing", "decided"), ("payment", "sent", "settled")},
    "come back": {("payment", "settled", "returned")},
    "adjacent days": {("claim", "assessing", "needs_officer")},
    "left with a loss": {
        *(("board_case", "heard", "decided"), ("question", "officer", "entitled")),
        *(("task", "proposed", "approved"), ("evidence_request", None, "open")),
    },
    "dead": {("claim", "awaiting_identity", "joined"), ("question", "officer", "entitled")},
}


@pytest.mark.parametrize("opening", OPENINGS, ids=lambda opening: opening.replace(" ", "_"))
async def test_all_holds_of_what_begins_so(
    databases: Databases, issuer: TestIssuer, business_clock: BusinessClock, opening: str
) -> None:
    stage = Stage(databases, issuer, business_clock, asyncio.get_running_loop())
    await asyncio.to_thread(live_opening, stage, opening)
    missing = MET.get(opening, set()) - stage.seen.keys()
    assert not missing, sorted(missing, key=str)


async def test_whatever_happens_to_a_claim_all_holds(
    databases: Databases, issuer: TestIssuer, business_clock: BusinessClock
) -> None:
    stage = Stage(databases, issuer, business_clock, asyncio.get_running_loop())
    await asyncio.to_thread(live, stage, SEED, LIVES, STEPS)
    assert stage.lives == LIVES
