"""What officers entered of the statute book's figures, and what two of them found: all of it is only added to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.errors import FigureEntryUnknown
from services.claims.domain.figures import Answered, FigureEntry
from services.claims.domain.queues import FIGURE_UNREAD, FIGURES
from services.claims.domain.subjects import figure_entry
from shared.kernel.officers import Officers
from shared.law.desk import DeskEntry, Instrument

# Of what is known again after a restore: for whom it was entered, and by whom it was let count, as far as is known.
OWN = "organisation:1"
LET_AGAIN = {"proposed_by": "claims", "approved_by": "claims:restore"}
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('figure_entry', 0))")
_ADD = text("""
    INSERT INTO figure_entry (id, tenant, figure, in_force, cells, law, instrument, gazetted_on, stated_by, stated_at)
    VALUES (:id, :tenant, :figure, :in_force, CAST(:cells AS jsonb), :law, :instrument, :gazetted_on, :stated_by,
            :stated_at)
    ON CONFLICT (id) DO NOTHING
""")
_ANSWER = text("""
    INSERT INTO figure_entry_answer (figure_entry, tenant, counts, edition, known, proposed_by, approved_by, at)
    VALUES (:id, :tenant, :counts, :edition, :known, :proposed_by, :approved_by, :at)
    ON CONFLICT (figure_entry) DO NOTHING
""")
_NEXT = text("SELECT coalesce(max(edition), 0) + 1 FROM law_entry")
_READ = """
    SELECT entry.id, figure, in_force, cells, law, instrument, gazetted_on, stated_by, stated_at, answer.counts,
           answer.edition, answer.known, answer.proposed_by, answer.approved_by, answer.at
    FROM figure_entry AS entry LEFT JOIN figure_entry_answer AS answer ON answer.figure_entry = entry.id
"""
_FIND = text(f"{_READ} WHERE entry.id = :id")
_PAGE = text(f"""
    {_READ} WHERE figure = :figure AND (CAST(:after AS uuid) IS NULL OR entry.id > :after)
    ORDER BY entry.id LIMIT :limit
""")
_SEEN_UNREAD = text("""
    SELECT EXISTS (SELECT FROM task WHERE queue = :queue AND subject = :subject AND reason = :reason
                                          AND state = 'approved')
""")
_COUNTING = text(f"""
    {_READ} WHERE answer.edition IS NOT NULL AND (CAST(:figure AS text) IS NULL OR figure = :figure)
    ORDER BY answer.edition
""")


class FigureEntryRepository:
    """Reads and adds what officers enter inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self) -> None:
        """Nobody else lets an entry count until the transaction ends."""
        await self._connection.execute(_LOCK)

    async def add(self, entry: FigureEntry, tenant: str) -> None:
        """Keep what an officer entered; it is no law yet."""
        said = entry.instrument
        values = {name: getattr(entry, name) for name in ("id", "figure", "in_force", "stated_by", "stated_at")}
        of_instrument = {"law": said.law, "instrument": said.number, "gazetted_on": said.gazetted_on}
        cells = orjson.dumps(entry.rows).decode()
        await self._connection.execute(_ADD, {**values, **of_instrument, "cells": cells, "tenant": tenant})

    async def get(self, id_: UUID) -> FigureEntry:
        """One that is known; raises FigureEntryUnknown."""
        row = (await self._connection.execute(_FIND, {"id": id_})).one_or_none()
        if row is None:
            raise FigureEntryUnknown(facts={"entry": str(id_)})
        return _entry_of(row)

    async def page(self, figure: str, after: UUID | None, limit: int) -> list[FigureEntry]:
        """What was entered of a figure, in the order of the ids, after one."""
        rows = await self._connection.execute(_PAGE, {"figure": figure, "after": after, "limit": limit})
        return [_entry_of(row) for row in rows]

    async def list_counting(self, figure: str | None = None) -> list[FigureEntry]:
        """Those that count, of one figure or of all, in the order of their editions."""
        return [_entry_of(row) for row in await self._connection.execute(_COUNTING, {"figure": figure})]

    async def is_seen_unread(self, id_: UUID) -> bool:
        """Whether two officers have seen that this one, which counts, cannot be read."""
        asked = {"queue": FIGURES.name, "subject": figure_entry(id_), "reason": FIGURE_UNREAD}
        return bool((await self._connection.execute(_SEEN_UNREAD, asked)).scalar_one())

    async def next_edition(self) -> int:
        """That of the next entry that counts."""
        return int((await self._connection.execute(_NEXT)).scalar_one())

    async def answer(self, id_: UUID, counted: DeskEntry | None, officers: Officers) -> None:
        """The word of two officers: as which entry it counts, or that it does not."""
        values = {"id": id_, "tenant": officers.tenant, "counts": counted is not None, **officers.row}
        as_entry = {"edition": counted and counted.edition, "known": counted and counted.known}
        await self._connection.execute(_ANSWER, {**values, **as_entry})

    async def recall(self, counted: DeskEntry, stated_at: datetime, at: datetime) -> None:
        """Know one again that counts; who entered it and let it count was not published. What is known stays."""
        about = (counted.entry, counted.figure, counted.in_force, counted.rows, counted.instrument)
        await self.add(FigureEntry(*about, LET_AGAIN["proposed_by"], stated_at), OWN)
        officers = Officers(OWN, LET_AGAIN["proposed_by"], LET_AGAIN["approved_by"], at)
        await self.answer(counted.entry, counted, officers)


def _entry_of(row: Row[Any]) -> FigureEntry:
    answered = None
    if row.counts is not None:
        answered = Answered(row.counts, row.edition, row.known, row.proposed_by, row.approved_by, row.at)
    rows: Sequence[Sequence[str]] = row.cells
    instrument = Instrument(row.instrument, row.gazetted_on, row.law)
    stated = (tuple(map(tuple, rows)), instrument, row.stated_by, row.stated_at)
    return FigureEntry(row.id, row.figure, row.in_force, *stated, answered)
