"""A schedule of the law, such as the 65 wage classes: rows of amounts, found by the bracket that holds a wage."""

import csv
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.kernel.money import MalformedAmount, ringgit, sen_from_ringgit
from shared.law.errors import BookError, OutsideTable

LOWER_EDGE, UPPER_EDGE, RINGGIT = "lower_edge", "upper_edge", "ringgit"
COLUMN_TYPES = (LOWER_EDGE, UPPER_EDGE, RINGGIT)
NO_LIMIT = ""
_TWO_DECIMALS = re.compile(r"[0-9]+\.[0-9]{2}")


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of amounts in sen, as the file has them; an open upper edge, in the last row only, is `NO_LIMIT`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int | str, ...], ...]
    amounts: Mapping[str, tuple[int, ...]]
    lowest: int
    upper_edges: tuple[int, ...]

    def column(self, name: str) -> tuple[int, ...]:
        """The amounts of a column in sen, top row first (for the closed upper edges see `upper_edges`)."""
        return self.amounts[name]

    def place(self, amount: int) -> int:
        """The index, from 0, of the row with lower edge < amount <= upper edge; otherwise `OutsideTable`."""
        index = bisect_left(self.upper_edges, amount)
        if amount <= self.lowest or index == len(self.rows):
            raise OutsideTable(f"No class holds RM{ringgit(amount)}.")
        return index


def book_amount(text: str) -> int | None:
    """The sen of an amount as the book writes it, with exactly two decimals and no sign; None for any other text."""
    try:
        return sen_from_ringgit(text) if _TWO_DECIMALS.fullmatch(text) else None
    except MalformedAmount:
        return None


def read_table(path: Path, shown_as: str, types: Mapping[str, str]) -> Table:
    """Read a CSV file whose header is the declared columns in order; `BookError` names the file and line of a fault."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *lines = list(csv.reader(file)) or [[]]
    if header != list(types):
        raise BookError(shown_as, 1, f"the header is {','.join(types)}")
    if not lines:
        raise BookError(shown_as, 1, "the table has no rows")
    rows = tuple(_row(shown_as, line, cells, tuple(types.values())) for line, cells in enumerate(lines, start=2))
    columns = dict(zip(types, zip(*rows, strict=True), strict=True))
    kinds = {kind: name for name, kind in types.items()}
    lower, upper = columns[kinds[LOWER_EDGE]], columns[kinds[UPPER_EDGE]]
    _check_edges(shown_as, lower, upper)
    amounts = {name: _amounts(cells) for name, cells in columns.items() if types[name] != UPPER_EDGE}
    return Table(tuple(types), rows, amounts, _amounts(lower)[0], _amounts(upper))


def _row(file: str, line: int, cells: list[str], types: tuple[str, ...]) -> tuple[int | str, ...]:
    if len(cells) != len(types):
        raise BookError(file, line, f"a row has {len(types)} cells, this one has {len(cells)}")
    return tuple(_cell(file, line, cell, kind) for cell, kind in zip(cells, types, strict=True))


def _cell(file: str, line: int, cell: str, kind: str) -> int | str:
    if kind == UPPER_EDGE and cell == NO_LIMIT:
        return NO_LIMIT
    amount = book_amount(cell)
    if amount is None:
        raise BookError(file, line, f"{cell!r} is not an amount in ringgit with two decimals")
    return amount


def _check_edges(file: str, lower: tuple[int | str, ...], upper: tuple[int | str, ...]) -> None:
    for line, (over, up_to) in enumerate(zip(lower, upper, strict=True), start=2):
        if up_to == NO_LIMIT and line <= len(upper):
            raise BookError(file, line, "only the last row has no upper edge")
        if up_to != NO_LIMIT and not _amounts((over,)) < _amounts((up_to,)):
            raise BookError(file, line, "the upper edge is above the lower one")
    for line, (up_to, next_over) in enumerate(zip(upper, lower[1:], strict=False), start=3):
        if up_to != next_over:
            raise BookError(file, line, "a row begins where the row before it ends")


def _amounts(cells: tuple[int | str, ...]) -> tuple[int, ...]:
    return tuple(cell for cell in cells if isinstance(cell, int))
