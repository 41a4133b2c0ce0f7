"""What is read of a claim and of those that joined it, found without reading everybody's claims."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from services.claims.domain.claim import Claim, ClaimState
from services.claims.domain.contested import HeldDays
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.storage.evidence import _OF_CLAIM
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.support import a_claim
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
    INSERT INTO claim (id, notice, tenant, state, kind, person, name_tokens, relation, happened_on, place, received_at,
                       joined_at_revision, decided_days, awaits, bucket, shown_bucket, stands_since)
    SELECT gen_random_uuid(), gen_random_uuid(), 'hospital:1', 'assessing', 'accident', 1000 + number, '{}', 'hospital',
           DATE '2026-07-15', 'at_work', :now, 0, '{}', '{}', 'assessing|topic|', 'assessing|topic|', :now
    FROM generate_series(1, :many) AS number
""")


@pytest.fixture
async def uow(databases: Databases) -> AsyncIterator[ClaimsUnitOfWork]:
    async with databases.fresh("claims") as fresh:
        database = Database(fresh.url("worker"), "claims")
        async with database.begin(ClaimsUnitOfWork, Cause("test")) as opened:
            yield opened
        await database.close()


async def added(uow: ClaimsUnitOfWork, person: int, **changes: Any) -> Claim:
    """A claim of a known person, or one that joined it."""
    at = now()
    claim = a_claim(id=new_id(), notice=new_id(), person=person, received_at=at, stored_at=at)
    return await uow.claims.add(replace(claim, **changes))


def stated(claim: Claim, kind: EvidenceKind, **values: Any) -> Evidence:
    return Evidence(new_id(), claim.id, claim.tenant, kind, now(), **values)


async def test_evidence_is_that_of_a_claim_and_of_those_that_joined_it_and_of_no_other(uow: ClaimsUnitOfWork) -> None:
    claim = await added(uow, 7)
    joined = await added(uow, 7, state=ClaimState.JOINED, joined_to=claim.id, joined_at_revision=1)
    other = await added(uow, 8)
    first = stated(claim, EvidenceKind.CERTIFICATE, issued_on=HAPPENED, days=Days(HAPPENED, date(2026, 8, 11)))
    later = stated(joined, EvidenceKind.FINAL_CERTIFICATE, issued_on=date(2026, 7, 31), fit_from=date(2026, 8, 3))
    worked = stated(claim, EvidenceKind.WAGES_PAID, wage_days=(HAPPENED, date(2026, 7, 16)))
    await uow.evidence.add(first, later, worked, replace(first, id=new_id(), claim=other.id))
    await uow.evidence.add(first)
    found = await uow.evidence.of(claim)
    assert found.evidence == (first, replace(later, late=True), worked)
    assert found.held == ()


async def test_the_days_of_other_claims_of_the_person_are_told(uow: ClaimsUnitOfWork) -> None:
    days = (Days(HAPPENED, HAPPENED), Days(date(2026, 7, 20), date(2026, 8, 11)))
    other = await added(uow, 7, happened_on=date(2026, 7, 14), decided_days=days, revision=2)
    await added(uow, 8, decided_days=days)
    claim = await added(uow, 7)
    assert (await uow.evidence.of(claim)).held == (HeldDays(other.id, 2, days),)
    assert await uow.claims.find(other.id) == other


async def test_the_days_that_wait_in_another_claim_are_held_too(uow: ClaimsUnitOfWork) -> None:
    waiting = (Days(date(2027, 1, 11), date(2027, 1, 30)),)
    other = await added(uow, 7, happened_on=date(2026, 7, 14), waiting_days=waiting, revision=1)
    assert (await uow.evidence.of(await added(uow, 7))).held == (HeldDays(other.id, 1, waiting),)
    assert await uow.claims.find(other.id) == other


async def test_the_claims_of_others_are_not_read_for_it(uow: ClaimsUnitOfWork) -> None:
    claim = await added(uow, 7)
    await uow.connection.execute(_OTHERS, {"many": MANY, "now": now()})
    asked = text("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + _OF_CLAIM.text)
    row = await uow.connection.execute(asked, {"claim": claim.id, "person": claim.person})
    told = row.scalar_one()
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 50


async def test_evidence_is_stated_of_a_claim_while_it_is_assessed(databases: Databases) -> None:
    """Whoever states it refers to the claim's row; who assesses the claim holds that row and may wait for the other."""
    async with databases.fresh("claims") as fresh:
        database = Database(fresh.url("worker"), "claims")
        async with database.begin(ClaimsUnitOfWork, Cause("test")) as opened:
            claim = await added(opened, 7)
        async with database.begin(ClaimsUnitOfWork, Cause("test")) as assessing:
            await assessing.claims.lock(claim.id)
            async with asyncio.timeout(10), database.begin(ClaimsUnitOfWork, Cause("test")) as stating:
                await stating.evidence.add(stated(claim, EvidenceKind.WAGES_PAID, wage_days=(HAPPENED,)))
            await assessing.claims.save(replace(claim, state=ClaimState.DECIDED))
            assert len(await assessing.evidence.list_of(claim.id)) == 1
        await database.close()


async def test_a_claim_is_saved_while_evidence_of_it_is_added(databases: Databases) -> None:
    """Whoever adds evidence refers to the claim, and wakes the due work that saves it: neither waits for the other."""
    async with databases.fresh("claims") as fresh:
        database = Database(fresh.url("worker"), "claims")
        async with database.begin(ClaimsUnitOfWork, Cause("test")) as before:
            claim = await added(before, 7)
        evidence = Evidence(new_id(), claim.id, "hospital:1", EvidenceKind.WAGES_PAID, now())
        async with database.begin(ClaimsUnitOfWork, Cause("test")) as adding:
            await adding.evidence.add(evidence)
            async with database.begin(ClaimsUnitOfWork, Cause("test")) as saving:
                await saving.connection.execute(text("SET LOCAL lock_timeout = '2s'"))
                await saving.claims.lock(claim.id)
                await saving.claims.save(replace(claim, reason="looked_at"))
        await database.close()
