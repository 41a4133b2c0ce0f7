"""Counting what is held costs what waits for an officer, not all that ever did."""

import json

import pytest

from services.benefits.storage.held_statuses import HELD
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

# A file in a thousand waits for an officer; of each something is held.
_FILES = """
    INSERT INTO bank_file (id, tenant, state, message_id, transactions, control_sum_sen, sha256, content, created_at,
                           fetched_at, answered_at, reason)
    SELECT gen_random_uuid(), 'bank:1', 'answered', number::text, 1, 1, '', '', now(), now(), now(),
           CASE WHEN number % 1000 = 0 THEN 'status_held' END
    FROM generate_series(1, 10000) AS number
"""
_HELD = """
    INSERT INTO held_status (id, tenant, bank_file, code, reason, report, reported_at, received_at)
    SELECT gen_random_uuid(), tenant, id, 'WHAT', 'status_unknown', 'S1', now(), now() FROM bank_file
"""


async def test_what_is_held_is_counted_by_the_files_that_wait(benefits: ServiceUnderTest) -> None:
    async with benefits.database.connection("migrate") as owner:
        for statement in (_FILES, _HELD, "ANALYZE bank_file", "ANALYZE held_status"):
            await owner.execute(statement)
    async with benefits.database.connection("worker") as connection:
        assert await connection.fetchval(HELD.text) == 10
        plan = json.loads(await connection.fetchval("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + HELD.text))[0]["Plan"]
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 100
