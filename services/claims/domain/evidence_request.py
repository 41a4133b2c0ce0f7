"""A request for evidence: what one party is asked for, why, until when, and what became of it."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.claims.domain.document import DocumentKind
from services.claims.domain.evidence import Evidence, EvidenceKind
from shared.kernel.clock import business_day, start_of_day
from shared.law.book import LawOn


class Item(StrEnum):
    """What is asked for."""

    DAYS_WITH_WAGES = "days_with_wages"
    MEDICAL_CERTIFICATE = "medical_certificate"
    MEDICAL_REPORT = "medical_report"
    PROOF_OF_CIRCUMSTANCES = "proof_of_circumstances"
    PROOF_OF_ACTIVITY = "proof_of_activity"
    PROOF_OF_EMPLOYMENT = "proof_of_employment"
    END_OF_EMPLOYMENT = "end_of_employment"
    WAGES_OF_MONTHS = "wages_of_months"
    EARLIER_CONTRIBUTIONS = "earlier_contributions"
    GROUNDS_OF_LATE_NOTICE = "grounds_of_late_notice"
    APPLICATION = "application"
    PROOF_OF_DEPENDANTS = "proof_of_dependants"
    FUNERAL_COST = "funeral_cost"


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    ANSWERED = "answered"
    LATE = "late"
    """Nothing came in time: officers give more time, or waive it."""
    WAIVED = "waived"
    """Nothing is asked any more: something else settled it, or officers waived it."""


class RequestFound(StrEnum):
    """What two officers find of a request."""

    EXTENDED = "extended"
    """Its party has as much time once more."""
    WAIVED = "waived"
    LOOKED_AT = "looked_at"
    """Both have looked at what was sent: it is the answer."""


WAITING = frozenset((RequestState.OPEN, RequestState.LATE))

# Why a request is over. Who was asked has said that it holds nothing of the kind:
NOTHING_HELD = "nothing_held"
# Officers waived it:
BY_OFFICERS = "waived_by_officers"
# What is known now is decided alike whatever would come:
NOT_NEEDED = "not_needed"
EVIDENCE, DOCUMENT = "evidence", "document"
# Two officers looked at what was sent, and it answers what was asked:
LOOKED_AT = "looked_at"

# What answers each item beside a document: a statement of one of these kinds.
STATED_BY: Mapping[Item, frozenset[EvidenceKind]] = {
    Item.DAYS_WITH_WAGES: frozenset((EvidenceKind.WAGES_PAID,)),
    Item.MEDICAL_CERTIFICATE: frozenset((EvidenceKind.CERTIFICATE, EvidenceKind.FINAL_CERTIFICATE)),
    Item.PROOF_OF_CIRCUMSTANCES: frozenset((EvidenceKind.CIRCUMSTANCES,)),
    Item.APPLICATION: frozenset((EvidenceKind.CHOICE,)),
}
DOCUMENTS_OF: Mapping[Item, tuple[DocumentKind, ...]] = {
    Item.DAYS_WITH_WAGES: (DocumentKind.ATTENDANCE_RECORD, DocumentKind.PAYSLIP),
    Item.MEDICAL_CERTIFICATE: (DocumentKind.MEDICAL_CERTIFICATE,),
    Item.MEDICAL_REPORT: (DocumentKind.MEDICAL_REPORT,),
    Item.PROOF_OF_CIRCUMSTANCES: (
        DocumentKind.ATTENDANCE_RECORD,
        DocumentKind.POLICE_REPORT,
        DocumentKind.ROUTE_SKETCH,
    ),
    Item.PROOF_OF_ACTIVITY: (DocumentKind.LETTER, DocumentKind.ATTENDANCE_RECORD),
    Item.PROOF_OF_EMPLOYMENT: (DocumentKind.CONTRACT_OF_SERVICE, DocumentKind.PAYSLIP, DocumentKind.ATTENDANCE_RECORD),
    Item.END_OF_EMPLOYMENT: (DocumentKind.RESIGNATION_LETTER, DocumentKind.LETTER),
    Item.WAGES_OF_MONTHS: (DocumentKind.PAYSLIP,),
    Item.EARLIER_CONTRIBUTIONS: (DocumentKind.CONTRIBUTION_STATEMENT,),
    Item.GROUNDS_OF_LATE_NOTICE: (DocumentKind.LETTER,),
    Item.APPLICATION: (DocumentKind.APPLICATION,),
    Item.PROOF_OF_DEPENDANTS: (DocumentKind.MARRIAGE_CERTIFICATE, DocumentKind.BIRTH_CERTIFICATE),
    Item.FUNERAL_COST: (DocumentKind.FUNERAL_RECEIPT,),
}


@dataclass(frozen=True)
class Wanted:
    """What would be asked of a party now: for which question, by which citation, and on the ground of what.

    ``why`` is a stable code, ``outcomes`` what the law would answer with each possible value: one of them at least is
    another answer than the present one. Empty where there are too many values to ask with. ``grounds`` are what makes
    it needed: the same party is asked for the same on the same grounds once.
    """

    party: str
    item: Item
    question: str
    why: str
    law: str
    outcomes: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()

    @property
    def basis(self) -> str:
        """The grounds, as SHA-256 in hex."""
        return hashlib.sha256(json.dumps([self.item, self.why, *sorted(self.grounds)]).encode()).hexdigest()


@dataclass(frozen=True)
class AskedBefore:
    """A request that was made of a claim, as far as whoever asks again must know it."""

    id: UUID
    party: str
    item: Item
    basis: str
    state: RequestState
    closed_for: str | None
    asked_at: datetime
    answered_by: UUID | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether it is open or late."""
        return self.state in WAITING

    def is_same(self, wanted: Wanted) -> bool:
        """Whether it asks the same party for the same thing."""
        return self.party == wanted.party and self.item is wanted.item


@dataclass(frozen=True)
class EvidenceRequest:
    """A request as it stands; ``revision`` rises with each change of it.

    ``tenant`` is the party that is asked, ``person`` whom the claim is about. ``remind_at`` is None once it was.
    ``to_look_at`` is a document that was sent for it and that does not answer it by itself: it is of another kind, or
    came when the request was over.
    """

    id: UUID
    claim: UUID
    tenant: str
    person: int
    happened_on: date
    question: str
    item: Item
    why: str
    law: str
    outcomes: tuple[str, ...]
    basis: str
    asked_at: datetime
    remind_at: datetime | None
    due_at: datetime
    state: RequestState = RequestState.OPEN
    reminded_at: datetime | None = None
    late_at: datetime | None = None
    closed_at: datetime | None = None
    closed_for: str | None = None
    answered_by: UUID | None = None
    revision: int = 0
    to_look_at: UUID | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether it is open or late."""
        return self.state in WAITING

    @property
    def asks_officers(self) -> bool:
        """Whether two officers look at it: nobody answered in time, or what was sent is to be looked at."""
        return self.state is RequestState.LATE or self.to_look_at is not None

    @property
    def next_at(self) -> datetime:
        """When it is to be looked at next: for the reminder, or because its time is over."""
        return self.due_at if self.remind_at is None else self.remind_at

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it officers look at."""
        days = {"asked_on": business_day(self.asked_at).isoformat(), "due_on": self.due_on.isoformat()}
        sent = {} if self.to_look_at is None else {"document": str(self.to_look_at), "state": self.state.value}
        asked = {"claim": str(self.claim), "item": self.item.value, "party": self.tenant, "why": self.why}
        return {**asked, **days, **sent}

    @property
    def due_on(self) -> date:
        """The last day on which it is answered in time."""
        return business_day(self.due_at - timedelta(microseconds=1))

    def reminded(self, at: datetime) -> "EvidenceRequest":
        """As it stands once its party was reminded, which happens once."""
        return replace(self, remind_at=None, reminded_at=at, revision=self.revision + 1)

    def late(self, at: datetime) -> "EvidenceRequest":
        """As it stands when its time is over."""
        return replace(self, state=RequestState.LATE, remind_at=None, late_at=at, revision=self.revision + 1)

    def extended(self, at: datetime, law: LawOn) -> "EvidenceRequest":
        """As it stands when officers give the party as much time once more: it is open, and reminded again."""
        remind_at, due_at = times(at, law)
        stands = replace(self, state=RequestState.OPEN, remind_at=remind_at, due_at=due_at, to_look_at=None)
        return replace(stands, revision=self.revision + 1)


def times(asked_at: datetime, law: LawOn) -> tuple[datetime, datetime]:
    """When a party is reminded, and when its time is over: whole days after that of the asking (`assumed`)."""
    day = business_day(asked_at)
    remind = start_of_day(day + timedelta(days=law.days("act4.notices.evidence_reminder_days")))
    return remind, start_of_day(day + timedelta(days=law.days("act4.notices.evidence_days") + 1))


def to_ask(
    wanted: Sequence[Wanted], asked: Collection[AskedBefore], again: Collection[AskedBefore] = ()
) -> list[Wanted]:
    """What is to be asked: not what waits or is opened ``again``, nor what was answered or waived by officers on the
    same grounds; of several reasons to ask a party for the same, the first."""
    waits = {(each.party, each.item) for each in again}
    news = [
        each
        for each in wanted
        if (each.party, each.item) not in waits and not any(_stands_for(known, each) for known in asked)
    ]
    return list({(each.party, each.item): each for each in reversed(news)}.values())[::-1]


def _stands_for(known: AskedBefore, wanted: Wanted) -> bool:
    if not known.is_same(wanted):
        return False
    return known.is_waiting or (known.basis == wanted.basis and known.closed_for != NOT_NEEDED)


def not_needed(wanted: Sequence[Wanted], asked: Collection[AskedBefore]) -> list[AskedBefore]:
    """The requests that wait, though what would answer them changes nothing any more."""
    return [each for each in asked if each.is_waiting and not any(each.is_same(still) for still in wanted)]


def to_open_again(
    wanted: Sequence[Wanted], asked: Collection[AskedBefore], stated: Collection[Evidence]
) -> list[AskedBefore]:
    """Those that are needed still, on the same grounds, and whose answer is none of what is stated any more: it was
    withdrawn, or something else was said in its place. What else its party stated answers as well. Of several of one
    party for the same the last: it is asked for one thing once.
    """
    waiting, left = [each for each in asked if each.is_waiting], {each.id for each in stated}
    found = [
        known
        for known in asked
        if known.state is RequestState.ANSWERED
        and known.answered_by is not None
        and known.answered_by not in left
        and any(known.is_same(each) and known.basis == each.basis for each in wanted)
        and not any((each.party, each.item) == (known.party, known.item) for each in waiting)
        and answer_to(known, stated) is None
    ]
    return list({(each.party, each.item): each for each in sorted(found, key=lambda each: each.asked_at)}.values())


def answer_to(asked: AskedBefore, stated: Collection[Evidence]) -> Evidence | None:
    """What its party has stated since that answers a request, if it has: by whichever way it came."""
    since = (each for each in stated if each.tenant == asked.party and each.stated_at >= asked.asked_at)
    return next((each for each in since if is_answer(asked.item, each)), None)


def is_answer(item: Item, stated: Evidence) -> bool:
    """Whether a statement, or a document by its kind, is what such a request asks for."""
    if stated.kind is EvidenceKind.DOCUMENT:
        return stated.stated["kind"] in DOCUMENTS_OF[item]
    return stated.kind in STATED_BY.get(item, ())
