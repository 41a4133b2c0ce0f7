"""Answers for the topics of partners: kept in the transaction of what they tell, until the broker has them.

They are no events of the platform: each goes to the topic of one partner, and a topic that is not there holds up no
other. So they have a box and a sender of their own beside the outbox.
"""

import asyncio
import contextlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import asyncpg
import structlog
from aiokafka.errors import KafkaError
from sqlalchemy import text

from shared.contracts.event_answered import TYPE, EventAnswered
from shared.contracts.partner_topics import PartnerTopics
from shared.contracts.topics import physical
from shared.inbound.event import InboundState, Stands
from shared.kernel.pace import pause
from shared.messaging.publisher import Message, Publisher
from shared.persistence.life import MAY_ACT
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork

MOST_AT_ONCE = 500
LOOK_SECONDS = 0.5
# Whose topic is missing is asked about again after this.
MISSING_SECONDS = 30.0
_LOCK = 5_274_655

_PUT = text("""
    INSERT INTO inbound_answer (tenant, event, payload)
    SELECT :tenant, event, payload
    FROM unnest(CAST(:events AS uuid[]), CAST(:payloads AS text[])) WITH ORDINALITY AS told (event, payload, place)
    ORDER BY place
""")
_READ = f"""
    SELECT number, tenant, event, payload, created_at FROM inbound_answer
    WHERE {MAY_ACT} AND tenant <> ALL($1::text[]) ORDER BY number LIMIT {MOST_AT_ONCE}
"""  # noqa: S608 - constants
_SENT = "DELETE FROM inbound_answer WHERE number = ANY($1::bigint[])"

log = structlog.get_logger()


async def tell(tenant: str, stands: Sequence[Stands], uow: UnitOfWork) -> None:
    """Leave for a party's topic how these stand."""
    await put(tenant, [answer_of(each) for each in stands], uow)


async def put(tenant: str, answers: Sequence[EventAnswered], uow: UnitOfWork) -> None:
    """Leave these for a party's topic, in their order."""
    if answers:
        payloads = [each.model_dump_json(exclude_defaults=True) for each in answers]
        values = {"tenant": tenant, "events": [each.event for each in answers], "payloads": payloads}
        await uow.connection.execute(_PUT, values)


def answer_of(stands: Stands, offset: int | None = None) -> EventAnswered:
    """How an event stands that was kept."""
    answer = stands.answer
    return EventAnswered(
        event=stands.event,
        id=stands.id,
        source=stands.source,
        type=stands.type,
        offset=offset,
        state=stands.state.value,
        reason=answer.reason,
        message=answer.message,
        errors=tuple(answer.errors),
        warnings=tuple(answer.warnings),
        result=dict(answer.result),
        received_at=stands.received_at,
        answered_at=stands.answered_at,
        parked_until=stands.parked_until if stands.state is InboundState.PARKED else None,
    )


@dataclass
class AnswerSender:
    """Sends what a service's box holds; ``run`` serves until stopped, standing by while another worker sends."""

    dsn: str
    service: str
    publisher: Publisher
    prefix: str = ""
    _missing: dict[str, float] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until stopped; a fault of database or broker pauses it and never ends it."""
        while not stop.is_set():
            try:
                await self._with_lock(stop)
            except Exception as reason:
                if not (is_transient(reason) or isinstance(reason, KafkaError | TimeoutError)):
                    log.exception("answers_failed")
                await self.publisher.close()
            await pause(stop, LOOK_SECONDS)
        await self.publisher.close()

    async def _with_lock(self, stop: asyncio.Event) -> None:
        settings = {"application_name": f"jaring-{self.service}-answers"}
        connection = await asyncpg.connect(self.dsn, timeout=10, command_timeout=30, server_settings=settings)
        try:
            while not stop.is_set() and not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                await pause(stop, 1.0)
            while not stop.is_set():
                if await self.send(connection) < MOST_AT_ONCE:
                    await pause(stop, LOOK_SECONDS)
        finally:
            with contextlib.suppress(Exception):
                await connection.close(timeout=5)

    async def send(self, connection: asyncpg.Connection) -> int:
        """Send the first of them, and forget those that the broker has; how many that were."""
        rows = await connection.fetch(_READ, self._left_out())
        if not rows:
            return 0
        there = await self._there({row["tenant"] for row in rows})
        rows = [row for row in rows if row["tenant"] in there]
        positions = await self.publisher.send([self._message(row) for row in rows])
        sent = [row["number"] for row, position in zip(rows, positions, strict=True) if position is not None]
        await connection.execute(_SENT, sent)
        return len(sent)

    def _left_out(self) -> list[str]:
        now = asyncio.get_running_loop().time()
        self._missing = {tenant: until for tenant, until in self._missing.items() if until > now}
        return sorted(self._missing)

    async def _there(self, tenants: Collection[str]) -> Collection[str]:
        """Those of these parties whose topic there is; the others are left out for a while."""
        names: Mapping[str, str] = {tenant: self._topic(tenant) for tenant in tenants}
        topics = await self.publisher.topics()
        missing = {tenant for tenant, name in names.items() if name not in topics}
        until = asyncio.get_running_loop().time() + MISSING_SECONDS
        for tenant in sorted(missing):
            log.warning("answers_have_no_topic", party=tenant)
            self._missing[tenant] = until
        return set(tenants) - missing

    def _topic(self, tenant: str) -> str:
        return physical(PartnerTopics.of(tenant).answers, self.prefix)

    def _message(self, row: asyncpg.Record) -> Message:
        """As CloudEvents over Kafka has it, in the binary form; the number orders what one service tells."""
        headers = {
            "content-type": "application/json",
            "ce_specversion": "1.0",
            "ce_id": str(row["number"]),
            "ce_source": f"/{self.service}",
            "ce_type": TYPE,
            "ce_time": row["created_at"].isoformat(),
        }
        key = None if row["event"] is None else str(row["event"])
        return Message(self._topic(row["tenant"]), key, headers, row["payload"].encode())
