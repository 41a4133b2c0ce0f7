"""Opening files: CSV (RFC 4180, UTF-8, comma) with one kind of row each and a published header (docs/registration.md).

A record is one line, so that a line that is set aside comes back as it was sent. Lines end with CRLF or LF.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from services.registration.domain.contribution import AMOUNTS, Amounts
from services.registration.domain.errors import OpeningFileEmpty, OpeningFileHeader, OpeningFileNotUtf8
from services.registration.domain.opening import (
    EmployerRow,
    MonthsRow,
    OpeningFault,
    OpeningKind,
    OpeningRow,
    PersonRow,
    SpellRow,
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
_MARK = "\ufeff"
_CODE = re.compile(r"[A-Z][A-Z0-9]{8,11}", re.ASCII)
_COMPANY = re.compile(r"[0-9A-Z-]{1,20}", re.ASCII)
_MONTH = re.compile(r"((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)
_DAY = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,11})\.([0-9]{2})", re.ASCII)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_LONGEST_NAME = 150
_RESIDENCES = frozenset(each.value for each in Residence)


class _Fault(Exception):
    """A field that cannot be read."""

    def __init__(self, field: str, code: str) -> None:
        self.field, self.code = field, code


def kind_of(data: bytes) -> OpeningKind:
    """What the header of a file says that its rows are; that of employers, which it is not, where it says none."""
    first = data.split(b"\n", 1)[0].rstrip(b"\r").removeprefix(_MARK.encode()).decode(errors="replace")
    found = (kind for kind, header in HEADERS.items() if ",".join(header) == first)
    return next(found, OpeningKind.EMPLOYERS)


def read(data: bytes, kind: OpeningKind) -> list[str]:
    """The lines of a file behind its header, without their ends; raises what makes the whole file unusable."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise OpeningFileNotUtf8() from None
    lines = [line.removesuffix("\r") for line in text.removeprefix(_MARK).split("\n")]
    if lines[-1] == "":
        lines.pop()
    header = ",".join(HEADERS[kind])
    if not lines or lines[0] != header:
        raise OpeningFileHeader(facts={"header": header})
    if len(lines) == 1:
        raise OpeningFileEmpty()
    return lines[1:]


def rows_of(
    kind: OpeningKind, lines: Sequence[str], first_line: int, today: date
) -> tuple[list[OpeningRow], list[OpeningFault]]:
    """The rows of a piece, and what is wrong with the form of the others."""
    rows: list[OpeningRow] = []
    faults: list[OpeningFault] = []
    read_row, width = _READ[kind], len(HEADERS[kind])
    for number, line in enumerate(lines, start=first_line):
        try:
            rows.append(read_row(number, _cells(line, width), today))
        except _Fault as fault:
            faults.append(OpeningFault(number, fault.field, fault.code))
    return rows, faults


def render(kind: OpeningKind, rows: Iterable[Sequence[str]]) -> str:
    """A file of these rows, cell by cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADERS[kind])
    writer.writerows(rows)
    return out.getvalue()


def rejected(kind: OpeningKind, lines: Iterable[str]) -> str:
    """A file of lines that were set aside, each as it was sent: to be corrected and sent again."""
    return "".join(f"{line}\r\n" for line in (",".join(HEADERS[kind]), *lines))


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
    code, name, mycoid = cells
    if mycoid and not _COMPANY.fullmatch(mycoid):
        raise _Fault("mycoid", "mycoid_malformed")
    return EmployerRow(line, _employer_code(code), _name(name), mycoid or None)


def _person(line: int, cells: Sequence[str], today: date) -> PersonRow:
    kind, number, name, born_on, residence = cells
    if residence not in _RESIDENCES:
        raise _Fault("residence", "residence_unknown")
    return PersonRow(line, *_national_id(kind, number), _name(name), _day(born_on, "born_on", today), residence)


def _spell(line: int, cells: Sequence[str], today: date) -> SpellRow:
    kind, number, code, first_day, last_day = cells
    first = _day(first_day, "first_day", today)
    last = _day(last_day, "last_day", today) if last_day else None
    if last is not None and last < first:
        raise _Fault("last_day", "ends_before_it_begins")
    return SpellRow(line, *_national_id(kind, number), _employer_code(code), first, last)


def _months(line: int, cells: Sequence[str], today: date) -> MonthsRow:
    kind, number, code, first_month, last_month, wage, *amounts = cells
    first, last = _month(first_month, "first_month", today), _month(last_month, "last_month", today)
    if last < first:
        raise _Fault("last_month", "ends_before_it_begins")
    wage_sen = _sen(wage, "wage")
    if not wage_sen:
        raise _Fault("wage", "amount_malformed")
    each = Amounts(*(_sen(amount, name) for name, amount in zip(_AMOUNTS, amounts, strict=True)))
    return MonthsRow(line, *_national_id(kind, number), _employer_code(code), first, last, wage_sen, each)


# Rows of one person follow each other; days, months and amounts are few. What raises is not kept.
@lru_cache(maxsize=1_000)
def _national_id(kind: str, number: str) -> tuple[str, str]:
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
