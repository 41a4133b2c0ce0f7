"""The contribution file as CSV (RFC 4180) with a published header: UTF-8 with or without a mark, comma or semicolon.

A record is one line: no line end stands in a field. Lines end with CRLF or LF, the last with or without. A month is
YYYY-MM, an amount is ringgit with two decimals, always. The last column may be left out or empty: then a line says
nothing of the SKBBK.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from services.registration.domain.contribution import Reading
from services.registration.domain.errors import (
    ContributionFileEmpty,
    ContributionFileEncoding,
    ContributionFileHeader,
    ContributionFileLineLength,
    ContributionFileMixedEmployers,
)
from services.registration.files.columns import AMOUNTS_OF_LINE, MALFORMED, FileColumns, LineKeys
from services.registration.files.contribution_file import FileLine
from services.registration.files.fixed_width import compact
from services.registration.files.whole_file import UTF8_MARK, check_whole, without_end_mark
from shared.kernel.money import ringgit, sen_from_ringgit

HEADER = ("employer_code", "id", "name", "month", *AMOUNTS_OF_LINE)
SEPARATORS = {"comma": ",", "semicolon": ";"}
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)
# Fourteen digits of sen, as in the fixed layouts.
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,11})\.[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CsvUpload:
    """A file without a fault of the whole; the lines as they were sent, without their ends, the header first."""

    employer_code: str
    lines: tuple[bytes, ...]
    content: bytes

    def __len__(self) -> int:
        return len(self.lines) - 1

    def line(self, number: int) -> bytes:
        """A line as it was sent, counted from 1 behind the header."""
        return self.lines[number]


def read(data: bytes, reading: Reading) -> CsvUpload:
    """The lines of a file that was sent; raises a FileFault with the first line that makes the whole file unusable.

    Lines are counted with the header, as an editor shows them.
    """
    check_whole(data)
    lines = tuple(_lines(data))
    header = _record(lines[0], 1, reading)
    if tuple(header) not in (HEADER, HEADER[:-1]):
        raise ContributionFileHeader.at(1, f"The first line is {SEPARATORS[reading.separator].join(HEADER)}.")
    if len(lines) == 1:
        raise ContributionFileEmpty("The file has no line behind its header.")
    code = None
    for number, line in enumerate(lines[1:], start=2):
        fields = _record(line, number, reading)
        if len(fields) != len(header):
            told = f"A line has {len(header)} fields, this one has {len(fields)}."
            raise ContributionFileLineLength.at(number, told)
        code = fields[0].strip() if code is None else code
        if fields[0].strip() != code:
            raise ContributionFileMixedEmployers.at(number, "The employer code is not that of the first line.")
    return CsvUpload(code or "", lines, data)


def read_accepted(data: bytes) -> CsvUpload:
    """The lines of a file that `read` has accepted before."""
    return CsvUpload("", tuple(_lines(data)), data)


def keys(upload: CsvUpload, reading: Reading) -> LineKeys:
    """Number and month of the lines."""
    id_, month = HEADER.index("id"), HEADER.index("month")
    told = [(compact(record[id_].strip()), _month(record[month].strip())) for record in _records(upload, reading)]
    return LineKeys([number for number, _ in told], np.array([month for _, month in told], dtype=np.int64))


def columns(upload: CsvUpload, reading: Reading) -> FileColumns:
    """The fields of the lines."""
    records = list(_records(upload, reading))
    padded = [[each.strip() for each in record] + [""] * (len(HEADER) - len(record)) for record in records]
    cells = dict(zip(HEADER, zip(*padded, strict=True), strict=True))
    is_v2 = np.array([bool(cell) for cell in cells["skbbk_employee"]], dtype=np.bool_)
    amounts = {name: np.array([_sen(cell) for cell in cells[name]], dtype=np.int64) for name in AMOUNTS_OF_LINE}
    amounts["skbbk_employee"] = np.where(is_v2, amounts["skbbk_employee"], 0)
    months = np.array([_month(cell) for cell in cells["month"]], dtype=np.int64)
    return FileColumns([compact(id_) for id_ in cells["id"]], list(cells["name"]), months, amounts, is_v2, reading)


def rejected(upload: CsvUpload, numbers: Iterable[int]) -> bytes:
    """The header and these lines, each as it was sent and with CRLF: to be corrected and sent again."""
    return b"".join(upload.line(number) + b"\r\n" for number in (0, *numbers))


def render(lines: Iterable[FileLine], separator: str = ",", *, states_skbbk: bool = True) -> bytes:
    """The file of these lines, with the header."""
    header = HEADER if states_skbbk else HEADER[:-1]
    return b"".join(_rendered(row[: len(header)], separator) for row in (HEADER, *map(_cells, lines)))


def _cells(line: FileLine) -> tuple[str, ...]:
    amounts = (getattr(line, "wage" if name == "wages" else name) for name in AMOUNTS_OF_LINE)
    return (line.employer_code, line.id, line.name, str(line.month), *map(ringgit, amounts))


def _rendered(cells: tuple[str, ...], separator: str) -> bytes:
    quoted = ('"' + cell.replace('"', '""') + '"' if separator in cell or '"' in cell else cell for cell in cells)
    return separator.join(quoted).encode() + b"\r\n"


def _lines(data: bytes) -> Iterator[bytes]:
    whole = without_end_mark(data).removeprefix(UTF8_MARK)
    for line in whole.removesuffix(b"\n").split(b"\n"):
        yield line.removesuffix(b"\r")


def _records(upload: CsvUpload, reading: Reading) -> Iterator[list[str]]:
    separator = SEPARATORS[reading.separator]
    return csv.reader((line.decode() for line in upload.lines[1:]), delimiter=separator, strict=True)


def _record(line: bytes, number: int, reading: Reading) -> list[str]:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise ContributionFileEncoding.at(number, "The line is not UTF-8; it may be Windows-1252.") from None
    if _CONTROL.search(text):
        told = "The line holds a tab." if "\t" in text else "The line holds a control character."
        raise ContributionFileEncoding.at(number, told)
    try:
        return next(csv.reader([text], delimiter=SEPARATORS[reading.separator], strict=True), [])
    except csv.Error:
        raise ContributionFileLineLength.at(number, "A quotation mark is not closed, or stands alone.") from None


def _month(cell: str) -> int:
    found = _MONTH.fullmatch(cell)
    return MALFORMED if found is None or found[1] == "0000" else int(found[1]) * 100 + int(found[2])


def _sen(cell: str) -> int:
    return sen_from_ringgit(cell) if _AMOUNT.fullmatch(cell) else MALFORMED
