"""Opening files: CSV (RFC 4180, UTF-8, comma) with one kind of row each and a published header (docs/registration.md).

A record is one line, so that a line that is set aside comes back as it was sent. Lines end with CRLF or LF.
"""

import csv
import io
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import repeat
from operator import attrgetter
from typing import Any

from services.registration.domain.contribution import AMOUNTS, Amounts
from services.registration.domain.employer_fact import SECTORS, MalaysianState
from services.registration.domain.errors import OpeningFileEmpty, OpeningFileHeader, OpeningFileNotUtf8
from services.registration.domain.opening import (
    EmployerRow,
    MonthsRow,
    OpeningFault,
    OpeningKind,
    OpeningRow,
    PersonRow,
    SpellRow,
    Who,
)
from shared.contracts.registration import Residence
from shared.kernel.money import Sen
from shared.security.errors import NationalIdInvalid
from shared.security.national_id import NationalId

_ID = ("id_kind", "id_number")
_AMOUNTS = tuple(name.removesuffix("_sen") for name in AMOUNTS)
HEADERS: Mapping[OpeningKind, tuple[str, ...]] = {
    OpeningKind.EMPLOYERS: ("employer_code", "name", "mycoid"),
    OpeningKind.PERSONS: (*_ID, "name", "born_on", "residence"),
    OpeningKind.SPELLS: (*_ID, "employer_code", "first_day", "last_day"),
    OpeningKind.MONTHS: (
        *(*_ID, "employer_code", "first_month", "last_month", "wage"),
        *_AMOUNTS,
    ),
}
# What may be left out, all of it together.
OPTIONAL: Mapping[OpeningKind, tuple[str, ...]] = {
    OpeningKind.EMPLOYERS: ("state", "sector"),
    OpeningKind.PERSONS: ("old_ic",),
    OpeningKind.SPELLS: (),
    OpeningKind.MONTHS: (),
}
_MARK = "\ufeff"
_CODE = re.compile(r"[A-Z][A-Z0-9]{8,11}", re.ASCII)
_COMPANY = re.compile(r"[0-9A-Z-]{1,20}", re.ASCII)
_MONTH = re.compile(r"((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)
_DAY = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,11})\.([0-9]{2})", re.ASCII)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_LONGEST_NAME = 150
_RESIDENCES = frozenset(each.value for each in Residence)
_STATES = frozenset(each.value for each in MalaysianState)


class _Fault(Exception):
    """A field that cannot be read."""

    def __init__(self, field: str, code: str) -> None:
        self.field, self.code = field, code


def kind_of(data: bytes) -> OpeningKind:
    """What the header of a file says that its rows are; that of employers, which it is not, where it says none."""
    first = data.split(b"\n", 1)[0].rstrip(b"\r").removeprefix(_MARK.encode()).decode(errors="replace")
    found = (kind for kind in OpeningKind if first in _headers(kind))
    return next(found, OpeningKind.EMPLOYERS)


def read(data: bytes, kind: OpeningKind) -> tuple[list[str], int]:
    """The lines of a file behind its header, without their ends, and how many columns they have; raises what makes the
    whole file unusable."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise OpeningFileNotUtf8() from None
    lines = [line.removesuffix("\r") for line in text.removeprefix(_MARK).split("\n")]
    if lines[-1] == "":
        lines.pop()
    if not lines or lines[0] not in _headers(kind):
        raise OpeningFileHeader(facts={"header": ",".join(HEADERS[kind])})
    if len(lines) == 1:
        raise OpeningFileEmpty()
    return lines[1:], lines[0].count(",") + 1


def rows_of(
    kind: OpeningKind, columns: int, lines: Sequence[str], first_line: int, today: date
) -> tuple[list[OpeningRow], list[OpeningFault]]:
    """The rows of a piece, and what is wrong with the form of the others.

    Nearly all lines are read by columns, in which equal texts are read once, and what is left one by one.
    """
    rows, left = _by_columns(kind, columns, lines, first_line, today)
    if not left:
        return rows, []
    faults: list[OpeningFault] = []
    for number in left:
        try:
            rows.append(_READ[kind](number, _cells(lines[number - first_line], columns), today))
        except _Fault as fault:
            faults.append(OpeningFault(number, fault.field, fault.code))
    return sorted(rows, key=_line), faults


def render(kind: OpeningKind, rows: Iterable[Sequence[str]]) -> str:
    """A file of these rows, cell by cell, with the columns that may be left out."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow((*HEADERS[kind], *OPTIONAL[kind]))
    writer.writerows(rows)
    return out.getvalue()


def rejected(kind: OpeningKind, columns: int, lines: Iterable[str]) -> str:
    """A file of lines that were set aside, each as it was sent: to be corrected and sent again."""
    header = next(each for each in _headers(kind) if each.count(",") + 1 == columns)
    return "".join(f"{line}\r\n" for line in (header, *lines))


def _headers(kind: OpeningKind) -> list[str]:
    """Without what may be left out, and with it."""
    return [",".join(HEADERS[kind]), ",".join((*HEADERS[kind], *OPTIONAL[kind]))]


_line = attrgetter("line")


def _by_columns(
    kind: OpeningKind, columns: int, lines: Sequence[str], first_line: int, today: date
) -> tuple[list[Any], list[int]]:
    """The rows that could be read so, and the numbers of the lines that could not."""
    if kind not in _COLUMNS:
        return [], [*range(first_line, first_line + len(lines))]
    numbers: list[int] = []
    cells: list[Sequence[str]] = []
    left: list[int] = []
    for number, line in enumerate(lines, start=first_line):
        # Where every sign can be printed there is no control character, and no blank but the one.
        row = line.split(",") if line.isprintable() and '"' not in line else ()
        if len(row) == columns:
            numbers.append(number)
            cells.append(row)
        else:
            left.append(number)
    if not cells:
        return [], left
    reading = _Reading(today)
    rows: list[Any] = _COLUMNS[kind](numbers, list(zip(*cells, strict=True)), reading)
    if not reading.unread:
        return rows, left
    left += [numbers[at] for at in reading.unread]
    return [row for at, row in enumerate(rows) if at not in reading.unread], sorted(left)


_UNREAD = object()


class _Reading:
    """Columns that are being read, and the places of the rows that could not be."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.unread: set[int] = set()

    def each(self, read: Callable[..., object], texts: Sequence[Hashable], *more: object) -> list[Any]:
        """What each text says: equal ones are read once."""
        said = {text: _said(read, text, *more) for text in set(texts)}
        found = list(map(said.__getitem__, texts))
        if any(each is _UNREAD for each in said.values()):
            self.unread.update(at for at, each in enumerate(found) if each is _UNREAD)
        return found

    def in_order(self, firsts: Sequence[Any], lasts: Sequence[Any]) -> None:
        """What ends before it begins could not be read."""
        for at, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
            if last is not None and at not in self.unread and last < first:
                self.unread.add(at)


def _said(read: Callable[..., object], text: Any, *more: object) -> object:
    try:
        return read(*map(str.strip, text), *more) if isinstance(text, tuple) else read(text.strip(), *more)
    except _Fault:
        return _UNREAD


def _persons(numbers: Sequence[int], columns: Sequence[Sequence[str]], reading: _Reading) -> list[PersonRow]:
    kinds, ids, names, births, residences, *old_ics = columns
    said = (
        reading.each(_national_id, list(zip(kinds, ids, strict=True))),
        reading.each(_name, names),
        reading.each(_day, births, "born_on", reading.today),
        reading.each(_residence, residences),
        reading.each(_old_ic, old_ics[0]) if old_ics else repeat(None, len(numbers)),
    )
    return list(map(PersonRow._make, zip(numbers, *said, strict=True)))


def _spells(numbers: Sequence[int], columns: Sequence[Sequence[str]], reading: _Reading) -> list[SpellRow]:
    kinds, ids, codes, firsts, lasts = columns
    first_days = reading.each(_day, firsts, "first_day", reading.today)
    last_days = reading.each(_last_day, lasts, reading.today)
    said = (
        reading.each(_national_id, list(zip(kinds, ids, strict=True))),
        reading.each(_employer_code, codes),
        first_days,
        last_days,
    )
    reading.in_order(first_days, last_days)
    return list(map(SpellRow._make, zip(numbers, *said, strict=True)))


def _ranges(numbers: Sequence[int], columns: Sequence[Sequence[str]], reading: _Reading) -> list[MonthsRow]:
    kinds, ids, codes, firsts, lasts, wages, *amounts = columns
    first_months = reading.each(_month, firsts, "first_month", reading.today)
    last_months = reading.each(_month, lasts, "last_month", reading.today)
    said = (
        reading.each(_national_id, list(zip(kinds, ids, strict=True))),
        reading.each(_employer_code, codes),
        first_months,
        last_months,
        reading.each(_wage, wages),
        reading.each(_amounts, list(zip(*amounts, strict=True))),
    )
    reading.in_order(first_months, last_months)
    return list(map(MonthsRow._make, zip(numbers, *said, strict=True)))


def _cells(line: str, width: int) -> list[str]:
    if _CONTROL.search(line):
        raise _Fault("line", "line_malformed")
    if '"' not in line:
        cells = line.split(",")
    else:
        try:
            cells = next(csv.reader([line], strict=True), [])
        except csv.Error:
            raise _Fault("line", "line_malformed") from None
    if len(cells) != width:
        raise _Fault("line", "line_malformed")
    return [cell.strip() for cell in cells]


def _employer(line: int, cells: Sequence[str], _today: date) -> EmployerRow:
    code, name, mycoid, state, sector, *_ = *cells, "", ""
    if mycoid and not _COMPANY.fullmatch(mycoid):
        raise _Fault("mycoid", "mycoid_malformed")
    if state and state not in _STATES:
        raise _Fault("state", "state_unknown")
    if sector and sector not in SECTORS:
        raise _Fault("sector", "sector_unknown")
    return EmployerRow(line, _employer_code(code), _name(name), mycoid or None, state or None, sector or None)


def _person(line: int, cells: Sequence[str], today: date) -> PersonRow:
    kind, number, name, born_on, residence, old_ic, *_ = *cells, ""
    resides = _residence(residence)
    return PersonRow(
        line, _national_id(kind, number), _name(name), _day(born_on, "born_on", today), resides, _old_ic(old_ic)
    )


def _spell(line: int, cells: Sequence[str], today: date) -> SpellRow:
    kind, number, code, first_day, last_day = cells
    first = _day(first_day, "first_day", today)
    last = _last_day(last_day, today)
    if last is not None and last < first:
        raise _Fault("last_day", "ends_before_it_begins")
    return SpellRow(line, _national_id(kind, number), _employer_code(code), first, last)


def _months(line: int, cells: Sequence[str], today: date) -> MonthsRow:
    kind, number, code, first_month, last_month, wage, *amounts = cells
    first, last = _month(first_month, "first_month", today), _month(last_month, "last_month", today)
    if last < first:
        raise _Fault("last_month", "ends_before_it_begins")
    wage_sen, each = _wage(wage), _amounts(*amounts)
    return MonthsRow(line, _national_id(kind, number), _employer_code(code), first, last, wage_sen, each)


# Days, months and amounts are few. What raises is not kept.
def _national_id(kind: str, number: str) -> Who:
    """Kind and number as they are compared."""
    try:
        found = NationalId.of(kind, number)
        return found.kind.value, found.number
    except NationalIdInvalid:
        raise _Fault("id_number", "national_id_invalid") from None


def _employer_code(code: str) -> str:
    if not _CODE.fullmatch(code):
        raise _Fault("employer_code", "employer_code_malformed")
    return code


def _name(name: str) -> str:
    if not name or len(name) > _LONGEST_NAME:
        raise _Fault("name", "name_malformed")
    return name


def _residence(text: str) -> str:
    if text not in _RESIDENCES:
        raise _Fault("residence", "residence_unknown")
    return text


def _old_ic(text: str) -> str | None:
    """The number of an identity card of before the MyKad, where there was one."""
    try:
        return NationalId.of("old_ic", text).number if text else None
    except NationalIdInvalid:
        raise _Fault("old_ic", "national_id_invalid") from None


def _last_day(text: str, today: date) -> date | None:
    return _day(text, "last_day", today) if text else None


def _wage(text: str) -> Sen:
    wage = _sen(text, "wage")
    if not wage:
        raise _Fault("wage", "amount_malformed")
    return wage


def _amounts(*texts: str) -> Amounts:
    return Amounts(*(_sen(text, name) for name, text in zip(_AMOUNTS, texts, strict=True)))


@lru_cache(maxsize=20_000)
def _day(text: str, field: str, today: date) -> date:
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise _Fault(field, "day_malformed")
    if day > today:
        raise _Fault(field, "day_in_future")
    return day


@lru_cache(maxsize=2_000)
def _month(text: str, field: str, today: date) -> int:
    found = _MONTH.fullmatch(text)
    if found is None:
        raise _Fault(field, "month_malformed")
    month = int(found[1]) * 100 + int(found[2])
    if month > today.year * 100 + today.month:
        raise _Fault(field, "day_in_future")
    return month


@lru_cache(maxsize=20_000)
def _sen(text: str, field: str) -> Sen:
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise _Fault(field, "amount_malformed")
    return int(found[1]) * 100 + int(found[2])


_READ: Mapping[OpeningKind, Callable[[int, Sequence[str], date], OpeningRow]] = {
    OpeningKind.EMPLOYERS: _employer,
    OpeningKind.PERSONS: _person,
    OpeningKind.SPELLS: _spell,
    OpeningKind.MONTHS: _months,
}
# There are few employers: each is read by itself.
_COLUMNS: Mapping[OpeningKind, Callable[[Sequence[int], Sequence[Sequence[str]], _Reading], list[Any]]] = {
    OpeningKind.PERSONS: _persons,
    OpeningKind.SPELLS: _spells,
    OpeningKind.MONTHS: _ranges,
}
