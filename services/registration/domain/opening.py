"""What is taken over from an earlier system: files of one kind of row, checked, released by two officers, loaded."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.registration.domain.contribution import Amounts
from shared.kernel.money import Sen

# The source of the facts that were taken over.
OPENING = "opening"
# Of a transaction: seconds of work are lost with a worker that is killed, no more.
ROWS_IN_A_PIECE = 2_500


class OpeningKind(StrEnum):
    """What the rows of a file are, in the order in which files are loaded."""

    EMPLOYERS = "employers"
    PERSONS = "persons"
    SPELLS = "spells"
    MONTHS = "months"


class OpeningState(StrEnum):
    """How far a file has come: it is checked when the dry run is through, and waits for two officers."""

    RECEIVED = "received"
    CHECKED = "checked"
    LOADING = "loading"
    LOADED = "loaded"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class OpeningCounts:
    """Of the dry run, or of the load: rows that are new, that are known as they stand, and that are set aside."""

    new: int
    known: int
    rejected: int


@dataclass(frozen=True, slots=True)
class OpeningFile:
    """A file; `checked` counts as far as the dry run has come, `loaded` as far as the load has."""

    id: UUID
    tenant: str
    officer: str
    kind: OpeningKind
    lines: int
    pieces: int
    received_at: datetime
    state: OpeningState
    ended_at: datetime | None
    proposed_by: str | None
    approved_by: str | None
    revision: int
    checked: OpeningCounts
    loaded: OpeningCounts


@dataclass(frozen=True, slots=True)
class OpeningFault:
    """What is wrong with a line, the first behind the header being 1."""

    line: int
    field: str
    code: str


@dataclass(frozen=True, slots=True)
class EmployerRow:
    """An employer."""

    line: int
    code: str
    name: str
    mycoid: str | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person."""

    line: int
    id_kind: str
    id_number: str = field(repr=False)
    name: str = field(repr=False)
    born_on: date = field(repr=False)
    residence: str


@dataclass(frozen=True, slots=True)
class SpellRow:
    """A spell of employment."""

    line: int
    id_kind: str
    id_number: str = field(repr=False)
    employer_code: str
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class MonthsRow:
    """Months of one wage with an employer, written 202606, and what was contributed in each of them."""

    line: int
    id_kind: str
    id_number: str = field(repr=False)
    employer_code: str
    first_month: int
    last_month: int
    wage_sen: Sen
    amounts: Amounts


OpeningRow = EmployerRow | PersonRow | SpellRow | MonthsRow


def pieces_of(lines: Sequence[str]) -> list[Sequence[str]]:
    """The lines of a file in the pieces in which they are worked on."""
    return [lines[at : at + ROWS_IN_A_PIECE] for at in range(0, len(lines), ROWS_IN_A_PIECE)]


def order_of_pieces(pieces: int) -> list[int]:
    """In which order the pieces of a file are worked on: rows of one person may stand in two that follow each other,
    and then whoever works on the one would wait for who works on the other."""
    return [*range(0, pieces, 2), *range(1, pieces, 2)]


def facts_of_opening(file: OpeningFile) -> dict[str, str | int]:
    """What officers look at before they release a file."""
    found = file.checked
    return {
        "kind": file.kind.value,
        "lines": file.lines,
        "new": found.new,
        "known": found.known,
        "rejected": found.rejected,
    }
