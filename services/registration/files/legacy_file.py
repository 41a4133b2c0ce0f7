"""The legacy contribution file, 223 characters a line (other-schemes §8.1): one amount, a date and a status.

What the amount means the employer's template says, of either Act's file: the bytes do not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from services.registration.domain.contribution import LineFault, Reading
from services.registration.domain.spell_statement import SpellStatementKind
from services.registration.files.columns import AMOUNTS_OF_LINE, FileColumns, SpellMark
from services.registration.files.fixed_width import (
    AMOUNT,
    ENCODING,
    FixedUpload,
    ids,
    months,
    names,
    numbers,
    read_lines,
    read_lines_again,
    texts,
)
from shared.kernel.clock import today
from shared.kernel.money import Sen
from shared.kernel.periods import Month

WIDTH = 223
DATE, STATUS = (214, 222), (222, 223)
# What a status says of the spell: B new, H stopped, M died. S (sick, on benefit) and T (leave without pay) say nothing
# of it, and their dates are not read.
_KINDS = {"B": SpellStatementKind.STARTED, "H": SpellStatementKind.ENDED, "M": SpellStatementKind.DIED}
# Nobody began, left or died at insured work before Act 4 was in force; how far ahead it may be said is assumed.
_BEGINNING, _AHEAD = date(1969, 4, 1), timedelta(days=366)
_SAYS_NOTHING = {" ", "S", "T"}
_OTHER = "A line of 278 characters is of the combined layout: send it with format=combined_278."


@dataclass(frozen=True, slots=True)
class LegacyLine:
    """A line to be written; the amount in sen."""

    employer_code: str
    id: str
    name: str
    month: Month
    amount: Sen
    status: str = " "
    day: date | None = None
    mycoid: str = ""


def read(data: bytes) -> FixedUpload:
    """The lines of a file that was sent; raises a FileFault with the first line that makes the whole file unusable."""
    return read_lines(data, WIDTH, _OTHER)


def read_accepted(data: bytes) -> FixedUpload:
    """The lines of a file that `read` has accepted before; they are not checked again."""
    return read_lines_again(data, WIDTH)


def columns(upload: FixedUpload, reading: Reading) -> FileColumns:
    """The fields of the lines; none of them states an SKBBK."""
    rows, count = upload.rows, len(upload)
    amounts = {name: np.zeros(count, dtype=np.int64) for name in AMOUNTS_OF_LINE}
    amounts["wages"] = numbers(rows, AMOUNT)
    faults, marks = _said(upload)
    is_v2 = np.zeros(count, dtype=np.bool_)
    return FileColumns(ids(rows), names(rows), months(rows), amounts, is_v2, reading, faults, marks)


def render(lines: Iterable[LegacyLine]) -> bytes:
    """The file of these lines. Raises ValueError for what does not fit."""
    return b"".join(map(_rendered, lines))


def _said(upload: FixedUpload) -> tuple[tuple[LineFault, ...], tuple[SpellMark, ...]]:
    faults, marks = [], []
    stated = zip(texts(upload.rows, STATUS), texts(upload.rows, DATE), strict=True)
    for index, (status, written) in enumerate(stated):
        if status in _SAYS_NOTHING:
            continue
        kind, day = _KINDS.get(status), _day(written)
        if kind is None:
            faults.append(LineFault(index + 1, "status", "status_unknown"))
        elif day is None:
            faults.append(LineFault(index + 1, "date", "date_malformed"))
        elif not _BEGINNING <= day <= (today() if kind is SpellStatementKind.DIED else today() + _AHEAD):
            faults.append(LineFault(index + 1, "date", "date_out_of_range"))
        else:
            marks.append(SpellMark(index, kind, day))
    return tuple(faults), tuple(marks)


def _day(written: str) -> date | None:
    if not (written.isascii() and written.isdigit()):
        return None
    try:
        return date(int(written[4:]), int(written[2:4]), int(written[:2]))
    except ValueError:
        return None


def _rendered(line: LegacyLine) -> bytes:
    month = f"{line.month.month:02d}{line.month.year:04d}"
    day = " " * 8 if line.day is None else f"{line.day:%d%m%Y}"
    head = f"{line.employer_code:<12}{line.mycoid:<20}{line.id:<12}{line.name.upper()[:150]:<150}{month}"
    text = f"{head}{line.amount:014d}{day}{line.status}".encode(ENCODING, "replace")
    if len(text) != WIDTH or line.amount < 0:
        raise ValueError("a field does not fit its columns")
    return text + b"\r\n"
