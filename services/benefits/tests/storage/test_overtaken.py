"""What of a party's a newer revision has overtaken is found without all that it was ever granted."""

import json
from dataclasses import asdict
from datetime import date
from uuid import UUID, uuid5

import pytest
from sqlalchemy import text

from services.benefits.commands import settle_entitlement
from services.benefits.domain.entitled import EntitlementKey
from services.benefits.storage.settling import OVERTAKEN
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import (
    BENEFIT,
    CLAIM,
    assessed,
    bank_answers,
    decided,
    enter_payee,
    first,
    handle_events,
    listed,
    period,
    refused,
    second,
    settle,
    settling,
)
from shared.contracts.envelope import Cause
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

# In a fresh connection the function that tells which numbers are one party's costs some 50 blocks of the catalog, of
# however many bills; each bill that is looked up would cost several.
HOSPITAL, BILLS, MOST_BLOCKS = "hospital:3", 2_000, 100
# A hospital's bills: each was paid for, and is settled by its newest revision.
_PAID = """
    INSERT INTO assessment (claim, revision, event, happened_on, decided_at, revision_hash, owner, source)
    SELECT md5(number::text)::uuid, 1, 'bill', '2026-07-15', '2026-08-12', 'ab', 'claims', 'claim'
    FROM generate_series(1, {bills}) AS number;
    INSERT INTO settlement (claim, scheme, benefit, party, owner, source, fund, revision, settled_on, waiting)
    SELECT claim, 'act4', 'bill', '{party}', owner, source, 'employment_injury', 1, '2026-08-12', '[]' FROM assessment;
    INSERT INTO payment (id, tenant, claim, scheme, benefit, party, owner, source, fund, kind, revision, period_first,
                         period_last, replaces, amount_sen, end_to_end_id, state, correlation_id, created_at)
    SELECT gen_random_uuid(), 'organisation:1', claim, scheme, benefit, party, owner, source, fund, 'once', 1,
           '2026-07-15', '2026-07-15', '', 100, claim::text, 'voided', 'story', now() FROM settlement;
    ANALYZE assessment, settlement, payment;
"""


async def overtaken(benefits: ServiceUnderTest, key: EntitlementKey) -> list[EntitlementKey]:
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
        turn = await uow.settling.begin(key, 10)
        assert turn is not None
        return list(turn.overtaken)


async def blocks_read(benefits: ServiceUnderTest, key: EntitlementKey) -> int:
    """How many blocks of 8 kB are read to find it."""
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
        asked = text("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + OVERTAKEN)
        plan = (await uow.connection.execute(asked, {**asdict(key), "limit": 10})).scalar_one()
    (found,) = json.loads(plan) if isinstance(plan, str) else plan
    return int(found["Plan"]["Shared Hit Blocks"]) + int(found["Plan"]["Shared Read Blocks"])


async def test_a_hospital_with_very_many_bills_is_settled_without_reading_them(benefits: ServiceUnderTest) -> None:
    async with benefits.database.connection("migrate") as owner:
        await owner.execute(_PAID.format(bills=BILLS, party=HOSPITAL))
    key = EntitlementKey(uuid5(CLAIM, "another"), "act4", "bill", HOSPITAL)
    assert await overtaken(benefits, key) == []
    assert await blocks_read(benefits, key) <= MOST_BLOCKS
    async with benefits.database.connection() as connection:
        bill = await connection.fetchval("SELECT claim FROM settlement LIMIT 1")
    await handle_events(benefits, assessed(2, claim=UUID(str(bill))))
    assert await overtaken(benefits, key) == [EntitlementKey(UUID(str(bill)), "act4", "bill", HOSPITAL)]
    assert await blocks_read(benefits, key) <= MOST_BLOCKS


async def test_it_is_overtaken_from_when_the_revision_comes_until_it_is_settled(benefits: ServiceUnderTest) -> None:
    await settle(benefits, first())
    another = EntitlementKey(uuid5(CLAIM, "another"), "act4", BENEFIT, "person:12")
    assert await overtaken(benefits, another) == []
    await handle_events(benefits, second())
    assert await overtaken(benefits, another) == [settling().key]
    assert await overtaken(benefits, settling().key) == [], "it is not set off against itself"
    await benefits.work_off()
    assert await overtaken(benefits, another) == []
    async with benefits.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM overtaken") == 0


async def test_very_many_are_brought_down_a_page_at_a_time_and_looked_at_once(
    benefits: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three claims were paid; of two all is to come back, and the third is owed more: a fourth is paid after a look."""
    monkeypatch.setattr(settle_entitlement, "_PAGE", 2)
    claims = [uuid5(CLAIM, str(number)) for number in range(4)]
    terms = [period(date(2026, month, 1), date(2026, month, 5), 10000) for month in (5, 6, 7, 8)]
    await enter_payee(benefits)
    for claim, term in zip(claims[:3], terms, strict=False):
        await settle(benefits, decided(1, term, claim=claim))
    await bank_answers(benefits)
    longer = period(date(2026, 5, 1), date(2026, 5, 6), 10000)
    of_each = (decided(2, longer, claim=claims[0]), *(refused(2, claim=claim) for claim in claims[1:3]))
    await handle_events(benefits, *of_each, decided(1, terms[3], claim=claims[3]))
    fourth, left = settling(claims[3]), []
    for _ in range(2):
        async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
            await settle_entitlement.settle_entitlement(fourth, uow)
        left.append(len(await overtaken(benefits, fourth.key)))
    assert left == [1, 0]
    assert [each["claim"] for each in await listed(benefits, "payments") if each["state"] == "unsent"] == []
    await benefits.work_off()
    assert await bank_answers(benefits) == []
    assert sorted(each["open"]["amount"] for each in await listed(benefits, "recoveries")) == ["0.00", "400.00"]
