"""An investigation of a claim: why it was opened, who was interviewed, and how two officers ended it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class InvestigatedFor(StrEnum):
    """What is in doubt."""

    PLACE = "place"
    DAY = "day"
    TIME = "time"
    CIRCUMSTANCES = "circumstances"
    """How it happened."""
    INJURY = "injury"
    CONTRACT_OF_SERVICE = "contract_of_service"
    WAGES = "wages"
    RELATIONSHIP = "relationship"
    """Whether somebody is a dependant."""


class Heard(StrEnum):
    """As what somebody was interviewed."""

    INSURED = "insured"
    EMPLOYER = "employer"
    WITNESS = "witness"
    DOCTOR = "doctor"
    POLICE = "police"
    DEPENDANT = "dependant"
    OTHER = "other"


class HeardAt(StrEnum):
    """Where."""

    OFFICE = "office"
    EMPLOYER_PREMISES = "employer_premises"
    PERSON_PREMISES = "person_premises"
    HOSPITAL = "hospital"
    BY_TELEPHONE = "by_telephone"
    BY_VIDEO = "by_video"


class Conclusion(StrEnum):
    """What an investigation comes to."""

    DOUBT_CONFIRMED = "doubt_confirmed"
    DOUBT_DISPELLED = "doubt_dispelled"
    UNDETERMINED = "undetermined"
    """It could not be found out: what is in doubt stays where it waits."""


@dataclass(frozen=True)
class Interview:
    """What somebody was heard for; what it says stands in a document, and its values among the claim's particulars.

    ``replaces``: an earlier one of the investigation, which was recorded wrongly. ``person`` is the number of whoever
    is registered.
    """

    id: UUID
    investigation: UUID
    heard: Heard
    person: int | None
    held_on: date
    held_at: HeardAt
    document: str
    stated_by: str
    stated_at: datetime
    replaces: UUID | None = None


@dataclass(frozen=True)
class InvestigationEnd:
    """On the word of both officers: what it came to, and the facts that were found."""

    conclusion: Conclusion
    proposed_by: str
    approved_by: str
    at: datetime
    found: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Investigation:
    """One investigation of a claim, with its interviews, oldest first."""

    id: UUID
    claim: UUID
    reason: InvestigatedFor
    opened_by: str
    opened_at: datetime
    end: InvestigationEnd | None = None
    interviews: tuple[Interview, ...] = field(default=())

    @property
    def officers(self) -> set[str | None]:
        """Who opened it and who heard somebody: each may recommend how it ends, and none of them approves that."""
        return {self.opened_by, *(each.stated_by for each in self.interviews)}

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it a person looks at."""
        replaced = {each.replaces for each in self.interviews}
        standing = sum(each.id not in replaced for each in self.interviews)
        return {"claim": str(self.claim), "in_doubt": self.reason.value, "interviews": standing}
