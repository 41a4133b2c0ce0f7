"""What a table of the statute book is checked for beside its shape, whoever wrote it: a file, or officers at the desk.

A figure names its checks; each says what is wrong with a table, or nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from shared.kernel.periods import MalformedPeriod, Month
from shared.law.errors import BookError
from shared.law.table import KEY, Cell, Table, book_day

OLDEST = 120
_AFTER_THE_MONTH = timedelta(days=7)


def check_table(shown_as: str, table: Table, checks: Sequence[str]) -> None:
    """Raises `BookError` with what is wrong first."""
    for name in checks:
        fault = CHECKS[name](table)
        if fault is not None:
            raise BookError(shown_as, 1, fault)


def _above_zero(table: Table) -> str | None:
    cells = (cell for kind in ("ringgit", "count", "percent") for cell in _of_kind(table, kind))
    if any(isinstance(cell, int | Fraction) and cell <= 0 for cell in cells):
        return "every amount, count and percentage is above zero"
    return None


def _ages(table: Table) -> str | None:
    if all(key.isascii() and key.isdecimal() and str(int(key)) == key and int(key) <= OLDEST for key in _keys(table)):
        return None
    return f"the keys are ages in whole years, up to {OLDEST}"


def _ascending(table: Table) -> str | None:
    keys = _keys(table)
    ordered: list[tuple[int, str]] = [(int(key) if key.isdecimal() else 0, key) for key in keys]
    return None if all(one < other for one, other in pairwise(ordered)) else "the rows are in the order of their keys"


def _days(table: Table) -> str | None:
    return None if all(book_day(key) is not None for key in _keys(table)) else "the keys are days such as 2026-01-31"


def _days_by_month(table: Table) -> str | None:
    """A day belongs to the month of its row, or is one of the seven after it; a later month has a later one."""
    months = [_month(key) for key in _keys(table)]
    days = [cell for cell in _of_kind(table, "date") if isinstance(cell, date)]
    for month, day in zip(months, days, strict=True):
        if month is None:
            return "the keys are months such as 2026-01"
        if not month.first_day <= day <= month.last_day + _AFTER_THE_MONTH:
            return "a day lies in the month of its row, or is one of the seven after it"
    return None if all(one < other for one, other in pairwise(days)) else "a later month has a later day"


def _least_to_most(table: Table) -> str | None:
    least, most = (table.columns.index(name) for name in ("least", "most"))
    if all(_share(row[least]) <= _share(row[most]) for row in table.rows):
        return None
    return "the least is no more than the most"


CHECKS: Mapping[str, Callable[[Table], str | None]] = {
    "above_zero": _above_zero,
    "ages": _ages,
    "ascending": _ascending,
    "days": _days,
    "days_by_month": _days_by_month,
    "least_to_most": _least_to_most,
}


def _of_kind(table: Table, kind: str) -> list[Cell]:
    places = [place for place, name in enumerate(table.columns) if table.kinds[name] == kind]
    return [row[place] for row in table.rows for place in places]


def _keys(table: Table) -> list[str]:
    return [str(key) for key in _of_kind(table, KEY)]


def _share(cell: Cell) -> Fraction:
    return cell if isinstance(cell, Fraction) else Fraction(0)


def _month(text: str) -> Month | None:
    try:
        month = Month.of(text)
    except MalformedPeriod:
        return None
    return month if str(month) == text else None
