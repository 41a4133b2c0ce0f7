"""Seeded samples: drawn of a frame in one statement, and kept as they were drawn (decision 107)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, TextClause, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.sampling import Draw, DrawUnknown, Frame, SeedUnknown, SeedUnused, SeedUsed, StatedSeed

# Each row has a place of its own by seed and key, whatever the order in which the database finds it and whatever else
# there is: who knows seed and keys works it out without us, and who has all keys the frame's hash.
_DRAWN = """
    WITH population AS ({population})
    SELECT count(*) AS whole,
           encode(sha256(convert_to(coalesce(string_agg(key, chr(10) ORDER BY key COLLATE "C"), ''), 'UTF8')), 'hex')
               AS hash,
           ARRAY (SELECT key FROM population
                  ORDER BY sha256(convert_to(CAST(:seed AS text) || '/' || key, 'UTF8')), key LIMIT :size) AS keys
    FROM population
"""
_STATE_SEED = text("""
    INSERT INTO audit_seed (id, seed, stated_by, stated_at) VALUES (:id, :seed, :stated_by, :stated_at)
""")
_SEEDS = "SELECT id, seed, stated_by, stated_at FROM audit_seed"
_SEED = text(f"{_SEEDS} WHERE id = :id")
_NEWEST_FIRST = "WHERE CAST(:after AS uuid) IS NULL OR id < CAST(:after AS uuid) ORDER BY id DESC LIMIT :limit"
_LIST_SEEDS = text(f"{_SEEDS} {_NEWEST_FIRST}")
# Two draws of one frame at once would both be the first, and two seeds of one auditor the only one.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('audit_draw', 0))")
_UNUSED = text("""
    SELECT EXISTS (SELECT FROM audit_seed AS before
                   WHERE lower(stated_by) = lower(:stated_by)
                         AND NOT EXISTS (SELECT FROM audit_draw WHERE stated = before.id))
""")
_USED = text("SELECT EXISTS (SELECT FROM audit_draw WHERE stated = CAST(:stated AS uuid))")
# By the keys as well: a day without a decision more or less makes no other frame of them. Of nothing nothing is drawn.
_KEEP = text("""
    INSERT INTO audit_draw (id, drawn_by, drawn_at, seed, stated, frame, size, whole, frame_hash, keys, number)
    SELECT :id, :drawn_by, :drawn_at, :seed, :stated, CAST(:of AS jsonb), :size, :whole, :hash, CAST(:keys AS text[]),
           1 + coalesce((SELECT max(number) FROM audit_draw
                         WHERE frame = CAST(:of AS jsonb) OR (frame_hash = :hash AND whole > 0)), 0)
    RETURNING number, (SELECT stated_by FROM audit_seed WHERE audit_seed.id = audit_draw.stated) AS stated_by
""")
_DRAWS = """
    SELECT id, drawn_by, drawn_at, seed, stated, frame, size, whole, frame_hash, keys, number,
           (SELECT stated_by FROM audit_seed WHERE audit_seed.id = audit_draw.stated) AS stated_by
    FROM audit_draw
"""
_DRAW = text(f"{_DRAWS} WHERE id = :id").columns(frame=JSONB)
_BY_SEED = text(f"{_DRAWS} WHERE seed = :seed AND frame = CAST(:of AS jsonb) ORDER BY number DESC LIMIT 1").columns(
    frame=JSONB
)
_LIST_DRAWS = text(f"{_DRAWS} {_NEWEST_FIRST}").columns(frame=JSONB)


def drawn(population: str) -> TextClause:
    """What draws of a select of rows that each have a ``key``; its parameters are ``seed``, ``size`` and the select's
    own, its one row is a `Frame`."""
    return text(_DRAWN.format(population=population))


def frame_of(row: Row[Any]) -> Frame:
    """The frame in the row of such a statement."""
    return Frame(row.whole, row.hash, tuple(row.keys))


class DrawRepository:
    """Seeds and draws, inside one transaction of an officer."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def state_seed(self, seed: StatedSeed) -> None:
        """Know a seed from now on; raises SeedUnused while another one of who states it has drawn nothing."""
        await self._connection.execute(_LOCK)
        if (await self._connection.execute(_UNUSED, {"stated_by": seed.stated_by})).scalar_one():
            raise SeedUnused()
        values = {"id": seed.id, "seed": seed.seed, "stated_by": seed.stated_by, "stated_at": seed.stated_at}
        await self._connection.execute(_STATE_SEED, values)

    async def seed(self, id_: UUID) -> StatedSeed:
        """A seed that was stated; raises SeedUnknown."""
        row = (await self._connection.execute(_SEED, {"id": id_})).one_or_none()
        if row is None:
            raise SeedUnknown()
        return StatedSeed(*row)

    async def list_seeds(self, after: UUID | None, limit: int) -> list[StatedSeed]:
        """Those that were stated, the newest first."""
        return [
            StatedSeed(*row) for row in await self._connection.execute(_LIST_SEEDS, {"after": after, "limit": limit})
        ]

    async def keep(self, draw: Draw) -> Draw:
        """Keep a draw for good; with its number among those of the same frame. Raises SeedUsed."""
        values = {
            "id": draw.id,
            "drawn_by": draw.drawn_by,
            "drawn_at": draw.drawn_at,
            "seed": draw.seed,
            "stated": draw.stated,
            "of": _canonical(draw.of),
            "size": draw.size,
            "whole": draw.frame.whole,
            "hash": draw.frame.hash,
            "keys": list(draw.frame.keys),
        }
        await self._connection.execute(_LOCK)
        if (await self._connection.execute(_USED, values)).scalar_one():
            raise SeedUsed(facts={"seed": str(draw.stated)})
        kept = (await self._connection.execute(_KEEP, values)).one()
        return replace(draw, number=kept.number, stated_by=kept.stated_by)

    async def draw(self, id_: UUID) -> Draw:
        """A draw; raises DrawUnknown."""
        return _found((await self._connection.execute(_DRAW, {"id": id_})).one_or_none())

    async def by_seed(self, seed: str, of: Mapping[str, str | None]) -> Draw:
        """The newest draw of a frame by a seed; raises DrawUnknown."""
        asked = {"seed": seed, "of": _canonical(of)}
        return _found((await self._connection.execute(_BY_SEED, asked)).one_or_none())

    async def list_draws(self, after: UUID | None, limit: int) -> list[Draw]:
        """All that was ever drawn, the newest first."""
        return [_draw_of(row) for row in await self._connection.execute(_LIST_DRAWS, {"after": after, "limit": limit})]


def _canonical(of: Mapping[str, str | None]) -> str:
    named = {name: value for name, value in of.items() if value is not None}
    return orjson.dumps(named, option=orjson.OPT_SORT_KEYS).decode()


def _found(row: Row[Any] | None) -> Draw:
    if row is None:
        raise DrawUnknown()
    return _draw_of(row)


def _draw_of(row: Row[Any]) -> Draw:
    frame = Frame(row.whole, row.frame_hash, tuple(row.keys))
    seed = (row.seed, row.stated)
    return Draw(row.id, row.drawn_by, row.drawn_at, *seed, row.frame, row.size, frame, row.number, row.stated_by)
