"""A person's entitlements are read without everybody's, and a party's page without all of the party's."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.benefits.queries.entitlements import _READ, list_entitlements, list_entitlements_of_party
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import BENEFIT, PERSON, first, settle
from shared.contracts.envelope import Cause
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

HOSPITAL, BILLS, LIMIT = "hospital:3", 500, 10
# One benefit of each of 3,500 persons, and a hospital's bills of 500: half of all no revision names any more.
_FILL = f"""
   INSERT INTO assessment (claim, person, revision, event, happened_on, decided_at, revision_hash, owner, source)
   SELECT md5(number::text)::uuid, 1000 + number, 1, 'accident', '2026-07-15', '2026-08-12', 'ab', 'claims', 'claim'
   FROM generate_series(1, {BILLS * 8}) AS number;
   INSERT INTO settlement (claim, scheme, benefit, party, person, owner, source, fund, revision, settled_on, waiting)
   SELECT claim, 'act4', 'bill', CASE person % 8 WHEN 0 THEN '{HOSPITAL}' ELSE 'person:' || person END, person, owner,
          source, 'employment_injury', 1, '2026-08-12', '[]' FROM assessment WHERE person > 1000;
   INSERT INTO entitlement (claim, scheme, benefit, party, fund, law, decision_hash, provisional)
   SELECT claim, scheme, benefit, party, fund, 'Act 4 s.22', 'ab', false FROM settlement
   WHERE person > 1000 AND person % 16 < 8;
   ANALYZE assessment, settlement, entitlement;
"""  # noqa: S608 - constants


async def blocks_read(uow: BenefitsUnitOfWork, person: int | None, party: str) -> int:
    """How many blocks of 8 kB are read for a first page."""
    start = {f"after_{name}": "" for name in ("scheme", "benefit", "party")} | {"after_claim": UUID(int=0)}
    values: dict[str, Any] = {**start, "person": person, "party": party, "limit": LIMIT}
    asked = text("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + _READ.text)
    plan = (await uow.connection.execute(asked, values)).scalar_one()
    (found,) = json.loads(plan) if isinstance(plan, str) else plan
    return int(found["Plan"]["Shared Hit Blocks"]) + int(found["Plan"]["Shared Read Blocks"])


async def test_a_page_is_read_by_its_keys(benefits: ServiceUnderTest) -> None:
    await settle(benefits, first())
    async with benefits.database.connection("migrate") as owner:
        await owner.execute(_FILL)
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
        (own,) = await list_entitlements(PERSON, None, LIMIT, uow)
        assert own.key.benefit == BENEFIT
        pages = [await list_entitlements_of_party(HOSPITAL, None, 300, uow)]
        pages.append(await list_entitlements_of_party(HOSPITAL, pages[0][-1].key, 300, uow))
        keys = [each.key for page in pages for each in page]
        assert (len(keys), keys) == (BILLS, sorted(set(keys), key=lambda key: key.claim))
        (bill,) = await list_entitlements(1008, None, LIMIT, uow)
        assert bill.key.party == HOSPITAL, "under the person's claim, for another"
        assert await blocks_read(uow, PERSON, f"person:{PERSON}") <= 60
        assert await blocks_read(uow, None, HOSPITAL) <= 400
