"""A job seeker: an insured person whose rehabilitation ended in fitness for work that has yet to be found."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.jobs.domain.errors import InterviewInFuture, SeekerState, WageMissing
from shared.kernel.money import Sen

# Outcomes of rehabilitation after which the old job does not wait unchanged (dossier other-schemes §6.1:
# "link to MYFutureJobs for redeployment").
NEEDS_A_JOB = frozenset({"fit_for_other_work", "fit_for_modified_work"})


class SearchState(StrEnum):
    """Whether the person still looks for work."""

    OPEN = "open"
    PLACED = "placed"


class InterviewMode(StrEnum):
    """How an interview was held."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    TELEPHONE = "telephone"


class InterviewOutcome(StrEnum):
    """How an interview ended."""

    SUCCESSFUL = "successful"
    UNSUCCESSFUL = "unsuccessful"
    NOT_ATTENDED = "not_attended"


@dataclass(frozen=True, slots=True)
class Interview:
    """One interview with an employer."""

    id: UUID
    seeker: UUID
    employer: int
    held_on: date
    mode: InterviewMode
    outcome: InterviewOutcome
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer of an employer, and whether the person took it; the wage is monthly."""

    id: UUID
    seeker: UUID
    employer: int
    position: str
    wage_sen: Sen
    starts_on: date
    accepted: bool
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Seeker:
    """One search for work, opened by one discharge."""

    id: UUID
    person: int
    referral: UUID
    claim: UUID
    outcome: str
    discharged_on: date
    opened_at: datetime
    state: SearchState = SearchState.OPEN

    def interviewed(self, interview: Interview, *, today: date) -> Interview:
        """The interview as one of this search; raises SeekerState, InterviewInFuture."""
        self._must_be_open()
        if interview.held_on > today:
            raise InterviewInFuture()
        return interview

    def offered(self, offer: Offer) -> Offer:
        """The offer as one of this search; raises SeekerState, WageMissing."""
        self._must_be_open()
        if offer.wage_sen <= 0:
            raise WageMissing()
        return offer

    def placed(self) -> "Seeker":
        """The search ended: the person works."""
        return replace(self, state=SearchState.PLACED)

    def _must_be_open(self) -> None:
        if self.state is not SearchState.OPEN:
            raise SeekerState()
