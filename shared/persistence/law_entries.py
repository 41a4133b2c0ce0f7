"""What officers entered into the statute book, as claims published it: kept by each service whose processes read the
book, and laid over the files there (`shared.law.desk`)."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any, ClassVar

import orjson
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.law_figures import FigureEnteredV1
from shared.law.book import book, book_of_release
from shared.law.desk import DeskEntry, Instrument, SetAside, corrected, laid_over, lay_over
from shared.persistence.unit_of_work import UnitOfWork
from shared.telemetry import metrics

# Each process has what is known here within that time (`shared/process/standing_law.py` looks every second).
LAID_AFTER = timedelta(seconds=2)
# An entry is never another one: what is known stays.
_KEEP = text("""
    INSERT INTO law_entry (edition, entry, figure, in_force, known, cells, law, instrument, gazetted_on)
    SELECT edition, entry, figure, in_force, known, cells, law, instrument, gazetted_on
    FROM jsonb_to_recordset(CAST(:entries AS jsonb)) AS told (edition integer, entry uuid, figure text, in_force date,
        known date, cells jsonb, law text, instrument text, gazetted_on date)
    ON CONFLICT (edition) DO NOTHING
""")
_NEWEST = text("SELECT coalesce(max(edition), 0) FROM law_entry")
ENTRIES = """
    SELECT edition, entry, figure, in_force, known, cells, law, instrument, gazetted_on FROM law_entry ORDER BY edition
"""
_ALL = text(ENTRIES)

_ABOUT = ("edition", "entry", "figure", "in_force", "known")

log = structlog.get_logger()


class LawEntries:
    """The projection of the topic ``law.figures``, inside one transaction; every process of the service reads it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, entries: Sequence[DeskEntry]) -> None:
        """Keep entries, in whatever order they come."""
        if entries:
            await self._connection.execute(_KEEP, {"entries": orjson.dumps([_row(each) for each in entries]).decode()})

    async def list_all(self) -> list[DeskEntry]:
        """All entries that are known, in the order of their editions."""
        rows = await self._connection.execute(_ALL)
        return [read_entry(row._mapping, row.cells) for row in rows]

    async def lay(self) -> None:
        """Have this process go by the book with all of them over it; read when there are more than it has."""
        newest = (await self._connection.execute(_NEWEST)).scalar_one()
        if newest <= book().edition:
            return
        entered = await self.list_all()
        unread = lay_over(entered)
        for each in unread:
            # Once for each process and newer edition; each process of this release sets the same aside.
            log.error(
                "law_entry_set_aside", edition=each.entry.edition, figure=each.entry.figure, error=each.fault.code
            )
        metrics.LAW_NOT_LAID.set(bool(_standing(unread, entered)))

    async def list_set_aside(self) -> list[SetAside]:
        """What an earlier release let count and this one cannot read, unless a later entry stands in its place."""
        entered = await self.list_all()
        _, unread = laid_over(book_of_release(), entered)
        return _standing(unread, entered)


def _standing(unread: Sequence[SetAside], entered: Sequence[DeskEntry]) -> list[SetAside]:
    readable = [each for each in entered if each.entry not in {one.entry.entry for one in unread}]
    return [each for each in unread if not corrected(each, readable)]


class LawUnit(UnitOfWork):
    """A unit of work of a service that reads the statute book."""

    reads_law: ClassVar[bool] = True

    @cached_property
    def law_entries(self) -> LawEntries:
        """What officers entered into the statute book."""
        return LawEntries(self.connection)


async def apply_entries(events: Sequence[FigureEnteredV1], uow: LawUnit) -> None:
    """Keep what was entered; each process lays it over the files when it looks next."""
    await uow.law_entries.keep([entry_told(event) for event in events])


def entry_told(event: FigureEnteredV1) -> DeskEntry:
    """The entry that an event states."""
    instrument = Instrument(event.instrument, event.gazetted_on, event.law)
    return DeskEntry(event.edition, event.entry, event.figure, event.in_force, event.known, event.cells, instrument)


def _row(entry: DeskEntry) -> dict[str, Any]:
    return {
        "edition": entry.edition,
        "entry": str(entry.entry),
        "figure": entry.figure,
        "in_force": entry.in_force.isoformat(),
        "known": entry.known.isoformat(),
        "cells": [list(row) for row in entry.rows],
        "law": entry.instrument.law,
        "instrument": entry.instrument.number,
        "gazetted_on": entry.instrument.gazetted_on.isoformat(),
    }


def read_entry(row: Any, cells: Sequence[Sequence[str]]) -> DeskEntry:
    """A row of ``ENTRIES``, with its cells as JSON has them."""
    edition, entry, figure, in_force, known = (row[name] for name in _ABOUT)
    instrument = Instrument(row["instrument"], row["gazetted_on"], row["law"])
    return DeskEntry(edition, entry, figure, in_force, known, tuple(map(tuple, cells)), instrument)
