"""What is past its retention goes, batch after batch, and nothing else does (rules M2, M9)."""

from datetime import timedelta

import asyncpg
import pytest

from shared.messaging import retention_cleanup
from shared.messaging.retention_cleanup import CleanUpExpired, clean_up_expired
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.scheduling.runner import DueWorkRunner, Schedule
from shared.testing.servers import TestDatabase

pytestmark = pytest.mark.postgres

_ROWS = """
    INSERT INTO outbox (event_id, topic, key, type, headers, payload, created_at, published_at)
    SELECT gen_random_uuid(), 't', 'k', 't', '{}', '', now() - age, CASE WHEN sent THEN now() - age END
    FROM (VALUES (interval '15 days', true), ('15 days', true), ('15 days', false), ('13 days', true)) AS v (age, sent);
    INSERT INTO inbox SELECT 'c', gen_random_uuid(), now() - age
    FROM (VALUES (interval '14 months'), ('14 months'), ('14 months'), ('12 months')) AS v (age);
"""
_KEYS = """
    INSERT INTO idempotency_key SELECT 'tenant', 'client', age::text, '', 201, '{}', '', now() - age
    FROM (VALUES (interval '31 days'), ('32 days'), ('29 days')) AS v (age)
"""


async def left(worker: asyncpg.Connection) -> list[int]:
    counts = await worker.fetchrow(
        "SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM inbox), (SELECT count(*) FROM idempotency_key)"
    )
    return list(counts or ())


async def test_house_is_kept_until_nothing_old_is_left_and_an_unsent_event_never_goes(
    platform: TestDatabase, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of two: a full one is followed by the next at once, the timer's hour notwithstanding."""
    monkeypatch.setattr(retention_cleanup, "_BATCH", 2)
    every_hour = Schedule(CleanUpExpired, clean_up_expired, every=timedelta(hours=1))
    runner = DueWorkRunner(database, UnitOfWork, [], [every_hour])
    await runner._start_schedules()
    async with platform.connection() as worker, platform.connection("migrate") as owner:
        await worker.execute(_ROWS)
        await owner.execute(_KEYS)
        assert await left(worker) == [4, 4, 3]
        assert await runner.run_one()
        assert await left(worker) == [2, 2, 1]
        assert await runner.run_one()
        assert await left(worker) == [2, 1, 1]
        assert not await runner.run_one()
        assert await worker.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 1
