"""Corrections of what is known of a person: what may be stated by whom, and what counts only when officers let it."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.registration.domain.errors import (
    AttributeOfOfficers,
    FactDaysUnfit,
    FactValueInvalid,
    ReasonOfRegistration,
)
from services.registration.domain.person import FIRST_BIRTH, LONGEST_NAME, check_birth

REGISTRATION = "registration"
# As the contract of the topic names them.
RESIDENCES = ("citizen", "permanent_resident", "foreign_worker")
_MYKAD = "mykad"
# Of all the forms of ISO 8601 the one that is kept, so that days are compared as texts too.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class What(StrEnum):
    """What a correction does."""

    FACT = "fact"
    RETRACTION = "retraction"
    NATIONAL_ID = "national_id"
    WITHDRAWAL = "withdrawal"


class Attribute(StrEnum):
    """What of a person is kept as facts; the national ids stand beside them."""

    NAME = "name"
    ADDRESS = "address"
    BORN_ON = "born_on"
    RESIDENCE = "residence"
    NATIONAL_ID = "national_id"
    EMAIL = "email"
    TELEPHONE = "telephone"


# Where somebody is reached, and nothing else: no cover, no identity and no amount follows from it.
CONTACT = frozenset((Attribute.ADDRESS, Attribute.EMAIL, Attribute.TELEPHONE))
_WRITTEN = {
    Attribute.EMAIL: (re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}"), "An e-mail address is written name@host."),
    Attribute.TELEPHONE: (re.compile(r"\+?[0-9][0-9 -]{4,18}"), "A telephone has digits, such as +60 12 345 6789."),
}
# Without a value of each of these on every day nothing of a person can be told or derived.
NEEDED = (Attribute.NAME, Attribute.BORN_ON, Attribute.RESIDENCE)
# What covers, categories and contributions follow from.
_DECIDES_COVER = (Attribute.BORN_ON, Attribute.RESIDENCE)


class Reason(StrEnum):
    """Why something is stated otherwise than before."""

    MISSPELT = "misspelt"
    CHANGED = "changed"
    WRONG_DOCUMENT = "wrong_document"
    DOCUMENT_RENEWED = "document_renewed"
    WRONG_PERSON = "wrong_person"
    COURT_ORDER = "court_order"
    BIRTH_DIFFERS_FROM_ID = "birth_differs_from_id"
    ISSUED = "issued"


# What registration finds or does by itself.
_OF_REGISTRATION = (Reason.BIRTH_DIFFERS_FROM_ID, Reason.ISSUED)


class State(StrEnum):
    """Where a correction stands."""

    WAITING = "waiting"
    COUNTS = "counts"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class StatedBy:
    """The party that states something, the officer where the organisation does, and when."""

    tenant: str
    at: datetime
    officer: str | None = None

    @property
    def kind(self) -> str:
        """The kind of the party, which tells nobody who it is."""
        return self.tenant.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Days:
    """Days of validity; None where they are open: from birth on, or for good."""

    first: date | None = None
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.first or day) <= day <= (self.last or day)


@dataclass(frozen=True, slots=True)
class Correction:
    """What was stated of a person, and what became of it.

    `value` is what is stated, of an id its kind and number (`mykad:900101145678`); `about` the fact or the id that is
    taken back.
    """

    id: UUID
    person: int
    what: What
    attribute: Attribute
    days: Days
    value: str | None = field(repr=False)
    about: str | None
    reason: Reason
    evidence: str | None
    by: StatedBy
    state: State = State.WAITING
    proposed_by: str | None = None
    approved_by: str | None = None

    @property
    def counts_at_once(self) -> bool:
        """Where somebody is reached does, where an officer or the person itself states it: letters go there."""
        of_contact = self.what is What.FACT and self.attribute in CONTACT
        return of_contact and self.by.kind in ("organisation", "person")

    @property
    def id_stated(self) -> tuple[str, str]:
        """Kind and number of the national id that is stated."""
        kind, _, number = (self.value or "").partition(":")
        return kind, number

    @property
    def decides_cover(self) -> bool:
        """Whether memberships and contributions may change by it."""
        return self.attribute in _DECIDES_COVER

    @property
    def facts(self) -> dict[str, str | int]:
        """What officers see of it in their queue: no value."""
        told: dict[str, str | int] = {
            "correction": str(self.id),
            "what": self.what.value,
            "attribute": self.attribute.value,
            "stated_by": self.by.kind,
        }
        for name, day in (("first_day", self.days.first), ("last_day", self.days.last)):
            if day is not None:
                told[name] = str(day)
        return told


def check_stated(correction: Correction, today: date) -> None:
    """Raises what is wrong with who states it, with the days, or with the value."""
    _check_party(correction)
    first, last = correction.days.first, correction.days.last
    ends_before = first is not None and last is not None and last < first
    if ends_before or (first is not None and first > today):
        raise FactDaysUnfit()
    if correction.what is What.FACT:
        _check_fact(correction, today)


def _check_party(correction: Correction) -> None:
    """Partners state a name or where somebody is reached, of officers alone is the rest."""
    by_officer = correction.by.kind in ("organisation", REGISTRATION)
    of_partners = correction.what is What.FACT and correction.attribute in (Attribute.NAME, *CONTACT)
    if not by_officer and not of_partners:
        raise AttributeOfOfficers()
    if correction.reason in _OF_REGISTRATION and correction.by.kind != REGISTRATION:
        raise ReasonOfRegistration()


def _check_fact(correction: Correction, today: date) -> None:
    value, attribute = correction.value or "", correction.attribute
    if attribute is Attribute.BORN_ON:
        if correction.days != Days():
            raise FactDaysUnfit("A day of birth holds for every day: leave first_day and last_day out.")
        check_birth(birth_of(value), today)
    if attribute is Attribute.NAME and len(value) > LONGEST_NAME:
        raise FactValueInvalid(f"A name has at most {LONGEST_NAME} characters.")
    if attribute is Attribute.RESIDENCE and value not in RESIDENCES:
        raise FactValueInvalid()
    if attribute in _WRITTEN and not _WRITTEN[attribute][0].fullmatch(value):
        raise FactValueInvalid(_WRITTEN[attribute][1])
    if attribute is Attribute.NATIONAL_ID:
        raise FactValueInvalid("National ids have routes of their own.")


def birth_of(value: str) -> date:
    """The day of birth that is stated; raises FactValueInvalid."""
    try:
        day = date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None or day < FIRST_BIRTH:
        raise FactValueInvalid(f"A day of birth is written YYYY-MM-DD, and is {FIRST_BIRTH} or later.")
    return day


def birth_by_id(kind: str, number: str, born_on: date) -> date | None:
    """The day of birth that a MyKad's number tells where it is not the one that is known; None where it is.

    The number has two digits of the year: of the years that end in them the one is meant that is nearest to the birth
    that is known (assumed: the number itself does not say the century in a way that is published).
    """
    if kind != _MYKAD or number[:6] == born_on.strftime("%y%m%d"):
        return None
    years = (century + int(number[:2]) for century in (FIRST_BIRTH.year, 2000))
    found = [day for day in (_day_of(year, number) for year in years) if day is not None]
    return min(found, key=lambda day: abs(day - born_on), default=None)


def _day_of(year: int, number: str) -> date | None:
    try:
        return date(year, int(number[2:4]), int(number[4:6]))
    except ValueError:
        return None
