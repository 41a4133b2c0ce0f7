"""How often opening and settling a referral ask the database, so that it does not grow back unseen."""

import pytest

from services.rehab.consumers import accident_reported, claim_assessed
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from services.rehab.tests.support import Rehab, accident, decided, refused
from shared.contracts.accident_reported import AccidentReportedV1
from shared.contracts.envelope import Cause, Event
from shared.kernel.identifiers import new_id
from shared.testing.statements import statements

pytestmark = pytest.mark.postgres


async def statements_of(rehab: Rehab, event: Event) -> int:
    """Of reacting to an event that was applied."""
    topic = accident_reported if isinstance(event, AccidentReportedV1) else claim_assessed
    database = rehab.service.worker.database
    async with database.begin(RehabUnitOfWork, Cause("test")) as uow:
        await topic.apply([event], uow)
    async with database.begin(RehabUnitOfWork, Cause("test")) as uow:
        with statements(database) as made:
            await topic.handle(event, uow)
    return len(made)


async def test_a_referral_is_opened_and_settled_with_a_turn_and_one_statement_each(rehab: Rehab) -> None:
    claim = new_id()
    assert await statements_of(rehab, accident(claim)) == 2
    assert await statements_of(rehab, decided(claim)) == 2


async def test_a_refusal_that_came_first_closes_it_with_one_more(rehab: Rehab) -> None:
    claim = new_id()
    assert await statements_of(rehab, refused(claim)) == 2
    assert await statements_of(rehab, accident(claim)) == 3
    assert (await rehab.referral_of(claim))["state"] == "not_covered"


async def test_an_accident_that_is_told_again_finds_the_referral(rehab: Rehab) -> None:
    claim = new_id()
    await statements_of(rehab, accident(claim))
    await statements_of(rehab, refused(claim))
    assert (await rehab.referral_of(claim))["state"] == "not_covered"
    assert await statements_of(rehab, accident(claim, revision=2)) == 4
    assert (await rehab.referral_of(claim))["state"] == "not_covered"
