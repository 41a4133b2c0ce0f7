"""The outbox: events wait in the transaction of their effect until the relay has sent them (rules M1, M2)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.envelope import Cause, Envelope, Event, attributes_of
from shared.kernel.clock import business_day, now
from shared.kernel.identifiers import new_id

# The row of the stream is the lock that orders writers of one aggregate: whoever holds it inserts next, so that the
# order of outbox ids within an aggregate is the order of commits. A record takes its id when it is joined with its
# stream's row, and so holds it. A republished event moves no version.
_COUNTED = """counted AS (
        INSERT INTO stream (topic, aggregate, version)
        SELECT * FROM unnest(CAST(:streams AS text[]), CAST(:aggregates AS text[]), CAST(:steps AS bigint[]))
        ON CONFLICT (topic, aggregate) DO UPDATE SET version = stream.version + excluded.version
        RETURNING topic, aggregate, version
    )"""
# ``later`` is how many of its stream's versions are those of events after it.
_APPEND_COUNTED = """
    INSERT INTO outbox (event_id, topic, key, type, headers, payload, money_sen, day)
    SELECT sent.id, sent.topic, sent.key, sent.type,
           sent.headers || jsonb_build_object('ce_streamversion', CAST(counted.version - sent.later AS text)),
           sent.payload, sent.sen, sent.day
    FROM unnest(CAST(:ids AS uuid[]), CAST(:topics AS text[]), CAST(:keys AS text[]), CAST(:types AS text[]),
                CAST(:headers AS jsonb[]), CAST(:payloads AS bytea[]), CAST(:sens AS bigint[]), CAST(:days AS date[]),
                CAST(:placed AS text[]), CAST(:later AS bigint[]))
         WITH ORDINALITY AS sent (id, topic, key, type, headers, payload, sen, day, aggregate, later, place)
    JOIN counted USING (topic, aggregate)
    ORDER BY sent.place
"""
_KEEP_ANSWER = """
    INSERT INTO idempotency_key (tenant, client_id, key, request_hash, status, headers, body)
    VALUES (:tenant, :client_id, :idempotency_key, :request_hash, :status, CAST(:answer_headers AS jsonb), :body)
"""
# The two that end most transactions, each one statement: what was published, and what was answered.
_CLOSE = text(f"WITH {_COUNTED} {_APPEND_COUNTED}")
_CLOSE_REQUEST = text(f"WITH {_COUNTED}, kept AS ({_KEEP_ANSWER}) {_APPEND_COUNTED}")
_KEEP = text(_KEEP_ANSWER)
_APPEND = text("""
    INSERT INTO outbox (event_id, topic, key, type, headers, payload, money_sen, day)
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:topics AS text[]), CAST(:keys AS text[]), CAST(:types AS text[]),
                         CAST(:headers AS jsonb[]), CAST(:payloads AS bytea[]), CAST(:sens AS bigint[]),
                         CAST(:days AS date[]))
    """)


# Tuples, as the envelope is: each event is made into both.
class Outgoing(NamedTuple):
    """An event on its way into the outbox, with its cause and the trace in which it was published."""

    event: Event
    cause: Cause
    trace: Mapping[str, str] = {}
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

    async def append(self, outgoing: Sequence[Outgoing], answer: Mapping[str, Any] | None = None) -> None:
        """Store the events as the bytes that will be sent, and with them the answer to the request, if there is one."""
        if outgoing:
            statement = _CLOSE if answer is None else _CLOSE_REQUEST
            await self._connection.execute(statement, {**self._columns(outgoing), **(answer or {})})
        elif answer is not None:
            await self._connection.execute(_KEEP, answer)

    async def append_raw(self, records: "Sequence[Record]") -> None:
        """Store records whose headers and bytes are given (dead letters are copies of such)."""
        await self._connection.execute(_APPEND, _columns_of(records))

    def _columns(self, outgoing: Sequence[Outgoing]) -> dict[str, list[Any]]:
        """The records, and for each the stream whose version it has; the streams in one order, as all writers take
        them."""
        steps: dict[tuple[str, str], int] = {}
        placed: list[str] = []
        later: list[int] = []
        for each in reversed(outgoing):
            stream = each.stream
            after = steps.get(stream, 0)
            placed.append(stream[1])
            later.append(after)
            steps[stream] = after + (each.announcement is None)
        streams = sorted(steps)
        return {
            **_columns_of([self._record(each) for each in outgoing]),
            "placed": placed[::-1],
            "later": later[::-1],
            "streams": [topic for topic, _ in streams],
            "aggregates": [aggregate for _, aggregate in streams],
            "steps": [steps[stream] for stream in streams],
        }

    def _record(self, outgoing: Outgoing) -> "Record":
        event = outgoing.event
        envelope = Envelope(
            id=new_id(),
            source=self._source,
            type=event.type(),
            time=now(),
            subject="/".join(event.aggregate),
            # The database says it, as it counts.
            stream_version=0,
            correlation_id=outgoing.cause.correlation_id,
            causation_id=outgoing.cause.causation_id,
            announcement=outgoing.announcement,
            trace=outgoing.trace,
        )
        headers = attributes_of(envelope)
        return Record(
            id=headers["ce_id"],
            topic=event.topic.name,
            key=event.key,
            type=envelope.type,
            headers=headers,
            payload=event.data(),
            money_sen=event.money_sen,
            day=business_day(envelope.time) if outgoing.announcement is None else None,
        )


class Record(NamedTuple):
    """A message as it will stand on the broker; ``topic`` is the logical name, ``day`` is None for what is no news."""

    id: str
    topic: str
    key: str
    type: str
    headers: Mapping[str, str]
    payload: bytes
    money_sen: int = 0
    day: date | None = None


def _columns_of(records: Sequence[Record]) -> dict[str, list[Any]]:
    return {
        "ids": [record.id for record in records],
        "topics": [record.topic for record in records],
        "keys": [record.key for record in records],
        "types": [record.type for record in records],
        "headers": [orjson.dumps(record.headers).decode() for record in records],
        "payloads": [record.payload for record in records],
        "sens": [record.money_sen for record in records],
        "days": [record.day for record in records],
    }
