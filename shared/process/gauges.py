"""What a process shows of its backlog: gauges on /metrics, and the reasons for which it is ready but degraded.

Asked for, not kept up: nothing is read while nobody looks, and at most every five seconds, however many look. A worker
reads its database in one statement, whose parts each read an index from one end or stop at a bound.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from prometheus_client import Gauge
from sqlalchemy import Row, RowMapping, TextClause, text
from sqlalchemy.dialects.postgresql import JSONB

from shared.inbound.intake import LABEL
from shared.kernel.clock import business_day, now
from shared.messaging.consumer import Consumer
from shared.messaging.parked import COUNTS, MOST_COUNTED
from shared.messaging.progress import Behind
from shared.messaging.received import Fault
from shared.messaging.relay import Relay
from shared.persistence.control_totals import WAITING
from shared.persistence.engine import Database
from shared.persistence.life import HELD, HELD_FOR
from shared.tasks.counts import TASKS, show_tasks
from shared.telemetry import metrics
from shared.web.health import Degraded

FRESH_SECONDS = 5.0
LIMIT_SECONDS = 2.0
# The topics are kept for so long: an older difference cannot be read again (rules M9).
COMPARED = timedelta(days=14)

# Beyond these a process says that it is degraded, and an alarm is raised (deploy/observe/alarms.yml).
OUTBOX_SECONDS = 60
WATERMARK_SECONDS = 120
LAG_SECONDS = 120
OVERDUE_SECONDS = 300

# The index leads from kind to kind: a flood of one hides no other.
FAILED = """
    WITH RECURSIVE failed_kind AS (
        (SELECT kind FROM due_work WHERE failed IS NOT NULL ORDER BY kind LIMIT 1)
        UNION ALL
        SELECT following.kind FROM failed_kind CROSS JOIN LATERAL (
            SELECT kind FROM due_work WHERE failed IS NOT NULL AND due_work.kind > failed_kind.kind
            ORDER BY kind LIMIT 1) AS following
    )
    SELECT kind, counted.rows FROM failed_kind CROSS JOIN LATERAL (
        SELECT count(*) AS rows FROM (
            SELECT FROM due_work WHERE failed IS NOT NULL AND due_work.kind = failed_kind.kind LIMIT 10000) AS each
    ) AS counted
"""
_LOOK = text(f"""
    SELECT
        {HELD} AS held,
        (SELECT count(*) FROM (SELECT FROM outbox WHERE published_at IS NULL LIMIT 100000) AS unsent) AS unsent,
        (SELECT extract(epoch FROM clock_timestamp() - created_at)::float8
         FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT 1) AS oldest_unsent,
        (SELECT jsonb_agg(each) FROM ({COUNTS}) AS each) AS parked,
        (SELECT jsonb_agg(each) FROM (
            SELECT topic, count(*) >= max(partitions) AS whole,
                   extract(epoch FROM clock_timestamp() - min(complete_until))::float8 AS seconds
            FROM freshness GROUP BY topic) AS each) AS watermarks,
        (SELECT jsonb_agg(each) FROM (
            SELECT topic, count(*) AS days FROM daily_total
            WHERE day >= CAST(:since AS date) AND (stated_events, stated_money_sen) <> (events, money_sen)
            GROUP BY topic) AS each) AS differing,
        (SELECT count(*) FROM (SELECT FROM due_work WHERE failed IS NULL AND due_at > CAST(:now AS timestamptz)
                               LIMIT 100000) AS waiting)
            AS waiting,
        (SELECT jsonb_agg(each) FROM (
            SELECT kind, count(*) AS rows,
                   extract(epoch FROM CAST(:now AS timestamptz) - min(due_at))::float8 AS seconds
            FROM (SELECT kind, due_at FROM due_work
                  WHERE failed IS NULL AND due_at <= CAST(:now AS timestamptz) ORDER BY due_at LIMIT 10000) AS due
            GROUP BY kind) AS each) AS due,
        (SELECT jsonb_agg(each) FROM ({FAILED}) AS each) AS failed
""").columns(  # noqa: S608 - a constant
    parked=JSONB, watermarks=JSONB, differing=JSONB, due=JSONB, failed=JSONB
)

# Of what the service took on: what is not ended, and who holds it.
CONTROL_TOTALS = ((metrics.TAKEN_ON, metrics.TAKEN_ON_OLDEST_SECONDS), WAITING)
_FROM_THE_DATABASE = (
    metrics.DATABASE_HELD,
    metrics.OUTBOX_UNSENT,
    metrics.OUTBOX_OLDEST_SECONDS,
    metrics.PARKED_RECORDS,
    metrics.PARKED_KEYS,
    metrics.PARKED_OLDEST_SECONDS,
    metrics.PARKED_FAULTS,
    metrics.WATERMARK_AGE_SECONDS,
    metrics.DAILY_TOTALS_DIFFERING,
    metrics.DUE_WORK_WAITING,
    metrics.DUE_WORK_DUE,
    metrics.DUE_WORK_OVERDUE_SECONDS,
    metrics.DUE_WORK_FAILED,
    metrics.TASKS_WAITING,
    metrics.TASKS_OVERDUE,
    metrics.TASKS_OLDEST_SECONDS,
)


@dataclass
class Gauges:
    """Those of any process: whether its database answers, and how much of its pool is in use."""

    database: Database
    _read_at: float = float("-inf")
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _degraded: Sequence[Degraded] = ()
    _began: float = field(default_factory=time.monotonic)

    async def __call__(self) -> Sequence[Degraded]:
        """Set the gauges, unless they were set just now; why the process is degraded."""
        loop = asyncio.get_running_loop()
        async with self._reading:
            if loop.time() - self._read_at >= FRESH_SECONDS:
                self._degraded = await self._read()
                self._read_at = loop.time()
        used, most = self.database.connections
        metrics.DATABASE_CONNECTIONS_USED.set(used)
        metrics.DATABASE_CONNECTIONS_MOST.set(most)
        return self._degraded

    async def _read(self) -> Sequence[Degraded]:
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                found = await self._ask()
        except Exception:
            # Whatever the driver raises, the answer is the same, and a scrape must not fail for it: readiness says why.
            metrics.DATABASE_UP.set(0)
            self._forget()
            return ()
        metrics.DATABASE_UP.set(1)
        return found

    async def _ask(self) -> Sequence[Degraded]:
        await self.database.ready()
        return ()

    def _forget(self) -> None:
        """What is not known is not shown."""

    def _lasts(self, seconds: float, limit: float) -> bool:
        """Whether something has lasted beyond its limit; not what only waited for this process to start."""
        return min(seconds, time.monotonic() - self._began) > limit


@dataclass
class WorkerGauges(Gauges):
    """Those of a worker: its outbox, what it consumes, and its due work."""

    relay: Relay = field(kw_only=True)
    consumer: Consumer[Any] | None = field(kw_only=True)
    # Reads the topics of partners, which are shown together.
    partners: Consumer[Any] | None = field(default=None, kw_only=True)
    kinds: Sequence[str] = field(kw_only=True)
    # The service's own, each with the statement that counts it.
    counts: Sequence[tuple[Gauge, TextClause]] = field(default=(), kw_only=True)
    # Several of the same labels, each group with the statement that gives a row for each: labels first, then values.
    groups: Sequence[tuple[Sequence[Gauge], TextClause]] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        """Each counter is there from the start, at zero: of one that appears with its first event no rate is known."""
        for kind in self.kinds:
            metrics.DUE_WORK_FAILURES.labels(kind=kind)
        for topic in self.relay.topics:
            metrics.RELAYED_EVENTS.labels(topic=topic.name)
        metrics.COMMIT_FAILURES.labels(target="broker")
        for each in self.topics:
            metrics.CONSUMED_EVENTS.labels(topic=each, consumer=self.consumer.group if self.consumer else "")
            for counter in (metrics.STREAM_GAPS, metrics.INBOX_DUPLICATES, metrics.HEARTBEATS_PASSED_OVER):
                counter.labels(topic=each, consumer=self.database.service)
            for fault in Fault:
                metrics.PARKED_EVENTS.labels(topic=each, consumer=self.database.service, fault=fault.value)

    async def __call__(self) -> Sequence[Degraded]:
        """Set the gauges; why the worker is degraded."""
        stored = await super().__call__()
        metrics.RELAY_ACTIVE.set(self.relay.active)
        return [*stored, *self._consumer()]

    @property
    def topics(self) -> Sequence[str]:
        """What it listens to."""
        return () if self.consumer is None else [each.topic for each in self.consumer.subscriptions]

    async def _ask(self) -> Sequence[Degraded]:
        at = now()
        values = {"now": at, "since": business_day(at) - COMPARED}
        async with self.database.connect() as connection:
            row = (await connection.execute(_LOOK, values)).mappings().one()
            show_tasks([dict(row) for row in (await connection.execute(TASKS, {"now": at})).mappings()])
            for gauge, statement in self.counts:
                gauge.set((await connection.execute(statement)).scalar_one())
            for gauges, statement in self.groups:
                _set_group(gauges, (await connection.execute(statement, {"now": at})).all())
        _set(metrics.DATABASE_HELD, HELD_FOR, {} if row["held"] is None else {row["held"]: 1})
        return [*self._outbox(row), *self._topics(row), *self._due_work(row)]

    def _outbox(self, row: RowMapping) -> Iterable[Degraded]:
        seconds = row["oldest_unsent"] or 0.0
        metrics.OUTBOX_UNSENT.set(row["unsent"])
        metrics.OUTBOX_OLDEST_SECONDS.set(seconds)
        if self._lasts(seconds, OUTBOX_SECONDS):
            yield Degraded("outbox_waiting", f"{row['unsent']} events are not sent, the oldest for {seconds:.0f} s")

    def _topics(self, row: RowMapping) -> Iterable[Degraded]:
        yield from self._parked(row["parked"] or ())
        differing = _by("topic", row["differing"])
        _set(metrics.DAILY_TOTALS_DIFFERING, self.topics, {topic: each["days"] for topic, each in differing.items()})
        ages = {
            topic: each["seconds"] if each["whole"] else float("inf")
            for topic, each in _by("topic", row["watermarks"]).items()
        }
        _set(metrics.WATERMARK_AGE_SECONDS, self.topics, ages, otherwise=float("inf"))
        for topic in self.topics:
            age = ages.get(topic, float("inf"))
            if self._lasts(age, WATERMARK_SECONDS):
                yield Degraded("watermark_old", f"{topic}: {_arrived(age)}")
        for topic, each in differing.items():
            yield Degraded("totals_differ", f"{topic}: {each['days']} days differ from what was published")

    def _parked(self, rows: Sequence[Mapping[str, Any]]) -> Iterable[Degraded]:
        whole = {each["topic"]: each for each in rows if each["fault"] is None}
        _set(metrics.PARKED_RECORDS, self.topics, {topic: each["records"] for topic, each in whole.items()})
        _set(metrics.PARKED_KEYS, self.topics, {topic: each["keys_held"] for topic, each in whole.items()})
        _set(
            metrics.PARKED_OLDEST_SECONDS, self.topics, {topic: each["oldest_seconds"] for topic, each in whole.items()}
        )
        metrics.PARKED_FAULTS.clear()
        for each in rows:
            if each["fault"] is not None:
                metrics.PARKED_FAULTS.labels(topic=each["topic"], fault=each["fault"]).set(each["records"])
        for topic, each in whole.items():
            least = "at least " if each["records"] >= MOST_COUNTED else ""
            said = f"{topic}: {least}{each['records']} records are parked, and {least}{each['keys_held']} keys wait"
            yield Degraded("records_parked", said)

    def _due_work(self, row: RowMapping) -> Iterable[Degraded]:
        due, failed = _by("kind", row["due"]), _by("kind", row["failed"])
        metrics.DUE_WORK_WAITING.set(row["waiting"])
        _set(metrics.DUE_WORK_DUE, self.kinds, {kind: each["rows"] for kind, each in due.items()})
        _set(metrics.DUE_WORK_OVERDUE_SECONDS, self.kinds, {kind: each["seconds"] for kind, each in due.items()})
        _set(metrics.DUE_WORK_FAILED, self.kinds, {kind: each["rows"] for kind, each in failed.items()})
        for kind, each in failed.items():
            yield Degraded("work_failed", f"{kind}: {each['rows']} failed for good")
        for kind, each in due.items():
            if self._lasts(each["seconds"], OVERDUE_SECONDS):
                yield Degraded(
                    "work_overdue", f"{kind}: {each['rows']} are due, the oldest for {each['seconds']:.0f} s"
                )

    def _behind(self) -> dict[str, Behind]:
        """By topic; those of partners as one."""
        behind = {} if self.consumer is None else self.consumer.progress.behind()
        if self.partners is not None:
            each = self.partners.progress.behind().values()
            behind[LABEL] = Behind(sum(one.records for one in each), max((one.seconds for one in each), default=0.0))
        return behind

    def _consumer(self) -> Iterable[Degraded]:
        behind = self._behind()
        _set(metrics.CONSUMER_LAG_RECORDS, self.topics, {topic: each.records for topic, each in behind.items()})
        _set(metrics.CONSUMER_LAG_SECONDS, self.topics, {topic: each.seconds for topic, each in behind.items()})
        for topic, each in behind.items():
            if each.seconds > LAG_SECONDS:
                yield Degraded("consumer_behind", f"{topic}: {each.records} records behind for {each.seconds:.0f} s")
        if self.consumer is None:
            return
        metrics.CONSUMER_PARTITIONS.set(self.consumer.progress.partitions)
        metrics.MEMBER_NAME_TAKEN.set(self.consumer.name is not None and self.consumer.name.is_taken)

    def _forget(self) -> None:
        own = (*(gauge for gauge, _ in self.counts), *(gauge for gauges, _ in self.groups for gauge in gauges))
        for gauge in (*_FROM_THE_DATABASE, *own):
            if gauge._labelnames:
                gauge.clear()
            else:
                gauge.set(float("nan"))


def _by(name: str, rows: Sequence[Mapping[str, Any]] | None) -> dict[str, Mapping[str, Any]]:
    return {row[name]: row for row in rows or ()}


def _set(gauge: Gauge, known: Iterable[str], values: Mapping[str, float], otherwise: float = 0.0) -> None:
    """One value for each that is known, and for each that was found beside."""
    gauge.clear()
    for label in {*known, *values}:
        gauge.labels(label).set(values.get(label, otherwise))


def _set_group(gauges: Sequence[Gauge], rows: Sequence[Row[Any]]) -> None:
    """One value of each gauge for each row; what has no row any more is not shown."""
    for place, gauge in enumerate(gauges):
        gauge.clear()
        for row in rows:
            *labels, value = (*row[: -len(gauges)], row[place - len(gauges)])
            gauge.labels(*labels).set(value)


def _arrived(seconds: float) -> str:
    if seconds == float("inf"):
        return "not every partition has said yet what has arrived"
    return f"what arrived here is complete only up to {seconds:.0f} s ago"
