"""What is known of an employer: where it is, what it does, who directs it, and whether it employs anybody."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.registration.domain.correction import StatedBy
from services.registration.domain.errors import (
    EmployerFactInFuture,
    EmployerFactUnfit,
)
from shared.kernel.identifiers import employer_id

# Of what an employer has one, and not several.
THE_ONLY_ONE = UUID(int=0)
EMPLOYS, ENDED = "employs", "ended"


class EmployerAttribute(StrEnum):
    """What may be stated of an employer."""

    STATE = "state"
    SECTOR = "sector"
    ACTIVITY = "activity"
    COMPANY_NUMBER = "company_number"
    NAME = "name"
    CONTACT = "contact"
    BRANCH = "branch"
    DIRECTOR = "director"


class MalaysianState(StrEnum):
    """The thirteen states and three federal territories."""

    JOHOR = "johor"
    KEDAH = "kedah"
    KELANTAN = "kelantan"
    MELAKA = "melaka"
    NEGERI_SEMBILAN = "negeri_sembilan"
    PAHANG = "pahang"
    PERAK = "perak"
    PERLIS = "perlis"
    PULAU_PINANG = "pulau_pinang"
    SABAH = "sabah"
    SARAWAK = "sarawak"
    SELANGOR = "selangor"
    TERENGGANU = "terengganu"
    KUALA_LUMPUR = "kuala_lumpur"
    LABUAN = "labuan"
    PUTRAJAYA = "putrajaya"


# The sections of the Malaysia Standard Industrial Classification 2008.
SECTORS = frozenset("ABCDEFGHIJKLMNOPQRSTU")
_COMPANY_NUMBER = re.compile(r"[A-Z0-9-]{1,20}")
_SEVERAL = frozenset({EmployerAttribute.BRANCH, EmployerAttribute.DIRECTOR})
_WITH_DETAILS = _SEVERAL | {EmployerAttribute.CONTACT}
# What identifies it, and what cannot be taken back but by stating the right one.
_IDENTITY = frozenset({EmployerAttribute.NAME, EmployerAttribute.COMPANY_NUMBER})


class EmployerWait(StrEnum):
    """Why what is stated of an employer waits for two officers."""

    NAMES_A_DIRECTOR = "names_a_director"
    CHANGES_ITS_IDENTITY = "changes_its_identity"
    SAME_COMPANY_NUMBER = "same_company_number"
    OFFICER_SAYS_ENDED = "officer_says_ended"
    OFFICER_SAYS_EMPLOYS = "officer_says_employs"
    TAKES_BACK = "takes_back"


@dataclass(frozen=True, slots=True, repr=False)
class EmployerDetails:
    """A branch, a director or a contact; `person` is a director's number where registered. `repr` would show names."""

    name: str | None = None
    address: str | None = None
    email: str | None = None
    telephone: str | None = None
    code: str | None = None
    state: MalaysianState | None = None
    person: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class EmployerStatement:
    """What is stated of an employer from a day on, or which fact is taken back; `counts` is None while it waits."""

    id: UUID
    employer: int
    by: StatedBy
    attribute: EmployerAttribute
    value: str | None = None
    details: EmployerDetails | None = None
    item: UUID = THE_ONLY_ONE
    first: date | None = None
    last: date | None = None
    evidence: str | None = None
    retracts: int | None = None
    reason: EmployerWait | None = None
    counts: bool | None = None
    proposed_by: str | None = None
    approved_by: str | None = None

    @property
    def ends_employer(self) -> bool:
        """Whether it says that the employer employs nobody any more."""
        return self.attribute is EmployerAttribute.ACTIVITY and self.value == ENDED

    def waits_for(self, *, shares_number: bool) -> EmployerWait | None:
        """Why two officers decide about it, if so (decision 66)."""
        if self.retracts is not None:
            return EmployerWait.TAKES_BACK
        if self.attribute is EmployerAttribute.DIRECTOR:
            return EmployerWait.NAMES_A_DIRECTOR
        if shares_number:
            return EmployerWait.SAME_COMPANY_NUMBER
        if self.attribute in _IDENTITY:
            return EmployerWait.CHANGES_ITS_IDENTITY
        if self.attribute is EmployerAttribute.ACTIVITY and self.by.officer is not None:
            return EmployerWait.OFFICER_SAYS_ENDED if self.ends_employer else EmployerWait.OFFICER_SAYS_EMPLOYS
        return None

    def facts(self) -> dict[str, str | int]:
        """What officers look at: codes, days and numbers; names they read in the statement itself."""
        found = {
            "employer": employer_id(self.employer),
            "attribute": self.attribute.value,
            "stated_by": self.by.tenant,
            "first_day": self.first,
            "last_day": self.last,
            "takes_back": self.retracts,
        }
        if self.attribute is EmployerAttribute.ACTIVITY:
            found["value"] = self.value
        return {name: each if isinstance(each, int) else str(each) for name, each in found.items() if each is not None}


@dataclass(frozen=True, slots=True, repr=False)
class EmployerFact:
    """A fact as it was stated once; `retracted_by` takes it back."""

    id: int
    attribute: EmployerAttribute
    item: UUID
    first: date | None
    last: date | None
    value: str | None
    details: EmployerDetails | None
    source: str
    officer: str | None
    approved_by: str | None
    evidence: str | None
    recorded_at: datetime
    retracts: int | None = None
    retracted_by: int | None = None


def check_employer_statement(said: EmployerStatement, latest: date) -> None:
    """Raises EmployerFactUnfit for a value that is none, EmployerFactInFuture for a day after the latest."""
    if said.retracts is not None:
        if said.attribute in _IDENTITY:
            raise EmployerFactUnfit()
        return
    if (said.details is not None) != (said.attribute in _WITH_DETAILS) or not _fits(said):
        raise EmployerFactUnfit()
    if said.item != THE_ONLY_ONE and said.attribute not in _SEVERAL:
        raise EmployerFactUnfit()
    if said.first is not None and said.last is not None and said.last < said.first:
        raise EmployerFactUnfit()
    if said.first is not None and said.first > latest:
        raise EmployerFactInFuture(f"The latest day is {latest}.")


def _fits(said: EmployerStatement) -> bool:
    value, details = said.value or "", said.details or EmployerDetails()
    match said.attribute:
        case EmployerAttribute.STATE:
            return value in set(MalaysianState)
        case EmployerAttribute.SECTOR:
            return value in SECTORS
        case EmployerAttribute.ACTIVITY:
            return value in (EMPLOYS, ENDED) and said.first is not None
        case EmployerAttribute.COMPANY_NUMBER:
            return _COMPANY_NUMBER.fullmatch(value) is not None
        case EmployerAttribute.NAME:
            return bool(value)
        case EmployerAttribute.DIRECTOR:
            return not value and (details.name is None) != (details.person is None)
        case EmployerAttribute.BRANCH:
            return not value and details.name is not None and details.person is None
        case EmployerAttribute.CONTACT:
            stated = (details.name, details.address, details.email, details.telephone)
            return not value and details.person is None and any(stated)
