"""What is taken over from an earlier system: files of one kind of row, checked, released by two officers, loaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
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
    """A file, whose rows have so many `columns`; `checked` counts as far as the dry run has come, `loaded` as far as
    the load has."""

    id: UUID
    tenant: str
    officer: str
    kind: OpeningKind
    columns: int
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


# Kind and number of a national id, as they are compared.
Who = tuple[str, str]


# Tuples: there are millions of them, and a frozen dataclass takes five times as long to be made.
class EmployerRow(NamedTuple):
    """An employer."""

    line: int
    code: str
    name: str
    mycoid: str | None
    state: str | None = None
    sector: str | None = None


class PersonRow(NamedTuple):
    """A person."""

    line: int
    who: Who
    name: str
    born_on: date
    residence: str
    old_ic: str | None = None

    @property
    def ids(self) -> tuple[Who, ...]:
        """All that the person bears, the one by which it is known first."""
        return (self.who,) if self.old_ic is None else (self.who, ("old_ic", self.old_ic))

    def __repr__(self) -> str:
        return _repr(self)


class SpellRow(NamedTuple):
    """A spell of employment."""

    line: int
    who: Who
    employer_code: str
    first: date
    last: date | None

    def __repr__(self) -> str:
        return _repr(self)


class MonthsRow(NamedTuple):
    """Months of one wage with an employer, written 202606, and what was contributed in each of them."""

    line: int
    who: Who
    employer_code: str
    first_month: int
    last_month: int
    wage_sen: Sen
    amounts: Amounts

    def __repr__(self) -> str:
        return _repr(self)


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


def _repr(row: PersonRow | SpellRow | MonthsRow) -> str:
    """Which line it is, and nothing of whom it is about."""
    return f"{type(row).__name__}(line={row.line})"
