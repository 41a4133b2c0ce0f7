"""The outbox: events wait in the transaction of their effect until the relay has sent them (rules M1, M2)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.envelope import Cause, Envelope, Event, headers_of
from shared.kernel.clock import business_day, now
from shared.kernel.identifiers import new_id

# The row of the stream is the lock that orders writers of one aggregate: whoever holds it inserts next, so that the
# order of outbox ids within an aggregate is the order of commits. A republished event moves no version.
_NEXT_VERSIONS = text("""
    INSERT INTO stream (topic, aggregate, version)
    SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:aggregates AS text[]), CAST(:steps AS bigint[]))
    ON CONFLICT (topic, aggregate) DO UPDATE SET version = stream.version + excluded.version
    RETURNING topic, aggregate, version
""")
_APPEND = text("""
    INSERT INTO outbox (event_id, topic, key, type, headers, payload, money_sen, day)
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:topics AS text[]), CAST(:keys AS text[]), CAST(:types AS text[]),
                         CAST(:headers AS jsonb[]), CAST(:payloads AS bytea[]), CAST(:sens AS bigint[]),
                         CAST(:days AS date[]))
    """)


@dataclass(frozen=True)
class Outgoing:
    """An event on its way into the outbox, with its cause and the trace in which it was published."""

    event: Event
    cause: Cause
    trace: Mapping[str, str] = field(default_factory=dict)
    announcement: str | None = None

    @property
    def stream(self) -> tuple[str, str]:
        """Topic and aggregate: within these the order is kept."""
        kind, id_ = self.event.aggregate
        return (self.event.topic.name, f"{kind}/{id_}")


class Outbox:
    """Writes events of one service into its outbox."""

    def __init__(self, connection: AsyncConnection, service: str) -> None:
        self._connection = connection
        self._source = f"/{service}"

    async def append(self, outgoing: Sequence[Outgoing]) -> None:
        """Store the events as the bytes that will be sent."""
        last = await self._reserve(outgoing)
        records = []
        for each in reversed(outgoing):
            records.append(self._record(each, last[each.stream]))
            last[each.stream] -= each.announcement is None
        await self.append_raw(records[::-1])

    async def append_raw(self, records: "Sequence[Record]") -> None:
        """Store records whose headers and bytes are given (dead letters are copies of such)."""
        await self._connection.execute(
            _APPEND,
            {
                "ids": [record.id for record in records],
                "topics": [record.topic for record in records],
                "keys": [record.key for record in records],
                "types": [record.type for record in records],
                "headers": [orjson.dumps(record.headers).decode() for record in records],
                "payloads": [record.payload for record in records],
                "sens": [record.money_sen for record in records],
                "days": [record.day for record in records],
            },
        )

    async def _reserve(self, outgoing: Sequence[Outgoing]) -> dict[tuple[str, str], int]:
        """The last stream version of each stream, after counting these events in."""
        steps = Counter({each.stream: 0 for each in outgoing})
        for each in outgoing:
            steps[each.stream] += each.announcement is None
        streams = sorted(steps)
        result = await self._connection.execute(
            _NEXT_VERSIONS,
            {
                "topics": [topic for topic, _ in streams],
                "aggregates": [aggregate for _, aggregate in streams],
                "steps": [steps[stream] for stream in streams],
            },
        )
        return {(row.topic, row.aggregate): row.version for row in result}

    def _record(self, outgoing: Outgoing, version: int) -> "Record":
        event = outgoing.event
        envelope = Envelope(
            id=new_id(),
            source=self._source,
            type=event.type(),
            time=now(),
            subject="/".join(event.aggregate),
            stream_version=version,
            correlation_id=outgoing.cause.correlation_id,
            causation_id=outgoing.cause.causation_id,
            announcement=outgoing.announcement,
            trace=outgoing.trace,
        )
        headers = {name: value.decode() for name, value in headers_of(envelope)}
        return Record(
            id=str(envelope.id),
            topic=event.topic.name,
            key=event.key,
            type=envelope.type,
            headers=headers,
            payload=event.data(),
            money_sen=event.money_sen,
            day=business_day(envelope.time) if outgoing.announcement is None else None,
        )


@dataclass(frozen=True)
class Record:
    """A message as it will stand on the broker; ``topic`` is the logical name, ``day`` is None for what is no news."""

    id: str
    topic: str
    key: str
    type: str
    headers: Mapping[str, str]
    payload: bytes
    money_sen: int = 0
    day: date | None = None
