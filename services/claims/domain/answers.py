"""How a question of a claim is answered: entitled, refused, awaiting facts, or in an officer's hands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from shared.kernel.periods import Days
from shared.law.act4.education.determination import TO_BE_FIXED as EDUCATION_TO_BE_FIXED
from shared.law.act4.temporary_disablement.asked import CONTESTED, OVER_REVIEW_DAYS, RELAPSE
from shared.law.decision import DecisionRecord
from shared.law.lookups import Lookups, Noted


class QuestionState(StrEnum):
    """Where one question of a claim stands."""

    ENTITLED = "entitled"
    FOUND = "found"
    """It owes nothing itself: it holds, and others ask it."""
    REFUSED = "refused"
    AWAITING = "awaiting"
    """A fact is still on its way."""
    OFFICER = "officer"
    """No rule answers it: a person must look, and the reason is named."""


SETTLED = frozenset((QuestionState.ENTITLED, QuestionState.FOUND, QuestionState.REFUSED))

# The queues of reasons that are not doubts, by their names (services/claims/domain/queues.py).
_QUEUES = {
    "no_wage_month": "no_wage_month",
    OVER_REVIEW_DAYS: "over_review",
    CONTESTED: "evidence",
    "evidence_waits": "evidence",
    # What only a statement can bring that another officer lets count.
    "application_awaited": "evidence",
    "dependants_to_be_stated": "evidence",
    "earlier_losses_to_be_stated": "evidence",
    "funeral_claimants_to_be_stated": "evidence",
    "medical_board_to_certify": "evidence",
    # A later application of the same child says how its loan was fixed.
    EDUCATION_TO_BE_FIXED: "evidence",
}


def queue_of(reason: str) -> str:
    """The name of the queue in which a question stands for a reason."""
    return _QUEUES.get(reason, "doubt")


@dataclass(frozen=True)
class Answer:
    """The answer to one question: its state, why it is not another one, and the record where the law was asked.

    ``awaits`` are the topics that must have arrived first. ``looks``: why a person looks at something that is kept out
    of it, while the rest stands. ``lookups`` is what was looked up in the statute book to come to it. ``shown`` is
    what a person looks at beside days and amounts. ``is_found_elsewhere``: what people look at of it is
    found in another claim. ``ended``: the record of before as a death ends it, while it is not settled.
    """

    question: str
    state: QuestionState
    reason: str = ""
    record: DecisionRecord | None = None
    awaits: Collection[str] = ()
    lookups: Lookups | None = None
    shown: Mapping[str, str | int] = field(default_factory=dict)
    is_found_elsewhere: bool = False
    ended: DecisionRecord | None = None

    @property
    def is_settled(self) -> bool:
        """Whether it is answered, for or against."""
        return self.state in SETTLED

    @property
    def waits_for(self) -> str:
        """With whom it is: an officer's queue, or the topic that has not arrived; empty where it is answered."""
        if self.state is QuestionState.OFFICER:
            return f"officer:{queue_of(self.reason)}"
        return f"topic:{min(self.awaits)}" if self.awaits else ""

    @property
    def looks(self) -> tuple[str, ...]:
        """The codes of what its record keeps out for a person."""
        return () if self.record is None else tuple(look["code"] for look in self.record.body["looks"])

    @property
    def people_look_at(self) -> tuple[str, ...]:
        """The codes of what people look at while the rest of it stands."""
        return self.looks if self.state in (QuestionState.ENTITLED, QuestionState.FOUND) else ()

    def held_for_officer(self, reason: str, shown: Mapping[str, str | int] | None = None) -> "Answer":
        """The same question, which a person must look at first: what stood goes on as it was."""
        return replace(self, state=QuestionState.OFFICER, reason=reason, awaits=(), shown=shown or {}, ended=None)

    def standing(self, last: DecisionRecord | None) -> DecisionRecord | None:
        """What stands of the question: its record once it is settled, else what stood before, up to a death."""
        return self.record if self.is_settled else self.ended or last

    def as_before(self, last: DecisionRecord | None) -> "Answer":
        """With the record of before, where it decides alike: then nothing new is to be kept."""
        if last is None or self.record is None or not self.record.same_as(last):
            return self
        return replace(self, record=last)

    def having_looked_up(self, noted: Noted) -> "Answer":
        """The same, which rests on these look-ups too."""
        return self if self.lookups is None else replace(self, lookups=self.lookups.also(noted))

    def asked_among(self, questions: tuple[str, ...]) -> "Answer":
        """The same, of an event about which all these questions are asked."""
        return self if self.lookups is None else replace(self, lookups=replace(self.lookups, questions=questions))


def is_entitled(record: DecisionRecord | None) -> bool:
    """Whether something is owed by a record that stood before."""
    return record is not None and record.body["outcome"] == QuestionState.ENTITLED


def days_kept(record: DecisionRecord) -> list[Days]:
    """Certified days that are kept for a person to look at: no other claim is given them meanwhile."""
    return _days_looked_at(record, (OVER_REVIEW_DAYS, RELAPSE))


def days_over_review(record: DecisionRecord) -> list[Days]:
    """Certified days beyond those that are owed without a look, in order."""
    return _days_looked_at(record, (OVER_REVIEW_DAYS,))


def _days_looked_at(record: DecisionRecord, codes: Collection[str]) -> list[Days]:
    ranges = (each for look in record.body["looks"] if look["code"] in codes for each in look["days"])
    return [Days(date.fromisoformat(each["first"]), date.fromisoformat(each["last"])) for each in ranges]
