"""Each process goes by the book as officers have it: soon, whole, and the same after a restart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from shared.contracts.envelope import Cause
from shared.law.book import Book, book, book_of_release, let_stand
from shared.law.desk import DeskEntry, Instrument, laid_over
from shared.law.lookups import release_of
from shared.persistence.engine import Database
from shared.persistence.law_entries import LawUnit
from shared.process import standing_law
from shared.process.standing_law import keep_law, lay_law
from shared.telemetry import metrics
from shared.testing.servers import Databases
from shared.testing.service import eventually

pytestmark = pytest.mark.postgres

FACTOR = "act4.permanent_disablement.lump_sum_factor"


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    """That of a service which reads the book, as its worker sees it."""
    async with databases.fresh("rehab") as fresh:
        worker = Database(fresh.url("worker"), "rehab", 2)
        yield worker
        await worker.close()


def entry(edition: int) -> DeskEntry:
    instrument, rows = Instrument("P.U.(A) 9/2026", date(2026, 9, 10), "Act 4, s.22"), (("36", str(7_000 + edition)),)
    return DeskEntry(edition, UUID(int=edition), FACTOR, date(2026, 1, 1), date(2026, 9, 14), rows, instrument)


async def keep(database: Database, *entries: DeskEntry) -> None:
    async with database.begin(LawUnit, Cause("test")) as uow:
        await uow.law_entries.keep(entries)


async def begun(database: Database) -> Book:
    """The book of a process that begins now."""
    let_stand(None)
    await lay_law(database)
    return book()


async def test_each_process_has_the_same_book_also_after_a_restart(database: Database) -> None:
    """Entries come in any order and twice; a process that looks between has those before which none is missing."""
    await keep(database, entry(3), entry(1))
    assert (await begun(database)).edition == 1
    await keep(database, entry(2), entry(1))
    await lay_law(database)
    going_on, begins = book(), await begun(database)
    assert going_on.edition == begins.edition == 3
    whole, _ = laid_over(book_of_release(), map(entry, (1, 2, 3)))
    assert release_of(going_on) == release_of(begins) == release_of(whole)
    # A release of before, which has no such figure, is of the same edition: no rule of it reads one.
    before = Book({name: each for name, each in book_of_release().figures.items() if name != FACTOR})
    assert laid_over(before, map(entry, (1, 2, 3)))[0].edition == 3


async def test_what_counts_while_a_process_works_is_law_there_too(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing_law, "LOOK_SECONDS", 0.01)
    stop = asyncio.Event()
    looking = asyncio.create_task(keep_law(database, stop))
    try:
        await keep(database, entry(1))

        async def is_law() -> bool:
            return book().edition == 1

        await eventually(is_law)
    finally:
        stop.set()
        with suppress(asyncio.CancelledError):
            await looking


async def test_an_entry_that_cannot_be_read_is_said_once_and_shown_until_a_later_one_takes_its_place(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A figure of another shape, of a later release; it is set aside, and what follows it is law."""
    monkeypatch.setattr(standing_law, "LOOK_SECONDS", 0.01)
    let_stand(None)
    stop = asyncio.Event()
    await keep(database, replace(entry(1), rows=(("36", "no factor", "at all"),)))
    with capture_logs() as logged:
        looking = asyncio.create_task(keep_law(database, stop))
        await asyncio.sleep(0.3)
        stop.set()
        await looking
    said = [each for each in logged if each["event"] == "law_entry_set_aside"]
    assert [each["edition"] for each in said] == [1]
    assert b"jaring_law_not_laid 1.0" in metrics.body()[0]
    await keep(database, entry(2))
    await lay_law(database)
    assert b"jaring_law_not_laid 0.0" in metrics.body()[0]
    assert book().edition == 2


async def test_a_database_that_is_away_is_asked_the_next_time() -> None:
    away = Database("postgresql://nobody:secret@127.0.0.1:1/none", "rehab", 1)
    await lay_law(away)
    assert book().edition == 0
    await away.close()
