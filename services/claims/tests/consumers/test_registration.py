"""What registration publishes of a person is what a claim is decided by."""

from datetime import date

import pytest

from services.claims.storage.projections import PROJECTIONS
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.support import PERSON, apply_events, registered
from shared.contracts.envelope import Cause
from shared.contracts.registration import Residence
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


async def test_the_residence_of_a_person_is_the_last_that_was_published(claims: ServiceUnderTest) -> None:
    """By it months count for invalidity; of whom nothing was published yet it is not known."""
    found = []
    for revision, residence in enumerate((None, Residence.FOREIGN_WORKER, Residence.PERMANENT_RESIDENT), start=1):
        if residence is not None:
            await apply_events(claims, registered().model_copy(update={"residence": residence, "revision": revision}))
        async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
            found.append((await uow.known_persons.of(PERSON, date(2026, 12, 31))).is_foreign)
    assert found == [False, True, False]


async def test_a_registers_death_is_kept_while_projections_are_filled_again_and_may_be_taken_back(
    claims: ServiceUnderTest,
) -> None:
    """Else a share would go to the dead again, and be missing with those who are left."""
    died = registered().model_copy(update={"died_on": date(2026, 9, 1), "revision": 2})
    await apply_events(claims, registered(), died)
    async with claims.database.connection("migrate") as connection:
        await connection.execute(f"TRUNCATE {', '.join(table.name for table in PROJECTIONS)}")
    assert await _died(claims) == date(2026, 9, 1)
    await apply_events(claims, registered().model_copy(update={"revision": 3}))
    assert await _died(claims) is None


async def _died(claims: ServiceUnderTest) -> date | None:
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        found = (await uow.evidence.deaths_of([PERSON])).get(f"person:{PERSON}")
        return None if found is None else found.day
