"""A person as registration knows them, and what is checked when one is registered."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.registration.domain.errors import BornInFuture

LONGEST_NAME = 150
# Nobody of whom something is stated was born before.
FIRST_BIRTH = date(1900, 1, 1)


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """What is true of a person on one day; `residence` is citizen, permanent_resident or foreign_worker.

    `merged_into` is the number that survives, where the one that was asked for is another of the same person.
    """

    number: int
    revision: int
    name: str
    born_on: date
    residence: str
    address: str | None
    registered_at: datetime
    merged_into: int | None = None

    def __repr__(self) -> str:
        return f"Person({self.number})"


@dataclass(frozen=True, slots=True)
class PublicFacts:
    """What other services learn of a person: no address, and tokens in place of name and national ids."""

    number: int
    revision: int
    id_tokens: tuple[str, ...]
    born_on: date
    residence: str
    registered_at: datetime
    name_tokens: tuple[str, ...]
    residence_since: date | None = None
    died_on: date | None = None
    pass_ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A person that was just registered; `is_like_another`: somebody else has the name and the day of birth;
    `died_on`, `pass_ended_on`: the days of the death and of the end of the pass that were published of it before the
    database was put back."""

    number: int
    revision: int
    is_like_another: bool
    died_on: date | None = None
    pass_ended_on: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class PersonFact:
    """A fact of a person as it was stated; `value` is None of a retraction, which names the fact that it takes back.

    `officer` and `approved_by` are told to officers alone. `person` is the number of which it was stated.
    """

    id: int
    attribute: str
    first_day: date | None
    last_day: date | None
    value: str | None
    source: str
    officer: str | None
    approved_by: str | None
    reason: str | None
    evidence: str | None
    recorded_at: datetime
    retracts: int | None
    retracted_by: int | None
    person: int

    def __repr__(self) -> str:
        return f"PersonFact({self.id})"


@dataclass(frozen=True, slots=True)
class KeptNationalId:
    """A national id of a person without its number: what is told of it."""

    id: UUID
    kind: str
    first_day: date | None
    last_day: date | None
    source: str | None
    officer: str | None
    approved_by: str | None
    reason: str | None
    evidence: str | None
    recorded_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class StatedEnd:
    """That a register states a person's death, or the end of the pass: `attribute` says which of both, `source` who."""

    person: int
    attribute: str
    day: date
    source: str

    @property
    def is_death(self) -> bool:
        """Whether the person died on the day."""
        return self.attribute == "died_on"


def check_birth(born_on: date, today: date) -> None:
    """Raises BornInFuture."""
    if born_on > today:
        raise BornInFuture()
