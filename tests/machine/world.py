"""Claims and benefits whole, each on its own database, and a courier between them in the place of Kafka.

What a service publishes is taken from its outbox and handed to whoever listens, as badly as the rules of messaging
allow: in the order of its key, amid the other keys in any order, held back, and once more later (rules M2 to M8).
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from services.benefits.main import build as build_benefits
from services.benefits.settings import BenefitsSettings
from services.benefits.worker import SUBSCRIPTIONS as OF_BENEFITS
from services.benefits.worker import work as benefits_work
from services.claims.main import build as build_claims
from services.claims.settings import ClaimsSettings
from services.claims.worker import SUBSCRIPTIONS as OF_CLAIMS
from services.claims.worker import work as claims_work
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.contracts.envelope import Cause, Event
from shared.contracts.registry import BY_TYPE
from shared.messaging.consumer_store import freshness
from shared.messaging.received import Received
from shared.persistence.life import LIFE
from shared.testing.clock import BusinessClock
from shared.testing.records import received
from shared.testing.servers import Databases, TestDatabase
from shared.testing.service import ServiceUnderTest, service_under_test
from shared.testing.tokens import TestIssuer
from tests.machine.observed import OBSERVED

SERVICES = ("claims", "benefits")
READS = {
    "claims": {each.topic for each in OF_CLAIMS},
    "benefits": {each.topic for each in OF_BENEFITS},
}
_SELDOM = "36000"
_MADE_OF: Mapping[str, tuple[Any, Any, Any, Any]] = {
    "claims": (ClaimsSettings, build_claims, claims_work, {}),
    # A timer that ran each second would run as often as the machine is slow, and no life would come twice.
    "benefits": (
        *(BenefitsSettings, build_benefits, benefits_work),
        {"bank_file_every_seconds": _SELDOM, "payment_calendar_every_seconds": _SELDOM},
    ),
}
# Whom the watermarks are for: who decides by the silence of a topic.
WAITED_FOR = ("registration", "contribution.received", "benefit.paid")
# A copy of what was parked is no event.
_TOLD = "SELECT id, type, payload FROM outbox WHERE id > $1 AND type <> '' ORDER BY id"
# Benefits hands a file to the bank once it was told what is in it.
_SENT = "UPDATE outbox SET published_at = now() WHERE published_at IS NULL"
# Of what is on its way nobody says that it has arrived; else all has, however slow the machine is.
_VOUCHED = """
    INSERT INTO freshness (topic, kafka_partition, partitions, epoch, complete_until)
    SELECT topic, 0, 1, 1, clock_timestamp() + CASE WHEN arrived THEN 1 ELSE -1 END * interval '1 hour'
    FROM unnest($1::text[], $2::boolean[]) AS said (topic, arrived)
    ON CONFLICT (topic, kafka_partition) DO UPDATE SET complete_until = excluded.complete_until
"""
_CHANGED = "SELECT coalesce(max(number), 0) AS number FROM observed_change"
# What there is to act on, counted by its name.
_THERE = {
    "claims": """
        SELECT (SELECT count(*) FROM claim) AS claim, (SELECT count(*) FROM task WHERE closed_at IS NULL) AS task,
               (SELECT count(*) FROM evidence WHERE kind = 'certificate') AS certificate,
               (SELECT count(*) FROM decision) AS decision, (SELECT count(*) FROM appeal) AS appeal,
               (SELECT count(*) FROM medical_authorisation) AS admission, (SELECT count(*) FROM medical_bill) AS bill
    """,
    "benefits": """
        SELECT (SELECT count(*) FROM task WHERE closed_at IS NULL) AS task,
               (SELECT count(*) FROM entitlement_term WHERE per = 'month') AS month,
               (SELECT count(*) FROM payment WHERE bank_file IS NOT NULL) AS sent,
               (SELECT count(*) FROM payment WHERE state IN ('unsent', 'sent')) AS payment,
               (SELECT count(*) FROM recovery) AS recovery
    """,
}


@dataclass
class Line:
    """What a service is to read of a topic, and what it has read."""

    waiting: list[Received] = field(default_factory=list)
    read: list[Received] = field(default_factory=list)


@dataclass(frozen=True)
class Backup:
    """The database of a service as it stood: how much of each topic it had read, and how much it had published."""

    database: TestDatabase
    read: Mapping[str, int]
    told: int


@dataclass
class World:
    """Both services, what is on its way between them, what the bank was given, and how often each thing happened.

    ``published`` is the highest revision that was told of each claim, ``bank`` the file and the sen of each payment.
    ``begins_at``: from which change on the states of a service are looked at that was put back; ``are_one``: whether
    both numbers of hers are one person's.
    """

    databases: Databases
    issuer: TestIssuer
    clock: BusinessClock
    kept: AsyncExitStack
    services: dict[str, ServiceUnderTest] = field(default_factory=dict)
    looked_into: dict[str, asyncpg.Connection] = field(default_factory=dict)
    running: dict[str, AsyncExitStack] = field(default_factory=dict)
    backups: dict[str, Backup] = field(default_factory=dict)
    lines: dict[tuple[str, str], Line] = field(default_factory=dict)
    told: dict[str, list[Received]] = field(default_factory=lambda: {each: [] for each in SERVICES})
    told_until: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SERVICES, 0))
    begins_at: dict[str, int] = field(default_factory=dict)
    published: dict[UUID, int] = field(default_factory=dict)
    bank: dict[str, tuple[str, int]] = field(default_factory=dict)
    are_one: bool = False
    met: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)

    @property
    def claims(self) -> ServiceUnderTest:
        """Claims."""
        return self.services["claims"]

    @property
    def benefits(self) -> ServiceUnderTest:
        """Benefits."""
        return self.services["benefits"]

    async def begin(self, service: str, database: TestDatabase) -> None:
        """A service runs on a database."""
        settings, build, work, changed = _MADE_OF[service]
        stack = self.running[service] = AsyncExitStack()
        made = service_under_test(settings, build, work, database, self.issuer, **changed)
        self.services[service] = await stack.enter_async_context(made)
        self.looked_into[service] = await stack.enter_async_context(database.connection())
        await self.services[service].worker.runner._start_schedules()

    async def back_up(self, service: str) -> None:
        """Keep its database as it stands."""
        await self.gather()
        await self.running[service].aclose()
        database = self.services[service].database
        copy = await self.kept.enter_async_context(self.databases.copied(database))
        read = {topic: len(line.read) for (of, topic), line in self.lines.items() if of == service}
        self.backups[service] = Backup(copy, read, len(self.told[service]))
        await self.begin(service, database)

    async def put_back(self, service: str) -> None:
        """It goes on with what was kept: before it does anything it reads back what it published since, and reads again
        what it had read (decision 24)."""
        backup = self.backups.pop(service)
        await self.gather()
        await self.running[service].aclose()
        await self.begin(service, backup.database)
        async with backup.database.connection("migrate") as connection:
            # Its relay looks first.
            await connection.execute(f"UPDATE epoch SET life = {LIFE}")  # noqa: S608 - a constant
        await self._read_back(service, self.told[service][backup.told :])
        for (of, topic), line in sorted(self.lines.items()):
            if of == service and (since := line.read[backup.read.get(topic, 0) :]):
                await self.services[service].consume_batch(since)
        self.begins_at[service] = (await self.rows(service, _CHANGED))[0]["number"]

    async def _read_back(self, service: str, told: Sequence[Received]) -> None:
        restoration = self.services[service].worker._restoration()
        await restoration._begin_recall(self.looked_into[service])
        for topic in sorted({each.raw.topic for each in told}):
            await restoration._remember([each for each in told if each.raw.topic == topic])
        [state] = await self.rows(service, "SELECT lost, (SELECT max(id) FROM outbox) AS told_until FROM epoch")
        assert state["lost"] is None, f"what {service} published is not known again: {state['lost']}"
        self.told_until[service] = state["told_until"] or 0

    async def ask(self, service: str, method: str, path: str, **told: Any) -> httpx.Response:
        """A request to a service; raises AssertionError for a fault of ours."""
        answer = await self.services[service].call(method, path, **told)
        assert answer.status_code < 500, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    async def rows(self, service: str, query: str, *values: Any) -> list[asyncpg.Record]:
        """What stands in a database, whoever may see it."""
        found: list[asyncpg.Record] = await self.looked_into[service].fetch(query, *values)
        return found

    def publish(self, *events: Event) -> None:
        """Somebody else tells these: each service that listens is to read them."""
        for event in events:
            self._queue(event.topic.name, received(event))

    def _queue(self, topic: str, record: Received) -> None:
        for service, topics in READS.items():
            if topic in topics:
                self.lines.setdefault((service, topic), Line()).waiting.append(record)

    async def gather(self) -> None:
        """What both have published since is on its way."""
        for service in SERVICES:
            for row in await self.rows(service, _TOLD, self.told_until[service]):
                self.told_until[service] = row["id"]
                event = BY_TYPE[row["type"]].model_validate_json(row["payload"])
                record = received(event)
                self.told[service].append(record)
                self._queue(event.topic.name, record)
                if isinstance(event, ClaimAssessedV1):
                    self.published[event.claim] = max(event.revision, self.published.get(event.claim, 0))
            await self.looked_into[service].execute(_SENT)

    def give_bank(self, file: str, transfers: Sequence[tuple[str, str]]) -> None:
        """The bank is given a file; raises AssertionError where it has one of its payments from another file."""
        for id_, amount in transfers:
            given = (file, round(100 * float(amount)))
            known = self.bank.setdefault(id_, given)
            assert known == given, f"the bank is given a payment twice: {id_} {known} {given}"

    async def carry(self, chance: Random | None = None) -> None:
        """Hand over what is on its way: all of it, or what chance lets come, amid what came before."""
        await self.gather()
        for (service, _), line in sorted(self.lines.items()):
            coming = line.waiting if chance is None else _some(line, chance)
            if coming:
                await self.services[service].consume_batch(coming)
            # One that was handed over once more stands in `read` already.
            line.read += [each for each in line.waiting if each in coming]
            line.waiting = [each for each in line.waiting if each not in coming]
        await self._wake()

    async def vouch(self) -> list[str]:
        """Say of each topic whether all of it has arrived at claims: nothing of it is on its way. Those that have."""
        arrived = [not self.lines.get(("claims", topic), Line()).waiting for topic in WAITED_FOR]
        await self.looked_into["claims"].execute(_VOUCHED, WAITED_FOR, arrived)
        return [topic for topic, has in zip(WAITED_FOR, arrived, strict=True) if has]

    async def _wake(self) -> None:
        """Whoever waits for a topic that has arrived looks again."""
        arrived, unit = await self.vouch(), self.claims.worker.work.unit
        async with self.claims.worker.database.begin(unit, Cause("test")) as uow:
            await uow.due.wake(set(map(freshness, arrived)))

    async def look(self) -> None:
        """Count what there is to act on."""
        found: Counter[str] = Counter()
        for service, query in _THERE.items():
            found.update(dict((await self.rows(service, query))[0]))
        await self.gather()
        found["event"] = sum(len(line.waiting) for line in self.lines.values())
        found["backup"] = len(self.backups)
        self.there = found

    async def work_off(self) -> None:
        """Both do what is due."""
        for service in self.services.values():
            await service.work_off()

    async def come_to_rest(self) -> None:
        """All that is on its way arrives and is worked off, until nothing is."""
        for _ in range(20):
            await self.work_off()
            await self.gather()
            if not any(line.waiting for line in self.lines.values()):
                return
            await self.carry()
        raise AssertionError("events go to and fro and do not come to rest")


def _some(line: Line, chance: Random) -> list[Received]:
    """Some of what waits: whole keys are held back, the others mingle, and something comes once more."""
    by_key: dict[str, list[Received]] = {}
    for each in line.waiting:
        by_key.setdefault(each.raw.key, []).append(each)
    coming = [records for records in by_key.values() if chance.random() < 0.7]
    mingled: list[Received] = []
    while coming:
        records = chance.choice(coming)
        mingled.append(records.pop(0))
        coming = [each for each in coming if each]
    again = chance.sample(line.read, min(len(line.read), chance.randint(0, 2)))
    return [*mingled, *again] if chance.random() < 0.5 else [*again, *mingled]


@asynccontextmanager
async def world_on(databases: Databases, issuer: TestIssuer, clock: BusinessClock) -> AsyncIterator[World]:
    """Both services on empty databases that note each change of a state."""
    async with AsyncExitStack() as kept:
        world = World(databases, issuer, clock, kept)
        fresh = {each: await kept.enter_async_context(databases.fresh(each, OBSERVED)) for each in SERVICES}
        try:
            for service, database in fresh.items():
                await world.begin(service, database)
            yield world
        finally:
            for running in world.running.values():
                await running.aclose()


def shown(rows: Sequence[asyncpg.Record]) -> str:
    """Rows in a message."""
    return "; ".join(str(dict(row)) for row in rows)
