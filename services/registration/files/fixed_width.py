"""Files of lines of one width, one byte a character: what makes a whole one unusable, and its fields as columns.

ASCII or ISO 8859-1; text left-aligned; amounts in sen, right-aligned, with blanks or zeros before them; lines end with
CRLF or LF, the last with or without. A DOS end mark (0x1A) as the very last byte is taken off.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.registration.domain.errors import (
    ContributionFileEncoding,
    ContributionFileLineLength,
    ContributionFileMixedEmployers,
)
from services.registration.files.columns import MALFORMED, Int64, LineKeys
from services.registration.files.whole_file import UTF8_MARK, check_whole, without_end_mark

Bytes = NDArray[np.uint8]
Place = tuple[int, int]

ENCODING = "iso-8859-1"
# Columns of each field, counted from 0, the last one excluded: the same in every layout.
EMPLOYER_CODE, MYCOID, ID, NAME, MONTH, AMOUNT = (0, 12), (12, 32), (32, 44), (44, 194), (194, 200), (200, 214)
LONGEST_ID = ID[1] - ID[0]
BLANK = 0x20
# Of a character in UTF-8, UTF-16 or UTF-32.
_MOST_BYTES = 4
_ZERO, _NINE, _TILDE = 0x30, 0x39, 0x7E
_CAPITAL_A, _CAPITAL_Z = 0x41, 0x5A
# C0 and C1 controls and DEL; those that end lines are taken off before.
_CONTROL = re.compile(rb"[\x00-\x1f\x7f-\x9f]")
_QUOTES = frozenset(b"\x91\x92\x93\x94")
_SEPARATORS = re.compile(r"[\s\-*/]")


@dataclass(frozen=True, slots=True)
class FixedUpload:
    """A file without a fault of the whole: one employer's code, a row of bytes for each line, and the bytes as sent."""

    employer_code: str
    rows: Bytes
    content: bytes

    def __len__(self) -> int:
        return len(self.rows)

    def line(self, number: int) -> bytes:
        """A line as it was sent, counted from 1, without its end."""
        return bytes(self.rows[number - 1])


def read_lines(data: bytes, width: int, other: str = "") -> FixedUpload:
    """The lines of a file that was sent; raises a FileFault with the first line that makes the whole file unusable.

    `other` is said of a line of another length: what else the file may be.
    """
    check_whole(data)
    if data.startswith(UTF8_MARK):
        raise ContributionFileEncoding.at(1, "The file begins with a byte order mark of UTF-8.")
    rows = _checked_rows(without_end_mark(data), width, other)
    codes = rows[:, slice(*EMPLOYER_CODE)]
    others = np.flatnonzero((codes != codes[0]).any(axis=1))
    if len(others):
        raise ContributionFileMixedEmployers.at(int(others[0]) + 1, "The employer code is not that of the first line.")
    return _upload(rows, data)


def read_lines_again(data: bytes, width: int) -> FixedUpload:
    """The lines of a file that `read_lines` has accepted before: they are split again, since the bytes are kept as they
    were sent, and not checked again."""
    lines = without_end_mark(data)
    rows = _even_rows(lines, width)
    return _upload(_stacked(list(_lines(lines)), width) if rows is None else rows, data)


def joined(uploads: Sequence[FixedUpload]) -> FixedUpload:
    """The lines of one file after the other, of whatever employers, to be read as columns at once."""
    if len(uploads) == 1:
        return uploads[0]
    return FixedUpload("", np.concatenate([each.rows for each in uploads]), b"")


def keys(upload: FixedUpload) -> LineKeys:
    """Number and month of the lines: a quarter of what it takes to read all fields."""
    return LineKeys(ids(upload.rows), months(upload.rows))


def numbers(rows: Bytes, place: Place) -> Int64:
    """Whole numbers, right-aligned, with blanks or zeros before them; -1 where the field is anything else."""
    cells = rows[:, slice(*place)]
    digit = (cells >= _ZERO) & (cells <= _NINE)
    blank = cells == BLANK
    after_digit = np.logical_or.accumulate(digit, axis=1)
    malformed = (~(digit | blank) | (blank & after_digit)).any(axis=1) | ~digit.any(axis=1)
    figures = np.where(digit, cells - np.uint8(_ZERO), np.uint8(0))
    values = np.zeros(len(cells), dtype=np.int64)
    for column in range(cells.shape[1]):
        values = values * 10 + figures[:, column]
    return np.where(malformed, MALFORMED, values)


def months(rows: Bytes) -> Int64:
    """The months, written 202606 for 062026; -1 where the field is anything else."""
    cells = rows[:, slice(*MONTH)]
    values = numbers(rows, MONTH)
    month, year = values // 10_000, values % 10_000
    good = (cells != BLANK).all(axis=1) & (values != MALFORMED) & (month >= 1) & (month <= 12) & (year >= 1)
    return np.where(good, year * 100 + month, MALFORMED)


def ids(rows: Bytes) -> list[str]:
    """The identity numbers as they are looked for."""
    cells = rows[:, slice(*ID)]
    if _is_plain(cells):
        return [id_.replace(" ", "") for id_ in texts(rows, ID)]
    return [compact(id_) for id_ in texts(rows, ID)]


def _is_plain(cells: Bytes) -> bool:
    """Whether there are but figures, capital letters and blanks."""
    is_figure, is_capital = (cells >= _ZERO) & (cells <= _NINE), (cells >= _CAPITAL_A) & (cells <= _CAPITAL_Z)
    return bool((is_figure | is_capital | (cells == BLANK)).all())


def names(rows: Bytes) -> list[str]:
    """The names without the blanks around them."""
    return [name.strip() for name in texts(rows, NAME)]


def texts(rows: Bytes, place: Place) -> Iterator[str]:
    """A field of each line as it stands there."""
    width = place[1] - place[0]
    text = rows[:, slice(*place)].tobytes().decode(ENCODING)
    return (text[start : start + width] for start in range(0, len(text), width))


def compact(id_: str) -> str:
    """An identity number in upper case without separators."""
    return _SEPARATORS.sub("", id_).upper()


def _upload(rows: Bytes, data: bytes) -> FixedUpload:
    return FixedUpload(rows[0, slice(*EMPLOYER_CODE)].tobytes().decode(ENCODING).strip(), rows, data)


def _checked_rows(data: bytes, width: int, other: str) -> Bytes:
    rows = _even_rows(data, width)
    # Only printable ASCII: no control character, and nothing that could be part of UTF-8.
    if rows is not None and not ((rows < BLANK) | (rows > _TILDE)).any():
        return rows
    return _stacked(list(_checked_lines(data, width, other)), width)


def _checked_lines(data: bytes, width: int, other: str) -> Iterator[bytes]:
    """Line by line, up to the first that is at fault: a file of nothing but line ends has millions of them."""
    for number, line in enumerate(_lines(data), start=1):
        # What is too long in every encoding is not looked through: no other thread runs while a line is searched.
        is_near = len(line) <= _MOST_BYTES * width
        if is_near and not line.isascii() and _is_utf8(line):
            raise ContributionFileEncoding.at(number, "A character takes more than one byte.")
        if is_near and (control := _CONTROL.search(line)):
            raise ContributionFileEncoding.at(number, _named(control[0][0]))
        if len(line) != width:
            told = f"A line has {width} characters, this one has {len(line)}."
            if len(line) < width and data.endswith(line):
                told = f"The file is cut off in its last line: {told}"
            raise ContributionFileLineLength.at(number, f"{told} {other}".strip())
        yield line


def _named(control: int) -> str:
    """What is wrong with a control character, without repeating anything of the line."""
    if control == 0x09:
        return "The line holds a tab."
    if control in _QUOTES:
        return "The line holds a quotation mark of Windows-1252."
    return "The line holds a control character."


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _even_rows(data: bytes, width: int) -> Bytes | None:
    """All lines as one array without copying, where every line has the width and ends alike."""
    end = data[width : width + 2] if data[width : width + 2] == b"\r\n" else b"\n"
    stride = width + len(end)
    padded = data if len(data) % stride == 0 else data + end
    if len(padded) % stride:
        return None
    table = np.frombuffer(padded, dtype=np.uint8).reshape(-1, stride)
    return table[:, :width] if (table[:, width:] == np.frombuffer(end, dtype=np.uint8)).all() else None


def _lines(data: bytes) -> Iterator[bytes]:
    start, end = 0, len(data) - data.endswith(b"\n")
    while start <= end:
        found = data.find(b"\n", start, end)
        stop = end if found < 0 else found
        yield data[start:stop].removesuffix(b"\r")
        start = stop + 1


def _stacked(lines: list[bytes], width: int) -> Bytes:
    return np.frombuffer(b"".join(lines), dtype=np.uint8).reshape(-1, width)
