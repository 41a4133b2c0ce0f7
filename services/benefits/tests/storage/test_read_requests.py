"""What a settling reads of the certificates that a payee was asked for: not all of its years."""

from datetime import date
from uuid import UUID

import pytest

from services.benefits.storage.conditions import conditions_as
from services.benefits.tests.support import CLAIM, PERSON
from shared.kernel.identifiers import new_id
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

PARTY = f"person:{PERSON}"
_ASKED = """
    INSERT INTO certificate_request (id, claim, scheme, benefit, party, tenant, certificate, due_on, asked_on)
    VALUES ($1, $2, 'act4', 'invalidity_pension', $3, 'organisation:1', $4, $5, $5)
"""
_SAID = """
    INSERT INTO party_statement (id, tenant, kind, party, says, first_on, evidence, replaces, withdrawn, stated_by,
                                 stated_at)
    VALUES ($1, 'organisation:1', 'certificate', $2, $3, $4, 'R117', $5, $6, 'officer-1', now())
"""
_COUNTS = """
    INSERT INTO party_statement_answer (statement, tenant, counts, proposed_by, approved_by, at)
    VALUES ($1, 'organisation:1', true, 'officer-1', 'officer-2', now())
"""


async def asked(benefits: ServiceUnderTest, due_on: date, certificate: str = "life") -> None:
    async with benefits.database.connection("migrate") as owner:
        await owner.execute(_ASKED, new_id(), CLAIM, PARTY, certificate, due_on)


async def proved(
    benefits: ServiceUnderTest, held_on: date, replaces: UUID | None = None, *, withdrawn: bool = False
) -> UUID:
    id_ = new_id()
    async with benefits.database.connection("migrate") as owner:
        await owner.execute(_SAID, id_, PARTY, "life", held_on, replaces, withdrawn)
        await owner.execute(_COUNTS, id_)
    return id_


async def read(benefits: ServiceUnderTest) -> list[str]:
    """The days of the requests that are read with a benefit of the payee."""
    conditions = conditions_as(benefit="'invalidity_pension'", parties=f"ARRAY['{PARTY}']")
    query = f"SELECT value ->> 'due_on' FROM ({conditions}) AS of_it, jsonb_array_elements(of_it.requests) ORDER BY 1"  # noqa: S608 - constants
    async with benefits.database.connection("worker") as worker:
        return [row[0] for row in await worker.fetch(query)]


async def test_what_was_asked_for_and_came_is_read_no_more(benefits: ServiceUnderTest) -> None:
    """Of ten years ten rows, and none once the last is proved: what is open is read whatever its age."""
    for year in range(2016, 2026):
        await asked(benefits, date(year, 4, 30))
    assert len(await read(benefits)) == 10
    await proved(benefits, date(2025, 4, 30))
    assert await read(benefits) == []
    await asked(benefits, date(2026, 4, 30))
    await asked(benefits, date(2020, 4, 30), "study")
    assert await read(benefits) == ["2020-04-30", "2026-04-30"], "another certificate proves nothing"


async def test_what_was_proved_and_is_withdrawn_is_asked_for_still(benefits: ServiceUnderTest) -> None:
    await asked(benefits, date(2025, 4, 30))
    earlier = await proved(benefits, date(2025, 4, 29))
    assert await read(benefits) == ["2025-04-30"], "whether one of before its day counts the law says"
    proof = await proved(benefits, date(2025, 5, 2), earlier)
    assert await read(benefits) == []
    await proved(benefits, date(2025, 5, 2), proof, withdrawn=True)
    assert await read(benefits) == ["2025-04-30"]
