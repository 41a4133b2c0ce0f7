"""A person as registration knows them, and what is checked when one is registered."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple
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
    email: str | None = None
    telephone: str | None = None

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


class Published(NamedTuple):
    """What had been published of who is registered again after a restore: it counts, and not what is stated again. All
    None of whom nothing was, and the last three of what was read back by a release of before."""

    died_on: date | None = None
    pass_ended_on: date | None = None
    born_on: date | None = None
    residence: str | None = None
    residence_since: date | None = None

    def beside(self, born_on: date, residence: str) -> list[tuple[str, str, date | None]]:
        """What of it is not stated: the attribute, its value, and since when it is so."""
        ends = {"died_on": self.died_on, "pass_ended_on": self.pass_ended_on}
        born = None if self.born_on == born_on else self.born_on
        known: list[tuple[str, str, date | None]] = [
            (attribute, day.isoformat(), None)
            for attribute, day in {**ends, "born_on": born}.items()
            if day is not None
        ]
        if self.residence not in (None, residence):
            known.append(("residence", str(self.residence), self.residence_since))
        return known

    def over(self, told: PublicFacts) -> PublicFacts:
        """What is published of the person now, who is stated to be so."""
        is_residing = self.residence not in (None, told.residence)
        return replace(
            told,
            died_on=self.died_on,
            pass_ended_on=self.pass_ended_on,
            born_on=self.born_on or told.born_on,
            residence=str(self.residence) if is_residing else told.residence,
            residence_since=self.residence_since if is_residing else None,
        )


@dataclass(frozen=True, slots=True)
class Registered:
    """A person that was just registered; `is_like_another`: somebody else has the name and the day of birth;
    `published`: before the database was put back, and `was_erased`: that all that was kept of it was erased by then."""

    number: int
    revision: int
    is_like_another: bool
    published: Published
    was_erased: bool


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
