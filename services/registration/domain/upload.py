"""An upload that comes in parts, and how far it is cut into pieces (decision 68)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.registration.domain.contribution import FileFormat, Reading
from services.registration.domain.errors import UploadLonger, UploadOffsetDiffers, UploadOver
from shared.kernel.money import Sen

# Nothing that a format has in a line is as long: what goes on without a line end is no file of lines.
LONGEST_LINE = 4_096
# Their first line is no line of contributions: each piece begins with it.
_WITH_HEADER = frozenset({FileFormat.CSV})


class UploadState(StrEnum):
    """Whether more is to come, the file is received, or a fault of the whole refused it."""

    OPEN = "open"
    COMPLETE = "complete"
    REFUSED = "refused"


def has_header(format_: FileFormat) -> bool:
    """Whether files of the format begin with a header."""
    return format_ in _WITH_HEADER


@dataclass(frozen=True, slots=True)
class Cut:
    """How far a file is cut: its header, once it is known, the pieces that there are, and the lines in them."""

    format: FileFormat
    header: bytes = b""
    pieces: int = 0
    lines: int = 0

    @property
    def awaits_header(self) -> bool:
        """Whether what comes begins with the header."""
        return has_header(self.format) and not self.header


@dataclass(frozen=True, slots=True)
class Tail:
    """What is not cut yet: its first byte in the file, the lines that end in it, and the bytes behind the last end."""

    first_byte: int = 0
    line_ends: int = 0
    open_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the whole is refused, by its code, and on which line, counted from 1."""

    code: str
    detail: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """What was said beside the file: how many lines it has, and to what their wages come."""

    lines: int | None = None
    amounts_sen: Sen | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload as it stands; `wages_sen` is kept where a total was stated, and -1 when an amount is malformed."""

    id: UUID
    tenant: str
    is_of_officer: bool
    length: int
    reading: Reading
    totals: Totals
    created_at: datetime
    expires_at: datetime
    cut: Cut
    tail: Tail = Tail()
    state: UploadState = UploadState.OPEN
    received: int = 0
    employer_code: str = ""
    wages_sen: Sen = 0
    file: UUID | None = None
    fault: Fault | None = None

    def check_takes(self, offset: int, size: int) -> None:
        """Raises UploadOver, UploadOffsetDiffers or UploadLonger unless these are the next bytes."""
        if self.state is not UploadState.OPEN:
            raise UploadOver(facts={"offset": self.received})
        if offset != self.received:
            raise UploadOffsetDiffers(facts={"offset": self.received})
        if offset + size > self.length:
            raise UploadLonger(facts={"length": self.length})
