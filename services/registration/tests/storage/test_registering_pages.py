"""Who is registered is compared with few, however many were born on its day, and also where no table is analysed."""

import json

import asyncpg
import pytest

from services.registration.tests.support import Register

pytestmark = pytest.mark.postgres

FEW, MANY = 50, 3_000
# An index is a level deeper, and a page of it is split.
DEEPER = 12
BIRTH = "1990-01-01"
_ASKED = "SELECT is_like_another($1, $2, $3)"
_ADD = (
    """INSERT INTO person (person, revision, registered_at)
       SELECT n, 1, '2015-01-01T00:00Z' FROM generate_series($1::integer, $2::integer) AS n""",
    """INSERT INTO person_fact (id, person, attribute, valid, plain, sealed, source)
       SELECT nextval('person_fact_id'), n, attribute, '(,)', plain, sealed, 'organisation:1'
       FROM generate_series($1::integer, $2::integer) AS n,
            (VALUES ('born_on', '1990-01-01', NULL), ('residence', 'citizen', NULL), ('name', NULL, '\\x00'::bytea))
                AS stated (attribute, plain, sealed)""",
    """INSERT INTO person_attribute (person, attribute, valid, fact)
       SELECT person, attribute, valid, id FROM person_fact WHERE person BETWEEN $1 AND $2""",
    """INSERT INTO person_name_token (token, person, fact)
       SELECT 'token ' || person, person, id FROM person_fact
       WHERE attribute = 'name' AND person BETWEEN $1 AND $2""",
)


async def test_pages_read_do_not_grow_with_who_was_born_on_the_day(register: Register) -> None:
    pages = []
    async with (
        register.service.database.connection("migrate") as owner,
        register.service.database.connection("worker") as worker,
    ):
        for first, last in ((1, FEW), (FEW + 1, MANY)):
            for statement in _ADD:
                await owner.execute(statement, first, last)
            # The session's plans were made when there were few.
            for _ in range(10):
                assert await worker.fetchval(_ASKED, 7, ["token 7"], BIRTH) is False
            pages.append(await _pages(worker))
        assert await worker.fetchval(_ASKED, 7, ["token 8"], BIRTH) is True
        assert await worker.fetchval(_ASKED, 7, ["token 8"], "1990-01-02") is False
    few, many = pages
    assert 0 < many <= few + DEEPER, f"{few} pages of {FEW} persons, {many} of {MANY}"


async def _pages(connection: asyncpg.Connection) -> int:
    asked = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {_ASKED}"
    plan = json.loads(await connection.fetchval(asked, 7, ["token 7"], BIRTH))[0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])
