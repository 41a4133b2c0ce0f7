"""A schedule of the law: rows found by the bracket that holds a wage, such as the 65 wage classes, or by a key."""

import csv
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TypeAlias, TypeVar

from shared.kernel.money import MalformedAmount, ringgit, sen_from_ringgit
from shared.law.errors import BookError, OutsideTable

LOWER_EDGE, UPPER_EDGE, KEY = "lower_edge", "upper_edge", "key"
NO_LIMIT = ""
_TWO_DECIMALS = re.compile(r"[0-9]+\.[0-9]{2}")
PERCENT = re.compile(r"[0-9]+(\.[0-9]{1,4})?")

Cell: TypeAlias = int | str | Fraction | date
T = TypeVar("T", Fraction, date, str)


@dataclass(frozen=True, eq=False)
class Table:
    """Rows as the file has them: amounts in sen, percentages as exact shares, counts, days, keys and texts.

    A table of brackets has a lower and an upper edge, of which the upper one is `NO_LIMIT` in the last row only; any
    other table has one column of keys, each there once.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    kinds: Mapping[str, str] = field(default_factory=dict)

    def column(self, name: str) -> tuple[int, ...]:
        """The amounts of a column in sen, or its counts, top row first; of an upper edge the closed ones only."""
        return self._whole[name]

    def place(self, amount: int) -> int:
        """The index, from 0, of the row with lower edge < amount <= upper edge; otherwise `OutsideTable`."""
        index = bisect_left(self.upper_edges, amount)
        if amount <= self.lowest or index == len(self.rows):
            raise OutsideTable(f"No class holds RM{ringgit(amount)}.")
        return index

    def find(self, key: str | int) -> int:
        """The index, from 0, of the row with this key; otherwise `OutsideTable`."""
        row = self._keys.get(str(key))
        if row is None:
            raise OutsideTable(f"No row of the table has the key {key}.")
        return row

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in the order of the rows."""
        return tuple(self._keys)

    def whole(self, row: int, column: str) -> int:
        """The amount in sen, or the count, of a cell."""
        return self._whole[column][row]

    def share(self, row: int, column: str) -> Fraction:
        """The percentage of a cell as an exact share."""
        return self._of(row, column, Fraction)

    def day(self, row: int, column: str) -> date:
        """The day of a cell."""
        return self._of(row, column, date)

    def text(self, row: int, column: str) -> str:
        """The text of a cell."""
        return self._of(row, column, str)

    @cached_property
    def lowest(self) -> int:
        """The lowest lower edge in sen; nothing at or under it has a class."""
        return self._whole[self._named(LOWER_EDGE)][0]

    @cached_property
    def upper_edges(self) -> tuple[int, ...]:
        """The closed upper edges in sen."""
        return self._whole[self._named(UPPER_EDGE)]

    @cached_property
    def _whole(self) -> Mapping[str, tuple[int, ...]]:
        cells = zip(self.columns, zip(*self.rows, strict=True), strict=True)
        return {name: tuple(cell for cell in column if isinstance(cell, int)) for name, column in cells}

    @cached_property
    def _keys(self) -> Mapping[str, int]:
        position = self.columns.index(self._named(KEY))
        return {str(row[position]): index for index, row in enumerate(self.rows)}

    def _named(self, kind: str) -> str:
        for name, found in self.kinds.items():
            if found == kind:
                return name
        raise OutsideTable(f"The table has no column of the type {kind}.")

    def _of(self, row: int, column: str, kind: type[T]) -> T:
        cell = self.rows[row][self.columns.index(column)]
        if not isinstance(cell, kind):
            raise TypeError(f"{column} of row {row + 1} is not a {kind.__name__}")
        return cell


def book_amount(text: str) -> int | None:
    """The sen of an amount as the book writes it, with exactly two decimals and no sign; None for any other text."""
    try:
        return sen_from_ringgit(text) if _TWO_DECIMALS.fullmatch(text) else None
    except MalformedAmount:
        return None


def book_day(text: str) -> date | None:
    """The day of a text such as 2013-01-01; None for any other way to write one, by which no rule looks it up."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if str(day) == text else None


def read_table(path: Path, shown_as: str, types: Mapping[str, str]) -> Table:
    """Read a CSV file whose header is the declared columns in order; `BookError` names the file and line of a fault."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *lines = list(csv.reader(file)) or [[]]
    return table_of(shown_as, header, lines, types)


def table_of(shown_as: str, header: Sequence[str], lines: Sequence[Sequence[str]], types: Mapping[str, str]) -> Table:
    """The table of these cells, as a CSV file has them; raises `BookError`."""
    if list(header) != list(types):
        raise BookError(shown_as, 1, f"the header is {','.join(types)}")
    if not lines:
        raise BookError(shown_as, 1, "the table has no rows")
    rows = tuple(_row(shown_as, line, cells, tuple(types.values())) for line, cells in enumerate(lines, start=2))
    table = Table(tuple(types), rows, dict(types))
    columns = {types[name]: cells for name, cells in zip(types, zip(*rows, strict=True), strict=True)}
    if KEY in columns:
        _check_keys(shown_as, columns[KEY])
    else:
        _check_edges(shown_as, columns[LOWER_EDGE], columns[UPPER_EDGE])
    return table


def fault_of_columns(types: list[str]) -> str | None:
    """What is wrong with the types of a table's columns, or None."""
    if any(kind not in COLUMN_TYPES for kind in types):
        return f"columns have different names and the types {', '.join(COLUMN_TYPES)}"
    found = tuple(types.count(kind) for kind in (LOWER_EDGE, UPPER_EDGE, KEY))
    return None if found in ((1, 1, 0), (0, 0, 1)) else "a table has one lower_edge and one upper_edge, or one key"


def _row(file: str, line: int, cells: Sequence[str], types: tuple[str, ...]) -> tuple[Cell, ...]:
    if len(cells) != len(types):
        raise BookError(file, line, f"a row has {len(types)} cells, this one has {len(cells)}")
    return tuple(_cell(file, line, cell, kind) for cell, kind in zip(cells, types, strict=True))


def _cell(file: str, line: int, cell: str, kind: str) -> Cell:
    if kind == UPPER_EDGE and cell == NO_LIMIT:
        return NO_LIMIT
    read, expected = _CELLS[kind]
    value = read(cell)
    if value is None:
        raise BookError(file, line, f"{cell!r} is not {expected}", f"a cell is {expected}")
    if kind in MOST and not isinstance(value, str | date) and value > MOST[kind]:
        raise BookError(file, line, f"{cell!r} is too large", "a number is too large to be one of the law")
    return value


def _share(text: str) -> Fraction | None:
    return Fraction(text) / 100 if PERCENT.fullmatch(text) else None


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() else None


def _text(text: str) -> str | None:
    return text if text.strip() else None


def _key(text: str) -> str | None:
    return text if text and text == text.strip() else None


_AMOUNT = (book_amount, "an amount in ringgit with two decimals")
_CELLS: Mapping[str, tuple[Callable[[str], Cell | None], str]] = {
    LOWER_EDGE: _AMOUNT,
    UPPER_EDGE: _AMOUNT,
    "ringgit": _AMOUNT,
    KEY: (_key, "a key"),
    "percent": (_share, "a percentage"),
    "count": (_count, "a whole number"),
    "date": (book_day, "a date such as 2013-01-01"),
    "text": (_text, "a text"),
}
COLUMN_TYPES = tuple(_CELLS)
MOST_SEN, MOST_COUNT, MOST_SHARE = 100_000_000_000, 10_000_000, Fraction(10)
"""More than any figure of these Acts, and so little that what is reckoned with it stays an exact number."""
MOST: Mapping[str, int | Fraction] = {
    **dict.fromkeys((LOWER_EDGE, UPPER_EDGE, "ringgit"), MOST_SEN),
    "percent": MOST_SHARE,
    "count": MOST_COUNT,
}


def _check_keys(file: str, keys: tuple[Cell, ...]) -> None:
    seen: set[Cell] = set()
    for line, key in enumerate(keys, start=2):
        if key in seen:
            raise BookError(file, line, f"the key {key} is given twice", "a key is given twice")
        seen.add(key)


def _check_edges(file: str, lower: tuple[Cell, ...], upper: tuple[Cell, ...]) -> None:
    for line, (over, up_to) in enumerate(zip(lower, upper, strict=True), start=2):
        if up_to == NO_LIMIT and line <= len(upper):
            raise BookError(file, line, "only the last row has no upper edge")
        if up_to != NO_LIMIT and not _amounts((over,)) < _amounts((up_to,)):
            raise BookError(file, line, "the upper edge is above the lower one")
    for line, (up_to, next_over) in enumerate(zip(upper, lower[1:], strict=False), start=3):
        if up_to != next_over:
            raise BookError(file, line, "a row begins where the row before it ends")


def _amounts(cells: tuple[Cell, ...]) -> tuple[int, ...]:
    return tuple(cell for cell in cells if isinstance(cell, int))


def check_most(shown_as: str, table: Table, most: Mapping[str, Cell]) -> None:
    """Raises `BookError` with the first row of which a column has more than it plausibly has."""
    places = [(table.columns.index(name), name) for name in most]
    for line, row in enumerate(table.rows, start=2):
        for place, name in places:
            if _more(row[place], most[name]):
                fact = f"{name} is more than the figure says it plausibly is"
                raise BookError(shown_as, line, fact)


def most_of(shown_as: str, line: int, types: Mapping[str, str], written: Mapping[str, str]) -> Mapping[str, Cell]:
    """The most that columns plausibly have, written as their cells are; raises `BookError`."""
    if not all(types.get(name) in MOST for name in written):
        raise BookError(shown_as, line, "most is of columns of amounts, counts and percentages")
    return {name: _cell(shown_as, line, text, types[name]) for name, text in written.items()}


def _more(cell: Cell, most: Cell) -> bool:
    return isinstance(cell, int | Fraction) and isinstance(most, int | Fraction) and cell > most
