"""Entries of the statute book that officers enter from an instrument, laid over those of the files.

What is entered is written as a table's file writes it: rows of cells; a value alone is one cell, a list of names one
row, and no row ends the figure. Whoever reads it is as strict as the loader. Each entry has an edition, one more than
the entry before: a book is of the last edition that lies over it, with none left out, so that whoever has that number
reads the very same law.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeAlias
from uuid import UUID

from shared.kernel.money import ringgit
from shared.law.book import Book, book, book_of_release, let_stand
from shared.law.checks import check_table
from shared.law.errors import BookError
from shared.law.figures import Certainty, Entry, Figure, Unit, Value, parse_names, parse_scalar, percentage
from shared.law.table import Cell, Table, check_most, table_of

Cells: TypeAlias = tuple[tuple[str, ...], ...]
"""A value as it is entered."""

_TAGS = {
    **dict.fromkeys((Unit.SEN, Unit.HOURS, Unit.DAYS, Unit.MONTHS, Unit.AGE, Unit.COUNT, Unit.KILOMETRES), "int"),
    Unit.YES_NO: "bool",
    Unit.DATE: "timestamp",
}


@dataclass(frozen=True, slots=True)
class Instrument:
    """What was gazetted: the number of the instrument, its day, and the Act and section under which it is made."""

    number: str
    gazetted_on: date
    law: str

    @property
    def cited(self) -> str:
        """As an explanation cites it."""
        return f"{self.law}, {self.number}"


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """An entry that two officers let count; ``known``: the day on which they did."""

    edition: int
    entry: UUID
    figure: str
    in_force: date
    known: date
    rows: Cells
    instrument: Instrument


def value_entered(figure: Figure, rows: Cells) -> Value | None:
    """The value of what is entered; raises `BookError`."""
    if not rows:
        return None
    if figure.unit is Unit.TABLE:
        table = table_of(figure.name, tuple(figure.columns), rows, figure.columns)
        check_table(figure.name, table, figure.checks)
        check_most(figure.name, table, figure.most)
        return table
    try:
        if figure.unit is Unit.NAMES and len(rows) == 1:
            return parse_names(list(rows[0]))
        if len(rows) == 1 and len(rows[0]) == 1:
            return parse_scalar(figure.unit, _TAGS.get(figure.unit, "str"), rows[0][0])
    except ValueError as fault:
        raise BookError(figure.name, 1, str(fault)) from fault
    raise BookError(figure.name, 1, "a value that is no table is one cell, and names are one row")


def rows_of(entry: Entry) -> Cells:
    """An entry of the book as it would be entered."""
    value = entry.value
    if value is None:
        return ()
    if isinstance(value, Table):
        kinds = [value.kinds[name] for name in value.columns]
        return tuple(tuple(_cell(cell, kind) for cell, kind in zip(row, kinds, strict=True)) for row in value.rows)
    return (value,) if isinstance(value, tuple) else ((_scalar(value, entry.unit),),)


def entry_of(figure: Figure, entered: DeskEntry) -> Entry:
    """What was entered as an entry of its figure; raises `BookError`."""
    value = value_entered(figure, entered.rows)
    if value is None and not figure.entries:
        raise BookError(figure.name, 1, "the first entry cannot end the figure")
    said = entered.instrument
    return Entry(
        figure=figure.name,
        unit=figure.unit,
        in_force=entered.in_force,
        known=entered.known,
        value=value,
        law=said.cited,
        source=f"{said.number} of {said.gazetted_on}",
        certainty=Certainty.GAZETTED,
        edition=entered.edition,
    )


@dataclass(frozen=True, slots=True)
class SetAside:
    """An entry that an earlier release let count and this one cannot read: no rule of it goes by that."""

    entry: DeskEntry
    fault: BookError


def laid_over(files: Book, entered: Iterable[DeskEntry]) -> tuple[Book, tuple[SetAside, ...]]:
    """The book with these entries over it, up to the first one that is missing, and those that cannot be read.

    What cannot be read is set aside, and the rest laid: one wrong key must not keep every later figure from being law.
    A figure that this release does not have no rule of it reads: such an entry is passed over. One that officers do not
    enter by this release is law here too: another one let them.
    """
    laid, edition, unread = files, files.edition, list[SetAside]()
    for each in sorted(entered, key=lambda each: each.edition):
        if each.edition <= edition:
            continue
        if each.edition > edition + 1:
            break
        edition = each.edition
        figure = laid.figures.get(each.figure)
        try:
            laid = laid.with_entries(() if figure is None else (entry_of(figure, each),), edition)
        except BookError as fault:
            unread.append(SetAside(each, fault))
            laid = laid.with_entries((), edition)
    return laid, tuple(unread)


def lay_over(entered: Sequence[DeskEntry]) -> tuple[SetAside, ...]:
    """Have this process go by the book with these entries over it; those that cannot be read.

    It never goes back: entries are only added, and who has read fewer of them has nothing to say.
    """
    laid, unread = laid_over(book_of_release(), entered)
    if laid.edition > book().edition:
        let_stand(laid)
    return unread


def corrected(unread: SetAside, entered: Iterable[DeskEntry]) -> bool:
    """Whether a later entry of the figure, from the same first day, stands in its place."""
    wrong = unread.entry
    return any(
        (each.figure, each.in_force) == (wrong.figure, wrong.in_force) and each.edition > wrong.edition
        for each in entered
    )


def _scalar(value: Fraction | int | str | bool | date, unit: Unit) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}" if unit is Unit.FRACTION else percentage(value)
    return ringgit(value) if unit is Unit.RINGGIT and isinstance(value, int) else str(value)


def _cell(cell: Cell, kind: str) -> str:
    if isinstance(cell, Fraction):
        return percentage(cell)
    return ringgit(cell) if isinstance(cell, int) and kind != "count" else str(cell)
