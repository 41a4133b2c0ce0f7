"""A person as registration knows them, and what is checked when one is registered."""

from dataclasses import dataclass
from datetime import date, datetime

from services.registration.domain.errors import BornInFuture


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """What is true of a person on one day; `residence` is citizen, permanent_resident or foreign_worker."""

    number: int
    revision: int
    name: str
    born_on: date
    residence: str
    address: str | None
    registered_at: datetime

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


def check_birth(born_on: date, today: date) -> None:
    """Raises BornInFuture."""
    if born_on > today:
        raise BornInFuture()
