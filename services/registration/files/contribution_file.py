"""The combined contribution file, 278 characters a line, layouts v1 and v2 (act4 §2.5, other-schemes §8.2).

One byte a character (ASCII or ISO 8859-1); text left-aligned; amounts in sen, right-aligned, with blanks or zeros
before them; lines end with CRLF or LF, the last with or without. Layout v1 leaves the columns of the SKBBK blank.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from services.registration.domain.errors import (
    ContributionFileEmpty,
    ContributionFileEncoding,
    ContributionFileLineLength,
    ContributionFileMixedEmployers,
)
from shared.kernel.money import Sen
from shared.kernel.periods import Month

Layout: TypeAlias = Literal["v1", "v2"]
Bytes: TypeAlias = NDArray[np.uint8]
Int64: TypeAlias = NDArray[np.int64]

WIDTH = 278
ENCODING = "iso-8859-1"
# Of a character in UTF-8, UTF-16 or UTF-32.
_MOST_BYTES = 4
MALFORMED = -1
# Columns of each field, counted from 0, the last one excluded.
EMPLOYER_CODE, MYCOID, ID, NAME, MONTH = (0, 12), (12, 32), (32, 44), (44, 194), (194, 200)
AMOUNT_FIELDS = {
    "wages": (200, 214),
    "act4_employer": (214, 220),
    "act4_employee": (220, 226),
    "act800_employer": (226, 232),
    "act800_employee": (232, 238),
    "skbbk_employee": (238, 244),
}
LONGEST_ID = ID[1] - ID[0]
_BLANK, _ZERO, _NINE, _TILDE = 0x20, 0x30, 0x39, 0x7E
# C0 and C1 controls and DEL; those that end lines are taken off before.
_CONTROL = re.compile(rb"[\x00-\x1f\x7f-\x9f]")
_SEPARATORS = re.compile(r"[\s\-*/]")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file without a fault of the whole: one employer's code, a row of 278 bytes for each line, and the bytes."""

    employer_code: str
    rows: Bytes
    content: bytes

    def __len__(self) -> int:
        return len(self.rows)

    def line(self, number: int) -> bytes:
        """A line as it was sent, counted from 1, without its end."""
        return bytes(self.rows[number - 1])


@dataclass(frozen=True, slots=True)
class FileColumns:
    """The fields of all lines, row by row. What is malformed is -1: in `months` (202606), and in `amounts` (sen).

    `ids` are in upper case without separators, empty where the field is blank, as `names` are; `is_v2` says which lines
    have the columns of the SKBBK.
    """

    ids: list[str]
    names: list[str] = field(repr=False)
    months: Int64
    amounts: dict[str, Int64]
    is_v2: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line to be written; amounts in sen."""

    employer_code: str
    id: str
    name: str
    month: Month
    wage: Sen
    act4_employer: Sen
    act4_employee: Sen
    act800_employer: Sen
    act800_employee: Sen
    skbbk_employee: Sen = 0
    mycoid: str = ""


def read(data: bytes) -> Upload:
    """The lines of a file that was sent; raises a FileFault with the first line that makes the whole file unusable."""
    rows = _checked_rows(data)
    codes = rows[:, slice(*EMPLOYER_CODE)]
    others = np.flatnonzero((codes != codes[0]).any(axis=1))
    if len(others):
        raise ContributionFileMixedEmployers.at(int(others[0]) + 1, "The employer code is not that of the first line.")
    return _upload(rows, data)


def read_accepted(data: bytes) -> Upload:
    """The lines of a file that `read` has accepted before: they are split again, since the bytes are kept as they were
    sent, and not checked again."""
    rows = _even_rows(data)
    return _upload(_stacked(list(_lines(data))) if rows is None else rows, data)


def columns(upload: Upload) -> FileColumns:
    """The fields of the lines."""
    rows = upload.rows
    amounts = {name: _numbers(rows, place) for name, place in AMOUNT_FIELDS.items()}
    is_v2 = (rows[:, slice(*AMOUNT_FIELDS["skbbk_employee"])] != _BLANK).any(axis=1)
    amounts["skbbk_employee"] = np.where(is_v2, amounts["skbbk_employee"], 0)
    return FileColumns(_ids(rows), [name.strip() for name in _texts(rows, NAME)], _months(rows), amounts, is_v2)


def render(lines: Iterable[FileLine], layout: Layout = "v2", padding: Literal[" ", "0"] = " ") -> bytes:
    """The file of these lines; amounts are padded with blanks or zeros. Raises ValueError for what does not fit."""
    return b"".join(_rendered(line, layout, padding) for line in lines)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _upload(rows: Bytes, data: bytes) -> Upload:
    return Upload(rows[0, slice(*EMPLOYER_CODE)].tobytes().decode(ENCODING).strip(), rows, data)


def _checked_rows(data: bytes) -> Bytes:
    if not data.strip(b"\r\n"):
        raise ContributionFileEmpty("The file has no line.")
    rows = _even_rows(data)
    # Only printable ASCII: no control character, and nothing that could be part of UTF-8.
    if rows is not None and not ((rows < _BLANK) | (rows > _TILDE)).any():
        return rows
    return _stacked(list(_checked_lines(data)))


def _checked_lines(data: bytes) -> Iterator[bytes]:
    """Line by line, up to the first that is at fault: a file of nothing but line ends has millions of them."""
    for number, line in enumerate(_lines(data), start=1):
        # What is too long in every encoding is not looked through: no other thread runs while a line is searched.
        is_near = len(line) <= _MOST_BYTES * WIDTH
        if is_near and not line.isascii() and _is_utf8(line):
            raise ContributionFileEncoding.at(number, "A character takes more than one byte.")
        if is_near and _CONTROL.search(line):
            raise ContributionFileEncoding.at(number, "The line holds a control character.")
        if len(line) != WIDTH:
            raise ContributionFileLineLength.at(number, f"A line has {WIDTH} characters, this one has {len(line)}.")
        yield line


def _even_rows(data: bytes) -> Bytes | None:
    """All lines as one array without copying, where every line has the width and ends alike."""
    end = data[WIDTH : WIDTH + 2] if data[WIDTH : WIDTH + 2] == b"\r\n" else b"\n"
    stride = WIDTH + len(end)
    padded = data if len(data) % stride == 0 else data + end
    if len(padded) % stride:
        return None
    table = np.frombuffer(padded, dtype=np.uint8).reshape(-1, stride)
    return table[:, :WIDTH] if (table[:, WIDTH:] == np.frombuffer(end, dtype=np.uint8)).all() else None


def _lines(data: bytes) -> Iterator[bytes]:
    start, end = 0, len(data) - data.endswith(b"\n")
    while start <= end:
        found = data.find(b"\n", start, end)
        stop = end if found < 0 else found
        yield data[start:stop].removesuffix(b"\r")
        start = stop + 1


def _stacked(lines: list[bytes]) -> Bytes:
    return np.frombuffer(b"".join(lines), dtype=np.uint8).reshape(-1, WIDTH)


def _numbers(rows: Bytes, place: tuple[int, int]) -> Int64:
    """Whole numbers, right-aligned, with blanks or zeros before them; -1 where the field is anything else."""
    cells = rows[:, slice(*place)]
    digit = (cells >= _ZERO) & (cells <= _NINE)
    blank = cells == _BLANK
    after_digit = np.logical_or.accumulate(digit, axis=1)
    malformed = (~(digit | blank) | (blank & after_digit)).any(axis=1) | ~digit.any(axis=1)
    powers = 10 ** np.arange(cells.shape[1] - 1, -1, -1, dtype=np.int64)
    values = np.where(digit, cells.astype(np.int64) - _ZERO, 0) @ powers
    return np.where(malformed, MALFORMED, values)


def _months(rows: Bytes) -> Int64:
    cells = rows[:, slice(*MONTH)]
    values = _numbers(rows, MONTH)
    month, year = values // 10_000, values % 10_000
    good = (cells != _BLANK).all(axis=1) & (values != MALFORMED) & (month >= 1) & (month <= 12) & (year >= 1)
    return np.where(good, year * 100 + month, MALFORMED)


def _ids(rows: Bytes) -> list[str]:
    return [_SEPARATORS.sub("", id_).upper() for id_ in _texts(rows, ID)]


def _texts(rows: Bytes, place: tuple[int, int]) -> Iterator[str]:
    width = place[1] - place[0]
    text = rows[:, slice(*place)].tobytes().decode(ENCODING)
    return (text[start : start + width] for start in range(0, len(text), width))


def _rendered(line: FileLine, layout: Layout, padding: str) -> bytes:
    amounts = [getattr(line, "wage" if name == "wages" else name) for name in AMOUNT_FIELDS]
    widths = [last - first for first, last in AMOUNT_FIELDS.values()]
    cells = [f"{amount:{padding}>{width}d}" for amount, width in zip(amounts, widths, strict=True)]
    if layout == "v1":
        cells[-1] = " " * widths[-1]
    month = f"{line.month.month:02d}{line.month.year:04d}"
    head = f"{line.employer_code:<12}{line.mycoid:<20}{line.id:<12}{line.name.upper()[:150]:<150}{month}"
    filler = " " * (WIDTH - AMOUNT_FIELDS["skbbk_employee"][1])
    text = (head + "".join(cells) + filler).encode(ENCODING, "replace")
    if len(text) != WIDTH or min(amounts) < 0:
        raise ValueError("a field does not fit its columns")
    return text + b"\r\n"
