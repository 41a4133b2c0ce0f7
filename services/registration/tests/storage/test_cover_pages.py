"""What cover rests on is read from as few pages in a large register as in a small one."""

import json
from datetime import UTC, datetime

import asyncpg
import pytest

from services.registration.tests.storage.populated import FIRST_PERSON, populate
from services.registration.tests.support import Register

pytestmark = pytest.mark.postgres

FEW, MANY = 1_000, 20_000
THEN = datetime(2026, 11, 20, tzinfo=UTC)
# The indexes of a larger table are a level or two deeper: of the sixteen look-ups each may read two pages more.
DEEPER = 32


@pytest.mark.parametrize("known_at", [None, THEN], ids=["as known now", "as known then"])
async def test_pages_read_do_not_grow_with_persons(register: Register, known_at: datetime | None) -> None:
    pages = []
    for persons, before in ((FEW, 0), (MANY, FEW)):
        async with register.service.database.connection("migrate") as owner:
            await populate(owner, persons, before)
        async with register.service.database.connection("api") as connection:
            await connection.execute("SELECT set_config('jaring.role', 'officer', false)")
            # With catalog and plans in the session's own memory, as in a pool.
            for number in range(10):
                assert await connection.fetchval(_ASKED, FIRST_PERSON + number, known_at) is not None
            pages.append(max([await _pages(connection, FIRST_PERSON + n * 37, known_at) for n in range(1, 9)]))
    few, many = pages
    assert 0 < few < 150
    assert many <= few + DEEPER, f"{few} pages of {FEW} persons, {many} of {MANY}"


_ASKED = "SELECT cover_facts($1, '2026-11-29', CAST($2 AS timestamptz))"


async def _pages(connection: asyncpg.Connection, person: int, known_at: datetime | None) -> int:
    explained = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {_ASKED}", person, known_at)
    plan = json.loads(explained)[0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])
