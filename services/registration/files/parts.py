"""Pieces of an upload that is still on its way: each is checked as soon as it is whole, and refuses the upload."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.registration.domain.contribution import Piece
from services.registration.domain.errors import (
    ContributionFileLineLength,
    ContributionFileMixedEmployers,
    FileFault,
)
from services.registration.domain.upload import LONGEST_LINE, Cut, Tail, Upload, has_header
from services.registration.files.formats import FORMATS, wages_of
from services.registration.files.pieces import LINES_IN_A_PIECE, cut_off, line_ends
from services.registration.files.whole_file import LOOKED_AT, check_begin
from shared.kernel.money import Sen

# Of wages of which one is malformed: then no total is right.
_MALFORMED = -1


@dataclass(frozen=True, slots=True)
class Cutting:
    """The pieces that are whole now, and how far the upload is cut by them; `rest` is what is left."""

    cut: Cut
    tail: Tail
    pieces: Sequence[Piece]
    rest: bytes
    employer_code: str
    wages_sen: Sen

    def of(self, upload: Upload) -> Upload:
        """The upload as far as it is cut now."""
        told = replace(upload, employer_code=self.employer_code, wages_sen=self.wages_sen)
        return replace(told, cut=self.cut, tail=self.tail)


def grown(upload: Upload, data: bytes) -> Tail:
    """What is not cut with these bytes behind it; raises a FileFault for what is no file of lines."""
    if not upload.received and len(data) >= LOOKED_AT:
        check_begin(data)
    last_end = data.rfind(b"\n")
    open_bytes = upload.tail.open_bytes + len(data) if last_end < 0 else len(data) - last_end - 1
    tail = Tail(upload.tail.first_byte, upload.tail.line_ends + line_ends(data), open_bytes)
    if open_bytes > LONGEST_LINE or upload.received + len(data) - tail.first_byte > _most_bytes():
        line = upload.cut.lines + tail.line_ends + 1
        raise ContributionFileLineLength.at(line, f"A line has at most {LONGEST_LINE} characters.")
    return tail


def is_ready(upload: Upload, tail: Tail) -> bool:
    """Whether a piece can be cut off."""
    return tail.line_ends >= LINES_IN_A_PIECE + upload.cut.awaits_header


def is_one_piece(upload: Upload, tail: Tail) -> bool:
    """Whether what is not cut is no more than one piece."""
    return tail.line_ends <= LINES_IN_A_PIECE + upload.cut.awaits_header


def cut(upload: Upload, uncut: bytes, *, is_end: bool) -> Cutting:
    """Cut and check what is whole of the bytes that are not cut yet; raises a FileFault with the line of the file."""
    now, pieces, rest = cut_off(uncut, upload.cut, is_end=is_end)
    code, wages = upload.employer_code, upload.wages_sen
    for piece in pieces:
        code = _checked(piece, upload, code)
        wages = _added(wages, piece, upload)
    first = upload.tail.first_byte + len(uncut) - len(rest)
    tail = Tail(first, line_ends(rest), len(rest) - rest.rfind(b"\n") - 1)
    return Cutting(now, tail, pieces, rest, code, wages)


def _checked(piece: Piece, upload: Upload, code: str) -> str:
    read = FORMATS[upload.reading.format].read
    if read is None:
        raise ValueError(f"{upload.reading.format} has a route of its own")
    try:
        found = read(piece.content, upload.reading).employer_code
    except FileFault as fault:
        raise fault.behind(piece.lines_before) from None
    if code and found != code:
        told = "The employer code is not that of the first line."
        # Lines are counted as an editor shows them, with the header.
        raise ContributionFileMixedEmployers.at(piece.first_line + has_header(upload.reading.format), told)
    return found


def _added(wages: Sen, piece: Piece, upload: Upload) -> Sen:
    if upload.totals.amounts_sen is None or wages == _MALFORMED:
        return wages
    found = wages_of(piece.content, upload.reading)
    return _MALFORMED if found is None else wages + found


def _most_bytes() -> int:
    return LINES_IN_A_PIECE * LONGEST_LINE
