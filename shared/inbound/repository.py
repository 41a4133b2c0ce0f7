"""What partners pushed: kept in one statement a request, worked off in the order of its arrival for each sender."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.inbound.event import CORRECTED, Answer, Arriving, Figures, InboundState, Outcome, Stands, Taken

_KEEP = text("""
    INSERT INTO inbound_event (event, tenant, source, id, type, digest, about, key, received_on, state, at_door, answer,
                               answered_at, sealed, by_topic)
    SELECT event, :tenant, source, id, type, digest, about, key, :day, state, about IS NULL, CAST(answer AS jsonb),
           CASE WHEN about IS NULL THEN clock_timestamp() END, sealed, :by_topic
    FROM unnest(CAST(:events AS uuid[]), CAST(:sources AS text[]), CAST(:ids AS text[]), CAST(:types AS text[]),
                CAST(:digests AS bytea[]), CAST(:abouts AS bytea[]), CAST(:keys AS bytea[]), CAST(:states AS text[]),
                CAST(:answers AS text[]), CAST(:sealed AS bytea[])) WITH ORDINALITY
         AS sent (event, source, id, type, digest, about, key, state, answer, sealed, place)
    ORDER BY place
    ON CONFLICT (tenant, source, id) DO NOTHING
    RETURNING event
""")
# In a statement of its own: it sees what another transaction kept while the one above waited for it.
_KEPT = text("""
    SELECT kept.event, kept.source, kept.id, kept.digest, kept.at_door, CAST(kept.answer AS text) AS answer
    FROM unnest(CAST(:sources AS text[]), CAST(:ids AS text[])) AS sent (source, id)
    JOIN inbound_event AS kept ON kept.tenant = :tenant AND kept.source = sent.source AND kept.id = sent.id
""")
_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended('inbound_event/' || :tenant, 0))")
# One that waits no longer may have been overtaken meanwhile by a later one of its key.
_TAKE = text("""
    SELECT number, event, tenant, type, about, key, sealed, parked_until, received_on,
           (SELECT later.event FROM inbound_event AS later
            WHERE later.tenant = known.tenant AND later.key = known.key AND later.type = known.type
              AND later.number > known.number AND later.state IN ('accepted', 'warned', 'parked')
            ORDER BY later.number DESC LIMIT 1) AS corrected_by
    FROM inbound_event AS known
    WHERE tenant = :tenant AND state = 'received' ORDER BY number LIMIT :limit
""")
_COLUMNS = """number, event, source, id, type, state, at_door, CAST(answer AS text) AS answer, received_at,
              answered_at, parked_until"""
_NEW_COLUMNS = """new.number, new.event, new.source, new.id, new.type, new.state, new.at_door,
              CAST(new.answer AS text) AS answer, new.received_at, new.answered_at, new.parked_until"""
# One that goes on waiting for the same is no news.
_SETTLE = text(f"""
    UPDATE inbound_event AS known
    SET state = came.state, answer = CAST(came.answer AS jsonb), parked_until = came.parked_until,
        answered_at = coalesce(known.answered_at, clock_timestamp()),
        sealed = CASE WHEN came.state = 'parked' THEN known.sealed END
    FROM unnest(CAST(:events AS uuid[]), CAST(:states AS text[]), CAST(:answers AS text[]),
                CAST(:parked_until AS timestamptz[])) AS came (event, state, answer, parked_until)
    WHERE known.event = came.event AND known.state = 'received'
    RETURNING new.by_topic AND (new.state <> 'parked' OR old.answer IS DISTINCT FROM new.answer) AS is_told,
              {_NEW_COLUMNS}
""")  # noqa: S608 - constants
_SUPERSEDE = text(f"""
    UPDATE inbound_event AS known
    SET state = 'refused', sealed = NULL, answer = jsonb_build_object(
            'reason', CAST(:reason AS text), 'message', CAST(:message AS text),
            'result', jsonb_build_object('corrected_by', later.event))
    FROM unnest(CAST(:keys AS bytea[]), CAST(:types AS text[]), CAST(:numbers AS bigint[]), CAST(:events AS uuid[]))
         AS later (key, type, number, event)
    WHERE known.tenant = :tenant AND known.state = 'parked' AND known.key = later.key AND known.type = later.type
      AND known.number < later.number
    RETURNING new.by_topic AS is_told, {_NEW_COLUMNS}
""")  # noqa: S608 - constants
_RESUME = text("""
    UPDATE inbound_event SET state = 'received' WHERE event = :event AND state = 'parked' RETURNING tenant
""")
# Told on its topic from now on: it came by that as well.
_FOLLOW = text("UPDATE inbound_event SET by_topic = true WHERE event = ANY(:events) AND NOT by_topic")
_STANDING = text(f"""
    SELECT {_COLUMNS} FROM inbound_event WHERE event = ANY(:events) AND state <> 'received' ORDER BY number
""")  # noqa: S608 - constants
_BACKLOG = text("""
    SELECT tenant FROM unnest(CAST(:tenants AS text[])) AS asked (tenant)
    WHERE :most <= (SELECT count(*) FROM (SELECT FROM inbound_event AS known
                    WHERE known.tenant = asked.tenant AND state = 'received' LIMIT :most) AS waiting)
""")
_FIND = text(f"SELECT {_COLUMNS} FROM inbound_event WHERE event = :event AND tenant = :tenant")  # noqa: S608 - constants
_PAGE = text(f"""
    SELECT {_COLUMNS} FROM inbound_event
    WHERE tenant = :tenant AND (CAST(:before AS bigint) IS NULL OR number < CAST(:before AS bigint))
      AND (CAST(:state AS text) IS NULL OR state = :state) AND (CAST(:type AS text) IS NULL OR type = :type)
    ORDER BY number DESC LIMIT :limit
""")  # noqa: S608 - constants
_FIGURES = text("""
    SELECT type, received_on AS day, count(*) FILTER (WHERE state = 'received') AS received,
           count(*) FILTER (WHERE state = 'accepted') AS accepted, count(*) FILTER (WHERE state = 'warned') AS warned,
           count(*) FILTER (WHERE state = 'refused') AS refused, count(*) FILTER (WHERE state = 'parked') AS parked,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY took) AS p50, percentile_disc(0.99) WITHIN GROUP (ORDER BY took)
               AS p99
    FROM (SELECT type, received_on, state, CAST(extract(epoch FROM answered_at - received_at) * 1000 AS integer) AS took
          FROM inbound_event WHERE tenant = :tenant AND received_on BETWEEN :first AND :last) AS sent
    GROUP BY type, received_on ORDER BY received_on DESC, type
""")
CORRECTED_MESSAGE = "A later event of the same key says otherwise, and takes its place."


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands under a source and an id."""

    event: UUID
    digest: bytes
    at_door: bool
    answer: Answer


class InboundRepository:
    """The pushed events that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, tenant: str, day: date, arriving: Sequence[Arriving], *, by_topic: bool = False) -> set[UUID]:
        """Keep those whose source and id are new; which they are."""
        values = {
            "tenant": tenant,
            "by_topic": by_topic,
            "day": day,
            "events": [each.event for each in arriving],
            "sources": [each.source for each in arriving],
            "ids": [each.id for each in arriving],
            "types": [each.type for each in arriving],
            "digests": [each.digest for each in arriving],
            "abouts": [each.about for each in arriving],
            "keys": [each.key for each in arriving],
            "states": [each.state.value for each in arriving],
            "answers": [_stored(each.answer) for each in arriving],
            "sealed": [each.sealed for each in arriving],
        }
        return set((await self._connection.execute(_KEEP, values)).scalars())

    async def kept(self, tenant: str, arriving: Sequence[Arriving]) -> dict[tuple[str, str], Kept]:
        """What stands under the sources and ids of these."""
        asked = {"sources": [each.source for each in arriving], "ids": [each.id for each in arriving]}
        rows = await self._connection.execute(_KEPT, {"tenant": tenant, **asked})
        return {(row.source, row.id): kept_of(row) for row in rows}

    async def lock(self, tenant: str) -> bool:
        """Whether nobody else works on what a party sent; until the transaction ends nobody will."""
        return bool((await self._connection.execute(_LOCK, {"tenant": tenant})).scalar_one())

    async def take(self, tenant: str, limit: int) -> list[Taken]:
        """What a party sent and is not worked off, in the order of its arrival."""
        rows = await self._connection.execute(_TAKE, {"tenant": tenant, "limit": limit})
        return [taken_of(row) for row in rows]

    async def follow(self, events: Sequence[UUID]) -> list[Stands]:
        """Tell from now on what becomes of these; those of which something became already."""
        await self._connection.execute(_FOLLOW, {"events": events})
        return [stands_of(row) for row in await self._connection.execute(_STANDING, {"events": events})]

    async def overfull(self, tenants: Collection[str], most: int) -> set[str]:
        """Those of these parties of which so many events are not worked off."""
        asked = {"tenants": sorted(tenants), "most": most}
        return set((await self._connection.execute(_BACKLOG, asked)).scalars())

    async def supersede(self, tenant: str, taken: Sequence[Taken]) -> list[Stands]:
        """What is parked and came before one of these, which count, of the same key waits no longer.

        Those of them whose topic tells it.
        """
        values = {
            "tenant": tenant,
            "keys": [each.key for each in taken],
            "types": [each.type for each in taken],
            "numbers": [each.number for each in taken],
            "events": [each.event for each in taken],
            "reason": CORRECTED,
            "message": CORRECTED_MESSAGE,
        }
        return told_of(await self._connection.execute(_SUPERSEDE, values))

    async def settle(self, came: Sequence[tuple[Taken, Outcome, datetime | None]]) -> list[Stands]:
        """Keep what came of events; the instant is until when one is parked. Those whose topic tells it."""
        values = {
            "events": [taken.event for taken, _, _ in came],
            "states": [outcome.state.value for _, outcome, _ in came],
            "answers": [_stored(outcome.answer) for _, outcome, _ in came],
            "parked_until": [until for _, _, until in came],
        }
        return told_of(await self._connection.execute(_SETTLE, values))

    async def resume(self, event: UUID) -> str | None:
        """Let a parked event be worked on again; its sender, or None where it is parked no longer."""
        tenant: str | None = (await self._connection.execute(_RESUME, {"event": event})).scalar_one_or_none()
        return tenant

    async def find(self, event: UUID, tenant: str) -> Stands | None:
        """An event of a party."""
        row = (await self._connection.execute(_FIND, {"event": event, "tenant": tenant})).one_or_none()
        return None if row is None else stands_of(row)

    async def page(
        self, tenant: str, state: InboundState | None, type_: str | None, before: int | None, limit: int
    ) -> list[Stands]:
        """A party's events, the newest first, before one."""
        asked = {"state": None if state is None else state.value, "type": type_, "before": before, "limit": limit}
        return [stands_of(row) for row in await self._connection.execute(_PAGE, {"tenant": tenant, **asked})]

    async def figures(self, tenant: str, first: date, last: date) -> list[Figures]:
        """By type and day."""
        asked = {"tenant": tenant, "first": first, "last": last}
        return [figures_of(row) for row in await self._connection.execute(_FIGURES, asked)]


def kept_of(row: Row[Any]) -> Kept:
    """What stands in a row of `_KEPT`."""
    return Kept(row.event, bytes(row.digest), row.at_door, _read(row.answer))


def taken_of(row: Row[Any]) -> Taken:
    """The event in a row of `_TAKE`."""
    sealed = (bytes(row.about), bytes(row.key), bytes(row.sealed))
    waited = (row.parked_until, row.received_on, row.corrected_by)
    return Taken(row.number, row.event, row.tenant, row.type, *sealed, *waited)


def stands_of(row: Row[Any]) -> Stands:
    """The event in a row of `_COLUMNS`."""
    return Stands(
        number=row.number,
        event=row.event,
        source=row.source,
        id=row.id,
        type=row.type,
        state=InboundState(row.state),
        at_door=row.at_door,
        answer=_read(row.answer),
        received_at=row.received_at,
        answered_at=row.answered_at,
        parked_until=row.parked_until,
    )


def told_of(rows: Iterable[Row[Any]]) -> list[Stands]:
    """Of the rows of `_SETTLE` or `_SUPERSEDE`, those that are told on their sender's topic, in their order."""
    return sorted((stands_of(row) for row in rows if row.is_told), key=lambda each: each.number)


def figures_of(row: Row[Any]) -> Figures:
    """The figures in a row of `_FIGURES`."""
    states = {state: getattr(row, state.value) for state in InboundState}
    return Figures(row.type, row.day, states, row.p50, row.p99)


def _stored(answer: Answer) -> str:
    said = {name: value for name in Answer.__slots__ if (value := getattr(answer, name))}
    return orjson.dumps(said).decode()


def _read(stored: str) -> Answer:
    said = orjson.loads(stored)
    return Answer(**{**said, "warnings": tuple(said.get("warnings", ()))})
