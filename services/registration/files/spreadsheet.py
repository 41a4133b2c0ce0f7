"""CSV for people: what a spreadsheet would take for a formula is text; amounts stay as they are."""

import csv
import io
from collections.abc import Iterable, Sequence

# A cell that begins so is a formula to Excel, LibreOffice or Google Sheets; the last two part cells and rows first.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(header: Sequence[str], rows: Iterable[Sequence[str | int]], amounts: frozenset[str] = frozenset()) -> str:
    """The table; columns named in `amounts` hold what we wrote as an amount, which may be below zero."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    for row in rows:
        cells = zip(header, row, strict=True)
        writer.writerow([cell if name in amounts or isinstance(cell, int) else text_cell(cell) for name, cell in cells])
    return out.getvalue()


def text_cell(text: str) -> str:
    """A text as a spreadsheet shows it: an apostrophe before what would be a formula, also behind blanks."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
