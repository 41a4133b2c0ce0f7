"""Parties by kind and number, as they are paid, and who holds the account of one in which capacity."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.benefits.domain.errors import HolderUnfit

_PERSON = "person:"
# As events name them: persons and employers have nine digits, other parties as many as a token may name.
_PARTY = re.compile(r"(?:person|employer):[1-9][0-9]{0,8}|(?!person:|employer:)[a-z_]+:[0-9]{1,18}")


def party_of(person: int) -> str:
    """The party that a person is."""
    return f"{_PERSON}{person}"


def person_of(party: str) -> int | None:
    """The number of the person that a party is; None of another kind."""
    return int(party.removeprefix(_PERSON)) if party.startswith(_PERSON) else None


class Capacity(StrEnum):
    """In which capacity somebody holds the account to which a party is paid."""

    OWN = "own"
    ORGANISATION = "organisation"
    JOINT = "joint"
    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"


# Held by the party itself: all that is to be said of the holder is who the party is.
_OF_THE_PARTY = (Capacity.OWN, Capacity.ORGANISATION)


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds an account and in which capacity.

    ``until_on`` is the last day on which a guardian receives for the party. ``evidence`` names the document that shows
    the holder's right. At which age a child receives for itself no source says: officers state the day.
    """

    holder: str
    capacity: Capacity
    until_on: date | None = None
    evidence: str | None = None

    @classmethod
    def of(cls, party: str) -> "Holding":
        """The party's own account."""
        return cls(party, Capacity.ORGANISATION if person_of(party) is None else Capacity.OWN)

    def must_fit(self, party: str) -> None:
        """Raises HolderUnfit where this holder and capacity cannot be those of an account of the party."""
        if not (_PARTY.fullmatch(party) and _PARTY.fullmatch(self.holder)):
            raise HolderUnfit("A person or an employer has a number of one to nine digits, without a leading zero.")
        if self.capacity in _OF_THE_PARTY:
            self._must_be_its_own(party)
        else:
            self._must_be_anothers(party)

    def needs_release(self, party: str) -> bool:
        """Whether nothing is paid to it before a second officer has released it: it is no person's own account."""
        return self.holder != party or person_of(party) is None

    def _must_be_its_own(self, party: str) -> None:
        if self != Holding.of(party):
            raise HolderUnfit("A person's own account, and one of an organisation, is the party's, and says no more.")

    def _must_be_anothers(self, party: str) -> None:
        if self.holder == party:
            raise HolderUnfit("The guardian, the representative or the other holder is another than the party.")
        if self.capacity is not Capacity.REPRESENTATIVE and None in (person_of(party), person_of(self.holder)):
            raise HolderUnfit("A guardian and whoever shares an account is a person, and so is the party.")
        if (self.until_on is None) is (self.capacity is Capacity.GUARDIAN):
            raise HolderUnfit("A guardian has a last day, which officers state, and nobody else has one.")
        if self.evidence is None:
            raise HolderUnfit("What shows the right of whoever receives for another is named.")
