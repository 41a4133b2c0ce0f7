"""What is read of a claim and of those that joined it, found without reading everybody's claims."""

import json
from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from services.claims.domain.claim import Claim, ClaimState
from services.claims.domain.facts import Certificate
from services.claims.storage.claims import _EVIDENCE
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.kernel.periods import Days
from shared.persistence.engine import Database
from shared.testing.servers import Databases

pytestmark = pytest.mark.postgres

MANY = 20_000
HAPPENED = date(2026, 7, 15)

_OTHERS = text("""
    INSERT INTO claim (id, notice, tenant, state, person, happened_on, place, worked_with_wages, received_at)
    SELECT gen_random_uuid(), gen_random_uuid(), 'hospital:1', 'assessing', 1000 + number, DATE '2026-07-15',
           'at_work', '{}', :now
    FROM generate_series(1, :many) AS number
""")


@pytest.fixture
async def uow(databases: Databases) -> AsyncIterator[ClaimsUnitOfWork]:
    async with databases.fresh("claims") as fresh:
        database = Database(fresh.url("worker"), "claims")
        async with database.begin(ClaimsUnitOfWork, Cause("test")) as opened:
            yield opened
        await database.close()


async def added(uow: ClaimsUnitOfWork, person: int, worked: tuple[date, ...], joined_to: UUID | None = None) -> Claim:
    """A claim of a known person, or one that joined it."""
    state = ClaimState.ASSESSING if joined_to is None else ClaimState.JOINED
    at = now()
    claim = Claim(
        new_id(), new_id(), state, person, None, None, HAPPENED, "at_work", worked, at, at, 0, joined_to=joined_to
    )
    return await uow.claims.add(claim, "hospital:1")


async def test_evidence_is_that_of_a_claim_and_of_those_that_joined_it_and_of_no_other(uow: ClaimsUnitOfWork) -> None:
    claim = await added(uow, 7, (date(2026, 7, 16), HAPPENED))
    joined = await added(uow, 7, (HAPPENED, date(2026, 7, 17)), joined_to=claim.id)
    other = await added(uow, 8, (date(2026, 7, 20),))
    later = Certificate(new_id(), date(2026, 7, 31), fit_from=date(2026, 8, 3))
    first = Certificate(new_id(), HAPPENED, Days(HAPPENED, date(2026, 8, 11)))
    for each, certificate in ((claim, later), (joined, first), (other, Certificate(new_id(), HAPPENED, first.days))):
        await uow.claims.add_certificate(each.id, certificate)
    evidence = await uow.claims.evidence(claim)
    assert evidence.certificates == (first, later)
    assert evidence.worked_with_wages == (HAPPENED, date(2026, 7, 16), date(2026, 7, 17))


async def test_the_claims_of_others_are_not_read_for_it(uow: ClaimsUnitOfWork) -> None:
    claim = await added(uow, 7, ())
    await uow.connection.execute(_OTHERS, {"many": MANY, "now": now()})
    asked = text("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + _EVIDENCE.text)
    row = await uow.connection.execute(asked, {"claim": claim.id, "person": claim.person})
    told = row.scalar_one()
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 50
