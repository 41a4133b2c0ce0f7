"""A large file in pieces of whole lines: each is read, checked, kept and worked off by itself (decision 68).

Where a piece ends follows from the lines alone, never from how the bytes came: the same file has the same pieces.
"""

from collections.abc import Iterator

import numpy as np

from services.registration.domain.contribution import FileFormat, Piece
from services.registration.domain.upload import Cut, has_header
from services.registration.files.whole_file import without_end_mark

LINES_IN_A_PIECE = 10_000
_LINE_END = 0x0A
# A statement has at most 1,000 lines, and is one text.
_WHOLE = frozenset({FileFormat.JSON})


def has_pieces(format_: FileFormat) -> bool:
    """Whether files of the format may be kept in pieces."""
    return format_ not in _WHOLE


def line_ends(data: bytes) -> int:
    """How many lines end in it."""
    return data.count(b"\n")


def cut_off(data: bytes, cut: Cut, *, is_end: bool) -> tuple[Cut, list[Piece], bytes]:
    """How far it is cut now, the pieces that are whole (at the end of the file, all), and the bytes that are left."""
    if cut.awaits_header:
        header, data = _header_of(data)
        if not header:
            return cut, [], data
        cut = Cut(cut.format, header)
    pieces: list[Piece] = []
    start = 0
    for end in _ends(data):
        pieces.append(_piece(data[start:end], cut, pieces, LINES_IN_A_PIECE))
        start = end
    rest = data[start:]
    if is_end:
        rest = without_end_mark(rest)
        if rest:
            pieces.append(_piece(rest, cut, pieces, line_ends(rest) + (not rest.endswith(b"\n"))))
        rest = b""
    lines = cut.lines + sum(piece.lines for piece in pieces)
    return Cut(cut.format, cut.header, cut.pieces + len(pieces), lines), pieces, rest


def pieces_of(content: bytes, format_: FileFormat) -> Iterator[Piece]:
    """All pieces of a whole file."""
    _, pieces, _ = cut_off(content, Cut(format_), is_end=True)
    yield from pieces


def without_header(content: bytes, format_: FileFormat) -> bytes:
    """The lines of a piece without the header that stands before them, as of what follows the first piece."""
    return _header_of(content)[1] if has_header(format_) else content


def _header_of(data: bytes) -> tuple[bytes, bytes]:
    end = data.find(b"\n") + 1
    return data[:end], data[end:]


def _ends(data: bytes) -> list[int]:
    """Where each piece that is full ends."""
    found = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == _LINE_END)
    return [int(each) + 1 for each in found[LINES_IN_A_PIECE - 1 :: LINES_IN_A_PIECE]]


def _piece(content: bytes, cut: Cut, before: list[Piece], lines: int) -> Piece:
    first = cut.lines + sum(piece.lines for piece in before) + 1
    return Piece(cut.pieces + len(before) + 1, first, lines, cut.header + content)
