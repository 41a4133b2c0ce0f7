"""The combined contribution file, 278 characters a line, layouts v1, v2 and v2.1 (act4 §2.5, other-schemes §8.2).

Layout v1 leaves the columns of the SKBBK blank. v2.1 has the columns of v2 and is read alike: it says how amounts are
written, with blanks before them and nothing as 0000, and that wages are the actual ones, above the ceiling too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from services.registration.domain.contribution import Reading
from services.registration.files.columns import FileColumns
from services.registration.files.fixed_width import (
    AMOUNT,
    BLANK,
    ENCODING,
    FixedUpload,
    ids,
    months,
    names,
    numbers,
    read_lines,
    read_lines_again,
)
from shared.kernel.money import Sen
from shared.kernel.periods import Month

Layout: TypeAlias = Literal["v1", "v2", "v2.1"]

WIDTH = 278
# Columns of each field, counted from 0, the last one excluded.
AMOUNT_FIELDS = {
    "wages": AMOUNT,
    "act4_employer": (214, 220),
    "act4_employee": (220, 226),
    "act800_employer": (226, 232),
    "act800_employee": (232, 238),
    "skbbk_employee": (238, 244),
}
_OTHER = "A line of 223 characters is of the legacy layout: send it with format=legacy_223."
_ZERO_OF_V2_1 = "0000"
_BY_ITSELF = Reading()


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


def read(data: bytes) -> FixedUpload:
    """The lines of a file that was sent; raises a FileFault with the first line that makes the whole file unusable."""
    return read_lines(data, WIDTH, _OTHER)


def read_accepted(data: bytes) -> FixedUpload:
    """The lines of a file that `read` has accepted before; they are not checked again."""
    return read_lines_again(data, WIDTH)


def columns(upload: FixedUpload, reading: Reading = _BY_ITSELF) -> FileColumns:
    """The fields of the lines."""
    rows = upload.rows
    amounts = {name: numbers(rows, place) for name, place in AMOUNT_FIELDS.items()}
    is_v2 = (rows[:, slice(*AMOUNT_FIELDS["skbbk_employee"])] != BLANK).any(axis=1)
    amounts["skbbk_employee"] = np.where(is_v2, amounts["skbbk_employee"], 0)
    return FileColumns(ids(rows), names(rows), months(rows), amounts, is_v2, reading)


def render(lines: Iterable[FileLine], layout: Layout = "v2", padding: Literal[" ", "0"] = " ") -> bytes:
    """The file of these lines; amounts are padded with blanks or zeros. Raises ValueError for what does not fit."""
    return b"".join(_rendered(line, layout, padding) for line in lines)


def _rendered(line: FileLine, layout: Layout, padding: str) -> bytes:
    amounts = [getattr(line, "wage" if name == "wages" else name) for name in AMOUNT_FIELDS]
    widths = [last - first for first, last in AMOUNT_FIELDS.values()]
    cells = [f"{_written(sum_, layout):{padding}>{width}}" for sum_, width in zip(amounts, widths, strict=True)]
    if layout == "v1":
        cells[-1] = " " * widths[-1]
    month = f"{line.month.month:02d}{line.month.year:04d}"
    head = f"{line.employer_code:<12}{line.mycoid:<20}{line.id:<12}{line.name.upper()[:150]:<150}{month}"
    filler = " " * (WIDTH - AMOUNT_FIELDS["skbbk_employee"][1])
    text = (head + "".join(cells) + filler).encode(ENCODING, "replace")
    if len(text) != WIDTH or min(amounts) < 0:
        raise ValueError("a field does not fit its columns")
    return text + b"\r\n"


def _written(amount: Sen, layout: Layout) -> str:
    return _ZERO_OF_V2_1 if layout == "v2.1" and not amount else str(amount)
