"""What an accident costs the database, in statements: so that it does not grow back unseen (decision 53)."""

import pytest

from services.claims.tests.support import (
    ACCIDENT,
    PERSON,
    SPELL,
    apply_events,
    contributed,
    decisions_of,
    employed,
    report,
    statements,
)
from shared.contracts.registration import MembershipChangedV1
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


async def run(claims: ServiceUnderTest) -> int:
    """Run what has been due longest: with how many statements."""
    with statements(claims) as said:
        assert await claims.worker.runner.run_one()
    return len(said)


async def test_what_an_accident_costs_in_statements(worker: ServiceUnderTest) -> None:
    with statements(worker) as said:
        reported = await report(worker, **ACCIDENT)
    assert len(said) <= 6, "the tenant, the key and its answer, the claim with its evidence, what is due"
    assert await run(worker) <= 11, "identified, gathered, decided, told"
    assert await run(worker) <= 3, "when it is to be looked at once more"
    assert await run(worker) <= 4, "taken, locked, gathered, and as before"
    await apply_events(worker, contributed("2026-07", 390_000, revision=2))
    assert await run(worker) <= 8, "woken by a wage: decided and told again"
    await apply_events(worker, employed()[0].model_copy(update={"spell": SPELL, "revision": 2}))
    assert await run(worker) <= 6, "woken by what decides nothing"
    assert await worker.work_off() == 0
    assert len(await decisions_of(worker, reported)) == 2


async def test_what_a_person_without_a_claim_costs(worker: ServiceUnderTest) -> None:
    with statements(worker) as said:
        await apply_events(worker, *employed(8))
    assert len(said) <= 3, "employments, memberships, and whom they wake"


async def test_many_employers_cost_no_statement_more(worker: ServiceUnderTest) -> None:
    for employer in range(20, 30):
        (spell, _) = employed(employer=employer)
        await apply_events(worker, spell.model_copy(update={"spell": SPELL.__class__(int=employer)}))
    await report(worker, **ACCIDENT)
    assert await run(worker) <= 13, "those that have said nothing are asked which days they paid, all at once"


async def test_a_membership_of_which_no_question_asks_decides_nothing(worker: ServiceUnderTest) -> None:
    """Registration states that of Act 800 too: it is kept, a claim is asked once more, and decides as before."""
    reported = await report(worker, **ACCIDENT)
    await worker.work_off()
    before = await decisions_of(worker, reported)
    assert before
    insured = {"category": "insured", "first": "2018-01-01"}
    told = {"person": PERSON, "scheme": "act800", "revision": 1, "periods": [insured]}
    await apply_events(worker, MembershipChangedV1.model_validate(told))
    await worker.work_off()
    assert await decisions_of(worker, reported) == before
    async with worker.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM known_membership WHERE scheme = 'act800'") == 1
