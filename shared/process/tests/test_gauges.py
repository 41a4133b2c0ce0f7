"""Each gauge shows what stands in the database, each limit that is passed is a reason, and looking costs little."""

import asyncio
import math
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import orjson
import pytest
from sqlalchemy import text

from shared.kernel.clock import business_day, now
from shared.messaging.consumer import Consumer
from shared.messaging.member_name import MemberName
from shared.messaging.parked import COUNTS, MOST_COUNTED
from shared.messaging.progress import Behind
from shared.messaging.relay import Relay
from shared.messaging.subscription import Subscription
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.process.gauges import FAILED, Gauges, WorkerGauges
from shared.telemetry import metrics
from shared.testing.servers import Databases, TestDatabase

pytestmark = pytest.mark.postgres

TOPIC = "registration"


async def keep(_: Sequence[Any], __: UnitOfWork) -> None:
    """A projection of nothing."""


SUBSCRIPTIONS = [Subscription[UnitOfWork](topic, apply=keep) for topic in (TOPIC, "job.placed")]
_OUTBOX = """
    INSERT INTO outbox (event_id, topic, key, type, headers, payload, created_at)
    VALUES (gen_random_uuid(), 'claim.assessed', 'k', 't', '{}', '', clock_timestamp() - interval '100 s')
"""
_PARK = """
    INSERT INTO parked (topic, key, kafka_partition, kafka_offset, headers, payload, fault, reason, holds, parked_at)
    VALUES ($1, $2, 0, $3, '{}', '', 'failed', 'r', $2 <> '', clock_timestamp() - interval '50 s')
"""
_FRESH = """
    INSERT INTO freshness (topic, kafka_partition, partitions, epoch, complete_until)
    VALUES ($1, $2, 2, 1, clock_timestamp() - interval '1 s' * $3)
"""
_TOTAL = """
    INSERT INTO daily_total (topic, day, events, money_sen, stated_events, stated_money_sen)
    VALUES ($1, $2, 5, 0, $3, 0)
"""
_DUE = """
    INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace, failed)
    VALUES ('assess_claim', $1, $2, '{}', 'c', '{}', $3)
"""


@dataclass
class Scene:
    """A worker's gauges, and the database that they read."""

    gauges: WorkerGauges
    connection: asyncpg.Connection
    database: TestDatabase

    async def reasons(self) -> set[str]:
        self.gauges._read_at = float("-inf")
        return {each.code for each in await self.gauges()}

    def progress(self, behind: dict[str, Behind]) -> None:
        assert self.gauges.consumer is not None
        self.gauges.consumer.progress.behind = lambda: behind  # type: ignore[method-assign]


@pytest.fixture
async def scene(databases: Databases) -> AsyncIterator[Scene]:
    """A worker of claims that has been up for long, whose topics have all arrived."""
    async with databases.fresh("claims") as database, database.connection() as connection:
        opened = Database(database.url("worker"), "claims")
        relay = Relay("", "claims", None, ())  # type: ignore[arg-type]
        consumer: Consumer[Any] = Consumer("", "claims", "claims-0", SUBSCRIPTIONS, None)  # type: ignore[arg-type]
        gauges = WorkerGauges(opened, relay=relay, consumer=consumer, kinds=["assess_claim", "republish_claims"])
        gauges._began -= 100_000
        for subscription in SUBSCRIPTIONS:
            for partition in (0, 1):
                await connection.execute(_FRESH, subscription.topic, partition, 5)
        yield Scene(gauges, connection, database)
        await opened.close()


def shown() -> dict[str, float]:
    """Every sample of /metrics, by its name and labels."""
    lines = metrics.body()[0].decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


async def test_a_worker_that_is_well_shows_zeros_and_has_no_reason(scene: Scene) -> None:
    assert await scene.reasons() == set()
    found = shown()
    assert found["jaring_database_up"] == 1
    assert found["jaring_outbox_unsent"] == found["jaring_outbox_oldest_seconds"] == 0
    assert found[f'jaring_parked_records{{topic="{TOPIC}"}}'] == 0
    assert found[f'jaring_consumer_lag_seconds{{topic="{TOPIC}"}}'] == 0
    assert 5 <= found[f'jaring_watermark_age_seconds{{topic="{TOPIC}"}}'] < 60
    assert found['jaring_due_work_failed{kind="republish_claims"}'] == 0
    assert found["jaring_database_connections_most"] == 10


async def test_a_database_that_is_held_says_so_and_why(scene: Scene) -> None:
    await scene.reasons()
    assert shown()['jaring_database_held{reason="topics_begin_later"}'] == 0
    async with scene.database.connection("migrate") as connection:
        await connection.execute("UPDATE epoch SET held = 'topics_begin_later'")
    await scene.reasons()
    assert shown()['jaring_database_held{reason="topics_begin_later"}'] == 1
    assert shown()['jaring_database_held{reason="reading_back"}'] == 0


async def test_events_that_are_not_sent_are_counted_and_aged(scene: Scene) -> None:
    for _ in range(3):
        await scene.connection.execute(_OUTBOX)
    assert await scene.reasons() == {"outbox_waiting"}
    assert shown()["jaring_outbox_unsent"] == 3
    assert 100 <= shown()["jaring_outbox_oldest_seconds"] < 200


async def test_parked_records_and_their_keys_are_counted(scene: Scene) -> None:
    for offset, key in enumerate(["a", "a", "b", ""]):
        await scene.connection.execute(_PARK, TOPIC, key, offset)
    assert await scene.reasons() == {"records_parked"}
    found = shown()
    assert found[f'jaring_parked_records{{topic="{TOPIC}"}}'] == 4
    assert found[f'jaring_parked_faults{{fault="failed",topic="{TOPIC}"}}'] == 4
    assert found[f'jaring_parked_keys{{topic="{TOPIC}"}}'] == 2
    assert 50 <= found[f'jaring_parked_oldest_seconds{{topic="{TOPIC}"}}'] < 100
    await scene.connection.execute("DELETE FROM parked")
    assert await scene.reasons() == set()
    assert shown()[f'jaring_parked_records{{topic="{TOPIC}"}}'] == 0


async def test_a_flood_of_parked_records_is_counted_up_to_a_bound(scene: Scene) -> None:
    """To count a million took longer than a look may: the database was said to be away, and all gauges were gone."""
    await scene.connection.execute(f"""
        INSERT INTO parked (topic, key, kafka_partition, kafka_offset, headers, payload, fault, reason, holds)
        SELECT 'a.flood', n, 0, n, '{{}}', '', 'bad_data', 'r', true FROM generate_series(1, {MOST_COUNTED} + 50) AS n
    """)  # noqa: S608 - a constant
    await scene.connection.execute(_PARK, TOPIC, "a", 1)
    assert await scene.reasons() == {"records_parked"}
    found = shown()
    assert (
        found['jaring_parked_records{topic="a.flood"}'] == found['jaring_parked_keys{topic="a.flood"}'] == MOST_COUNTED
    )
    assert found['jaring_parked_faults{fault="bad_data",topic="a.flood"}'] == MOST_COUNTED
    assert found[f'jaring_parked_records{{topic="{TOPIC}"}}'] == 1, "what is parked beside it is seen all the same"
    assert found[f'jaring_parked_faults{{fault="failed",topic="{TOPIC}"}}'] == 1
    told = sorted(each.detail for each in await scene.gauges())
    assert told[0] == f"a.flood: at least {MOST_COUNTED} records are parked, and at least {MOST_COUNTED} keys wait"


async def test_a_flood_in_one_partition_hides_nothing_of_another(scene: Scene) -> None:
    await scene.connection.execute(f"""
        INSERT INTO parked (topic, key, kafka_partition, kafka_offset, headers, payload, fault, reason, holds)
        SELECT '{TOPIC}', n, part, n, '{{}}', '', fault, 'r', true
        FROM (VALUES (0, 'bad_data', {MOST_COUNTED} + 50), (3, 'unknown_version', 1)) AS flood (part, fault, rows),
             generate_series(1, rows) AS n
    """)  # noqa: S608 - a constant
    await scene.reasons()
    found = shown()
    assert found[f'jaring_parked_faults{{fault="unknown_version",topic="{TOPIC}"}}'] == 1
    assert found[f'jaring_parked_faults{{fault="bad_data",topic="{TOPIC}"}}'] == MOST_COUNTED


async def test_a_flood_of_one_kind_of_failed_work_hides_no_other(scene: Scene) -> None:
    """10,000 failed assessments made a failed settlement read 0."""
    await scene.connection.execute("""
        INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace, failed)
        SELECT kind, n::text, clock_timestamp(), '{}', 'c', '{}', 'ValueError'
        FROM (VALUES ('assess_claim', 10050), ('republish_claims', 1)) AS flood (kind, rows),
             generate_series(1, rows) AS n
    """)
    assert await scene.reasons() == {"work_failed"}
    found = shown()
    assert found['jaring_due_work_failed{kind="assess_claim"}'] == 10_000
    assert found['jaring_due_work_failed{kind="republish_claims"}'] == 1


async def test_counting_what_is_parked_reads_no_more_than_it_counts(scene: Scene) -> None:
    async with scene.database.connection("migrate") as owner:
        await owner.execute("""
            INSERT INTO parked (topic, key, kafka_partition, kafka_offset, headers, payload, fault, reason, holds)
            SELECT 'a.flood', n, 0, n, '{}', '', 'bad_data', 'r', true FROM generate_series(1, 60000) AS n
        """)
        await owner.execute("ANALYZE parked")
        [(plan,)] = await owner.fetch(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {COUNTS}")
    assert max(rows_read(orjson.loads(plan)[0]["Plan"])) <= MOST_COUNTED


def rows_read(plan: Mapping[str, Any]) -> Iterator[float]:
    """How many rows each scan of a plan read, with those that it passed over."""
    if "Relation Name" in plan:
        yield (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    for below in plan.get("Plans", ()):
        yield from rows_read(below)


async def test_the_oldest_partition_is_the_watermarks_age_and_a_missing_one_is_endless(scene: Scene) -> None:
    await scene.connection.execute(
        "UPDATE freshness SET complete_until = complete_until - interval '300 s' "
        "WHERE topic = $1 AND kafka_partition = 1",
        TOPIC,
    )
    assert await scene.reasons() == {"watermark_old"}
    assert 300 <= shown()[f'jaring_watermark_age_seconds{{topic="{TOPIC}"}}'] < 400
    await scene.connection.execute("DELETE FROM freshness WHERE topic = $1 AND kafka_partition = 0", TOPIC)
    assert await scene.reasons() == {"watermark_old"}
    assert shown()[f'jaring_watermark_age_seconds{{topic="{TOPIC}"}}'] == float("inf")


async def test_days_that_differ_are_counted_while_they_can_be_read_again(scene: Scene) -> None:
    today = business_day(now())
    for days, stated in ((1, 5), (2, 6), (3, 6), (40, 6)):
        await scene.connection.execute(_TOTAL, TOPIC, today - timedelta(days=days), stated)
    assert await scene.reasons() == {"totals_differ"}
    assert shown()[f'jaring_daily_totals_differing{{topic="{TOPIC}"}}'] == 2


async def test_due_work_is_counted_by_where_it_stands(scene: Scene) -> None:
    at = now()
    for number, (seconds, failed) in enumerate([(-400, None), (-1, None), (100, None), (-5, "ValueError")]):
        await scene.connection.execute(_DUE, str(number), at + timedelta(seconds=seconds), failed)
    assert await scene.reasons() == {"work_failed", "work_overdue"}
    found = shown()
    assert found["jaring_due_work_waiting"] == 1
    assert found['jaring_due_work_due{kind="assess_claim"}'] == 2
    assert found['jaring_due_work_failed{kind="assess_claim"}'] == 1
    assert 400 <= found['jaring_due_work_overdue_seconds{kind="assess_claim"}'] < 500


async def test_lag_and_a_name_that_is_taken_are_the_consumers_own(scene: Scene) -> None:
    scene.progress({TOPIC: Behind(records=7, seconds=200.0)})
    assert await scene.reasons() == {"consumer_behind"}
    found = shown()
    assert found["jaring_member_name_taken"] == 0
    assert scene.gauges.consumer is not None
    scene.gauges.consumer.name = MemberName("", "claims", "claims", "claims-0", is_taken=True)
    await scene.reasons()
    assert shown()["jaring_member_name_taken"] == 1
    assert found[f'jaring_consumer_lag_records{{topic="{TOPIC}"}}'] == 7
    assert found[f'jaring_consumer_lag_seconds{{topic="{TOPIC}"}}'] == 200


async def test_what_waited_only_for_the_start_of_the_process_is_no_reason(scene: Scene) -> None:
    await scene.connection.execute(_OUTBOX)
    await scene.connection.execute(_DUE, "{}", now() - timedelta(hours=1), None)
    await scene.connection.execute("DELETE FROM freshness")
    scene.gauges._began += 100_000
    assert await scene.reasons() == set()


async def test_a_database_that_is_away_is_shown_and_nothing_old_is(scene: Scene) -> None:
    await scene.connection.execute(_PARK, TOPIC, "a", 1)
    await scene.reasons()
    scene.gauges.database = Database("postgresql://nobody:x@127.0.0.1:1/none", "claims")
    assert await scene.reasons() == set()
    found = shown()
    assert found["jaring_database_up"] == 0
    assert not [name for name in found if name.startswith("jaring_parked_records")]
    assert found["jaring_outbox_unsent"] != found["jaring_outbox_unsent"]


async def test_many_who_look_at_once_read_the_database_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    async def ask() -> tuple[()]:
        nonlocal asked
        asked += 1
        return ()

    monkeypatch.setattr(scene.gauges, "_ask", ask)
    await asyncio.gather(*(scene.gauges() for _ in range(50)))
    assert asked == 1


async def test_counting_reads_no_more_of_what_waits_than_its_index(scene: Scene) -> None:
    """With a nation's claims waiting, the failed ones are found by their index and no statement reads the table."""
    await scene.connection.execute("""
        INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
        SELECT 'assess_claim', n::text, 'infinity', ARRAY['person/' || n], 'c', '{}' FROM generate_series(1, 20000) AS n
    """)
    await scene.connection.execute(_DUE, "x", now(), "ValueError")
    async with scene.database.connection("migrate") as owner:
        await owner.execute("ANALYZE due_work")
        [(plan,)] = await owner.fetch(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {FAILED}")
    assert max(rows_read(orjson.loads(plan)[0]["Plan"])) <= 1
    assert await scene.reasons() == {"work_failed"}
    assert shown()["jaring_due_work_waiting"] == 20_000


async def test_an_api_shows_whether_its_database_answers_and_its_pool(databases: Databases) -> None:
    async with databases.fresh("claims") as database:
        opened = Database(database.url("api"), "claims", pool_size=3)
        async with opened.engine.connect(), opened.engine.connect():
            assert await Gauges(opened)() == ()
            found = shown()
            assert (found["jaring_database_up"], found["jaring_database_connections_used"]) == (1, 2)
            assert found["jaring_database_connections_most"] == 3
        await opened.close()


async def test_what_a_service_counts_of_its_own_is_shown_and_forgotten_with_the_rest(scene: Scene) -> None:
    scene.gauges.counts = [(metrics.BANK_STATUSES_HELD, text("SELECT 7"))]
    await scene.reasons()
    assert shown()["jaring_bank_statuses_held"] == 7
    scene.gauges._forget()
    assert math.isnan(shown()["jaring_bank_statuses_held"])
    metrics.BANK_STATUSES_HELD.set(0)


_TASK = """
    INSERT INTO task (id, queue, subject, revision, facts, reason, state, opened_at, charter_days, due_at, events)
    VALUES (gen_random_uuid(), $1, $2, 1, '{}', $3, 'open', $4, 5, $5, 1)
"""


async def test_what_waits_for_people_is_counted_by_queue_and_reason(scene: Scene) -> None:
    await scene.reasons()
    assert shown()["jaring_tasks_overdue"] == 0
    at, hour = now(), timedelta(hours=1)
    waiting = (
        ("identity", "name_differs", at - 9 * hour, at - hour),
        ("identity", "no_such_person", at - 3 * hour, at + hour),
        ("no_wage_month", "no_wage_month", at - hour, at + hour),
    )
    async with scene.database.connection("migrate") as owner:
        for number, (queue, reason, opened_at, due_at) in enumerate(waiting):
            await owner.execute(_TASK, queue, f"question/{number}", reason, opened_at, due_at)
        await owner.execute(_TASK, "no_wage_month", "question/9", "no_wage_month", at - 5 * hour, at - hour)
        await owner.execute("UPDATE task SET state = 'closed', closed_at = now() WHERE subject = 'question/9'")
    await scene.reasons()
    found = shown()
    assert found['jaring_tasks_waiting{queue="identity",reason="name_differs"}'] == 1
    assert found['jaring_tasks_waiting{queue="identity",reason="no_such_person"}'] == 1
    assert found['jaring_tasks_waiting{queue="no_wage_month",reason="no_wage_month"}'] == 1
    assert found["jaring_tasks_overdue"] == 1
    assert 9 * 3600 <= found['jaring_tasks_oldest_seconds{queue="identity"}'] < 9.1 * 3600
    assert 3600 <= found['jaring_tasks_oldest_seconds{queue="no_wage_month"}'] < 1.1 * 3600
