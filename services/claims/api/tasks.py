"""What of a claim people decide: what may be proposed in each queue, and the command that an approval runs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.claims.api.dependencies import unit
from services.claims.api.fields import TimeOfDay
from services.claims.commands.admit_appeal import AdmitAppeal, admit_appeal
from services.claims.commands.answer_appeal import AnswerAppeal, answer_appeal
from services.claims.commands.answer_complaint import AnswerComplaint, answer_complaint
from services.claims.commands.ask_of_figure import state_of_figure
from services.claims.commands.ask_of_investigation import find_state_of_investigation
from services.claims.commands.close_claim import CloseClaim, close_claim
from services.claims.commands.decide_board_case import DecideBoardCase, decide_board_case
from services.claims.commands.decide_board_session import DecideBoardSession, decide_board_session
from services.claims.commands.decide_evidence_request import DecideEvidenceRequest, decide_evidence_request
from services.claims.commands.decide_figure import DecideFigure, decide_figure
from services.claims.commands.decide_inconsistency import DecideInconsistency, decide_inconsistency
from services.claims.commands.decide_medical_authorisation import (
    DecideMedicalAuthorisation,
    decide_medical_authorisation,
)
from services.claims.commands.decide_medical_bill import DecideMedicalBill, decide_medical_bill
from services.claims.commands.decide_medical_line import DecideMedicalLine, decide_medical_line
from services.claims.commands.end_investigation import EndInvestigation, end_investigation
from services.claims.commands.end_notice import EndNotice, end_notice
from services.claims.commands.follow_appeal import find_state_of_appeal
from services.claims.commands.follow_board_case import state_of_board_case
from services.claims.commands.follow_board_session import state_of_board_session
from services.claims.commands.follow_complaint import find_state_of_complaint
from services.claims.commands.follow_medical_authorisation import find_state_of_medical_authorisation
from services.claims.commands.let_evidence_count import LetEvidenceCount, let_evidence_count
from services.claims.commands.lift_doubt import LiftDoubt, lift_doubt
from services.claims.commands.look_at_days import LookAtDays, look_at_days
from services.claims.commands.name_similar_worker import NameSimilarWorker, name_similar_worker
from services.claims.commands.open_notice import OpenNotice, open_notice
from services.claims.commands.record_order import RecordOrder, record_order
from services.claims.commands.settle_medical_bill import find_state_of_medical_bill
from services.claims.commands.state_finding import StateFinding, state_finding
from services.claims.commands.state_same_accident import StateSameAccident, state_same_accident
from services.claims.domain import queues, subjects
from services.claims.domain.appeal import Order, Outcome
from services.claims.domain.catalogue import INVALIDITY
from services.claims.domain.collectors.event import STATED_BY_TASKS
from services.claims.domain.complaint import ComplaintFound
from services.claims.domain.errors import FindingNotForQuestion, MedicalLineWithoutAmount
from services.claims.domain.evidence_request import RequestFound
from services.claims.domain.investigation import Conclusion
from services.claims.domain.medical_authorisation import AuthorisationFinding
from services.claims.domain.medical_bill import BillFound, LineFound
from services.claims.domain.medical_cover import MedicalScheme
from services.claims.domain.particulars import CorrectedFor, ParticularItem, Stands
from services.claims.queries.tasks import (
    find_state_of_inconsistency,
    find_state_of_notice,
    find_state_of_question,
    find_state_of_request,
)
from shared.kernel.identifiers import employer_number, person_number
from shared.kernel.queues import Queue
from shared.law.decision import INSURED, Per
from shared.messages.following import letter_of, state_of_letter
from shared.messages.settling import SettleLetter, settle_letter
from shared.tasks.queues import Approved, Choice, Proposal, Queues, answers
from shared.tasks.router import task_router
from shared.web.fields import Day, DocumentNumber, Flag, Text, Whole
from shared.web.ids import EmployerId, PersonId
from shared.web.money import In, StatedMoney, examples

LineNumber = Annotated[Whole, Field(ge=1, le=200, description="The line of the bill, as the task shows it")]

# Facts that have a queue of their own, in which nobody types what the law computes.


class RelationShown(Proposal):
    """That the sender may speak of this person; of an officer's notice, that another one confirms it."""

    model_config = examples({"kind": "relation_shown", "person": "P000000012T"})

    kind: Literal["relation_shown"]
    person: PersonId

    def command(self, approved: Approved) -> OpenNotice:
        """As a command."""
        claim, person = subjects.claim_of(approved.subject), person_number(self.person)
        return OpenNotice(approved.cause, claim, person, approved.officers.tenant, approved.officers.approved_by)


class Nobodys(Proposal):
    """That nothing lets the sender speak of anybody."""

    model_config = examples({"kind": "nobodys"})

    kind: Literal["nobodys"]

    def command(self, approved: Approved) -> EndNotice:
        """As a command."""
        return EndNotice(subjects.claim_of(approved.subject))


class SimilarWorker(Proposal):
    """That the wages of a person in similar work stand in; nobody types an amount."""

    model_config = examples({"kind": "similar_worker", "person": "P000000012T"})

    kind: Literal["similar_worker"]
    person: PersonId

    def command(self, approved: Approved) -> NameSimilarWorker:
        """As a command, on the word of both officers."""
        claim, person = subjects.claim_of(approved.subject), person_number(self.person)
        return NameSimilarWorker(approved.cause, claim, person, *_both(approved))


class Finding(Proposal):
    """What was found of a fact that no statement settles, in the words of the statute book's questions."""

    model_config = examples({"kind": "finding", "fact": "found by a person", "found": "yes"})

    kind: Literal["finding"]
    fact: Text = Field(min_length=1, max_length=100)
    found: Text = Field(min_length=1, max_length=100)

    def command(self, approved: Approved) -> StateFinding:
        """As a command, on the word of both officers; raises FindingNotForQuestion for a fact of another queue."""
        if self.fact in STATED_BY_TASKS:
            raise FindingNotForQuestion(facts={"question": subjects.question_of(approved.subject)})
        return _finding(approved, self.fact, self.found)


class DoubtLifted(Proposal):
    """That the answer may stand as the law gives it, though the reason of the task holds."""

    model_config = examples({"kind": "doubt_lifted"})

    kind: Literal["doubt_lifted"]

    def command(self, approved: Approved) -> LiftDoubt:
        """As a command, on the word of both officers."""
        claim = subjects.claim_of(approved.subject)
        return LiftDoubt(approved.cause, claim, approved.reason, *_both(approved))


class EvidenceCounts(Proposal):
    """That a statement counts which waits for a person."""

    model_config = examples({"kind": "evidence_counts", "evidence": "018f0000-0000-7000-8000-000000000001"})

    kind: Literal["evidence_counts"]
    evidence: UUID

    def command(self, approved: Approved) -> LetEvidenceCount:
        """As a command."""
        return _count(approved, self.evidence, is_finding=False)


class FindingCounts(Proposal):
    """That a finding counts which an officer stated, or that it is taken back."""

    model_config = examples({"kind": "finding_counts", "evidence": "018f0000-0000-7000-8000-000000000001"})

    kind: Literal["finding_counts"]
    evidence: UUID

    def command(self, approved: Approved) -> LetEvidenceCount:
        """As a command."""
        return _count(approved, self.evidence, is_finding=True)


class DaysLookedAt(Proposal):
    """That the certified days that wait for a look are owed as well, up to the last one at which both have looked."""

    model_config = examples({"kind": "days_looked_at", "last_day": "2027-02-20"})

    kind: Literal["days_looked_at"]
    last_day: Day

    def command(self, approved: Approved) -> LookAtDays:
        """As a command, on the word of both officers."""
        claim, question = subjects.claim_of(approved.subject), subjects.question_of(approved.subject)
        return LookAtDays(approved.cause, claim, question, self.last_day, *_both(approved))


class DecidedOutside(Proposal):
    """That an event which no rule decides is decided outside the platform."""

    model_config = examples({"kind": "decided_outside"})

    kind: Literal["decided_outside"]

    def command(self, approved: Approved) -> CloseClaim:
        """As a command."""
        return CloseClaim(subjects.claim_of(approved.subject))


class NotSentAgain(Proposal):
    """That nobody sends a lost notice again: what was published stands."""

    model_config = examples({"kind": "not_sent_again"})

    kind: Literal["not_sent_again"]

    def command(self, approved: Approved) -> CloseClaim:
        """As a command."""
        return CloseClaim(subjects.claim_of(approved.subject))


class InvestigatedFactIn(In):
    """A fact that an investigation found, in the words of the statute book's questions."""

    fact: Text = Field(min_length=1, max_length=100, examples=["found by a person"])
    found: Text = Field(min_length=1, max_length=100, examples=["no"])


class InvestigationEnded(Proposal):
    """What an investigation comes to, and the facts that were found: each counts as evidence of the claim."""

    model_config = examples(
        {
            "kind": "investigation_ended",
            "conclusion": "doubt_confirmed",
            "findings": [{"fact": "found by a person", "found": "no"}],
        }
    )

    kind: Literal["investigation_ended"]
    conclusion: Conclusion
    findings: list[InvestigatedFactIn] = Field(default=[], max_length=20)

    def command(self, approved: Approved) -> EndInvestigation:
        """As a command, on the word of both officers."""
        found, investigation = [(each.fact, each.found) for each in self.findings], subjects.id_of(approved.subject)
        return EndInvestigation(approved.cause, investigation, self.conclusion, found, approved.officers)

    def decides_in(self) -> Sequence[Queue]:
        """What was found is a finding as in the queue of doubts."""
        return (queues.DOUBT,) if self.findings else ()


class InconsistencyDecided(Proposal):
    """Which value is right where something contradicts the notice: the notice's, the other one, or a third."""

    model_config = examples(
        {"kind": "inconsistency_decided", "stands": "document", "why": "recorded_at_the_time"},
        {"kind": "inconsistency_decided", "stands": "neither", "why": "several_agree", "day": "2026-07-16"},
        {"kind": "inconsistency_decided", "stands": "neither", "why": "several_agree", "at_time": "22:40"},
        {"kind": "inconsistency_decided", "stands": "neither", "why": "clerical_error", "employer": "E0000000076"},
        {
            "kind": "inconsistency_decided",
            "stands": "neither",
            "why": "later_corrected",
            "wage": {"amount": "2480.00", "currency": "MYR"},
        },
    )

    kind: Literal["inconsistency_decided"]
    stands: Stands
    why: CorrectedFor
    day: Day | None = None
    at_time: TimeOfDay | None = None
    employer: EmployerId | None = None
    wage: StatedMoney | None = None

    def command(self, approved: Approved) -> DecideInconsistency:
        """As a command, on the word of both officers."""
        inconsistency, other = subjects.id_of(approved.subject), self._other()
        return DecideInconsistency(inconsistency, self.stands, self.why, approved.officers, other)

    def _other(self) -> dict[ParticularItem, str]:
        other = {} if self.day is None else {ParticularItem.DAY: self.day.isoformat()}
        other |= {} if self.at_time is None else {ParticularItem.TIME: self.at_time}
        other |= {} if self.employer is None else {ParticularItem.EMPLOYER: str(employer_number(self.employer))}
        return other | ({} if self.wage is None else {ParticularItem.WAGE: str(self.wage.sen)})


class SameAccident(Proposal):
    """That the notices of adjacent days are about one accident, which happened on the day of one of them."""

    model_config = examples(
        {"kind": "same_accident", "claim": "018f0000-0000-7000-8000-000000000001", "is_other_day": True}
    )

    kind: Literal["same_accident"]
    claim: UUID = Field(description="The other claim, as the task shows it")
    is_other_day: Flag = Field(
        default=True,
        description="Whether it happened on the other claim's day: then this one joins it, else it this one",
    )

    def command(self, approved: Approved) -> StateSameAccident:
        """As a command, on the word of both officers."""
        claim = subjects.claim_of(approved.subject)
        return StateSameAccident(approved.cause, claim, self.claim, self.is_other_day, *_both(approved))


class PatientFound(Proposal):
    """Whose treatment the hospital asks about."""

    model_config = examples({"kind": "patient_found", "person": "P000000012T"})

    kind: Literal["patient_found"]
    person: PersonId

    def command(self, approved: Approved) -> DecideMedicalAuthorisation:
        """As a command."""
        authorisation, person = subjects.medical_of(approved.subject), person_number(self.person)
        return DecideMedicalAuthorisation(authorisation, AuthorisationFinding.PATIENT_FOUND, person)


class PatientNotFound(Proposal):
    """That nobody is found of whom the hospital asks: it ends on its day, and the hospital may ask again."""

    model_config = examples({"kind": "patient_not_found"})

    kind: Literal["patient_not_found"]

    def command(self, approved: Approved) -> DecideMedicalAuthorisation:
        """As a command."""
        authorisation = subjects.medical_of(approved.subject)
        return DecideMedicalAuthorisation(authorisation, AuthorisationFinding.PATIENT_NOT_FOUND)


class AccidentNotNoticed(Proposal):
    """That nobody notices the accident of a treatment: nothing of it is borne until somebody does."""

    model_config = examples({"kind": "accident_not_noticed"})

    kind: Literal["accident_not_noticed"]

    def command(self, approved: Approved) -> DecideMedicalAuthorisation:
        """As a command."""
        authorisation = subjects.medical_of(approved.subject)
        return DecideMedicalAuthorisation(authorisation, AuthorisationFinding.NOT_NOTICED)


class NoticeAwaited(Proposal):
    """That a notice of the accident is waited for as long once more: hospital and patient are written to again."""

    model_config = examples({"kind": "notice_awaited"})

    kind: Literal["notice_awaited"]

    def command(self, approved: Approved) -> DecideMedicalAuthorisation:
        """As a command."""
        authorisation = subjects.medical_of(approved.subject)
        return DecideMedicalAuthorisation(authorisation, AuthorisationFinding.NOTICE_AWAITED)


class LineCounts(Proposal):
    """That a line is owed as it was seen: another treatment than what somebody else billed, or by its receipt."""

    model_config = examples({"kind": "line_counts", "line": 1})

    kind: Literal["line_counts"]
    line: LineNumber

    def command(self, approved: Approved) -> DecideMedicalLine:
        """As a command, on the word of both officers."""
        return _line(approved, self.line, LineFound.COUNTS)


class LineRefused(Proposal):
    """That a line in doubt is not paid, and why."""

    model_config = examples({"kind": "line_refused", "line": 1, "why": "not_of_this_injury"})

    kind: Literal["line_refused"]
    line: LineNumber
    why: Literal["not_of_this_injury", "billed_before"]

    def command(self, approved: Approved) -> DecideMedicalLine:
        """As a command, on the word of both officers."""
        return _line(approved, self.line, LineFound(self.why))


class LinePriced(Proposal):
    """What one of an item costs that no schedule has, and what states it."""

    model_config = examples(
        {
            "kind": "line_priced",
            "line": 1,
            "price": {"amount": "90.00", "currency": "MYR"},
            "instrument": "Fees (Medical) Order 1982",
        }
    )

    kind: Literal["line_priced"]
    line: LineNumber
    price: StatedMoney
    instrument: Text = Field(min_length=1, max_length=100, description="What states the price")

    def command(self, approved: Approved) -> DecideMedicalLine:
        """As a command, on the word of both officers; raises MedicalLineWithoutAmount."""
        if not self.price.sen:
            raise MedicalLineWithoutAmount()
        found = _line(approved, self.line, LineFound.PRICED)
        return replace(found, price_sen=self.price.sen, instrument=self.instrument)


class LineStands(Proposal):
    """That what was decided of a line stands at which both were asked to look, as when its sender disputes it."""

    model_config = examples({"kind": "line_stands", "line": 1})

    kind: Literal["line_stands"]
    line: LineNumber

    def command(self, approved: Approved) -> DecideMedicalLine:
        """As a command, on the word of both officers."""
        return _line(approved, self.line, LineFound.STANDS)


class BillBorne(Proposal):
    """Which scheme bears a bill of what no rule decides: none refuses it."""

    model_config = examples({"kind": "bill_borne", "scheme": "employment_injury"})

    kind: Literal["bill_borne"]
    scheme: MedicalScheme

    def command(self, approved: Approved) -> DecideMedicalBill:
        """As a command, on the word of both officers."""
        bill = subjects.medical_of(approved.subject)
        return DecideMedicalBill(approved.cause, bill, BillFound(self.scheme.value), approved.officers)


class BillAsStated(Proposal):
    """That a bill still says what its sender asks, of which a word may be lost: what is owed is stated by it."""

    model_config = examples({"kind": "bill_as_stated"})

    kind: Literal["bill_as_stated"]

    def command(self, approved: Approved) -> DecideMedicalBill:
        """As a command, on the word of both officers."""
        bill = subjects.medical_of(approved.subject)
        return DecideMedicalBill(approved.cause, bill, BillFound.AS_STATED, approved.officers)


def _line(approved: Approved, line: int, found: LineFound) -> DecideMedicalLine:
    bill = subjects.medical_of(approved.subject)
    return DecideMedicalLine(approved.cause, bill, line, found, approved.officers)


# As examples show it.
_PENSION = next(each.name for each in INVALIDITY if each.owes)


class OrderedAmountIn(In):
    """An amount that an order names, as the order names it."""

    question: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=100, examples=[_PENSION])
    person: PersonId | None = Field(
        default=None, description="To whom it is owed; absent: the insured person", examples=["P000000012T"]
    )
    per: Per
    amount: StatedMoney
    first: Day
    last: Day | None = Field(default=None, description="Absent: until another order, or a death")

    def stated(self) -> dict[str, str]:
        """In the words of the statute book."""
        party = INSURED if self.person is None else f"person:{person_number(self.person)}"
        said = {"question": self.question, "party": party, "per": self.per.value, "amount": self.amount.amount}
        until = {} if self.last is None else {"until": self.last.isoformat()}
        return {**said, "from": self.first.isoformat(), **until}


class AppealAnswered(Proposal):
    """That the organisation has answered the appeal, by this document."""

    model_config = examples({"kind": "appeal_answered", "document": "JW-2026-0193"})

    kind: Literal["appeal_answered"]
    document: DocumentNumber

    def command(self, approved: Approved) -> AnswerAppeal:
        """As a command, on the word of both officers."""
        return AnswerAppeal(subjects.appeal_of(approved.subject), self.document, approved.officers)


class AppealOrdered(Proposal):
    """What the forum ordered: of the decision, and the facts and amounts that it states in place of the decision's."""

    model_config = examples(
        {
            "kind": "appeal_ordered",
            "outcome": "varied",
            "ordered_on": "2026-11-20",
            "reference": "JRKS-12-2026",
            "document": "KS-2026-0193",
            "similar_worker": "P000000012T",
        },
        {
            "kind": "appeal_ordered",
            "outcome": "set_aside",
            "ordered_on": "2026-11-20",
            "reference": "JRKS-13-2026",
            "facts": [{"fact": "found by a person", "found": "yes"}],
            "amounts": [
                {
                    "question": _PENSION,
                    "person": "P000000012T",
                    "per": "month",
                    "amount": {"amount": "800.00", "currency": "MYR"},
                    "first": "2026-08-01",
                    "last": "2027-07-31",
                }
            ],
        },
        {"kind": "appeal_ordered", "outcome": "upheld", "ordered_on": "2026-11-20", "reference": "JRKS-14-2026"},
    )

    kind: Literal["appeal_ordered"]
    outcome: Outcome
    ordered_on: Day
    reference: DocumentNumber
    document: DocumentNumber | None = None
    similar_worker: PersonId | None = Field(
        default=None, description="Whose wages stand in by the order: the average is worked out, and typed by nobody"
    )
    facts: list[InvestigatedFactIn] = Field(default=[], max_length=20)
    amounts: list[OrderedAmountIn] = Field(default=[], max_length=20)

    def command(self, approved: Approved) -> RecordOrder:
        """As a command, on the word of both officers."""
        facts = {each.fact: each.found for each in self.facts}
        amounts = tuple(each.stated() for each in self.amounts)
        order = Order(self.outcome, self.ordered_on, self.reference, self.document, facts, amounts)
        worker = None if self.similar_worker is None else person_number(self.similar_worker)
        appeal = subjects.appeal_of(approved.subject)
        return RecordOrder(approved.cause, appeal, order, approved.officers, worker)


def _count(approved: Approved, evidence: UUID, *, is_finding: bool) -> LetEvidenceCount:
    claim, by = subjects.claim_of(approved.subject), approved.officers.approved_by
    return LetEvidenceCount(approved.cause, claim, evidence, approved.officers.tenant, by, is_finding)


def _finding(approved: Approved, fact: str, found: str) -> StateFinding:
    claim, question = subjects.claim_of(approved.subject), subjects.question_of(approved.subject)
    return StateFinding(approved.cause, claim, question, *_both(approved), fact, found)


def _both(approved: Approved) -> tuple[str, str, str]:
    """For whom the officers act, and both of them."""
    return approved.officers.tenant, *approved.officers.both


of_boards = [
    *answers(
        queues.BOARD_CASE,
        DecideBoardCase,
        decide_board_case,
        subjects.board_of,
        case_once_more=(True, "That the person is invited once more."),
        case_not_heard=(False, "That the case is not heard: what was decided before stands."),
    ),
    *answers(
        queues.BOARD_SESSION,
        DecideBoardSession,
        decide_board_session,
        subjects.board_of,
        session_closed=(True, "That the session is closed, as chairman and secretary say: what it found counts."),
        session_called_off=(False, "That the session is not held: its cases wait for another one."),
    ),
]
of_requests = answers(
    queues.EVIDENCE_REQUEST,
    DecideEvidenceRequest,
    decide_evidence_request,
    subjects.evidence_request_of,
    request_extended=(RequestFound.EXTENDED, "That the party has as much time once more, from today on."),
    request_waived=(
        RequestFound.WAIVED,
        "That nothing is asked of the party any more: the claim goes on with what there is.",
    ),
    answer_looked_at=(
        RequestFound.LOOKED_AT,
        "That both have looked at the document that was sent, and it is the answer: what it shows is stated beside it.",
    ),
)

of_letters = answers(
    queues.UNDELIVERED,
    SettleLetter,
    settle_letter,
    letter_of,
    letter_sent_once_more=(True, "That the letter is sent once more, by post: where it goes was put right."),
    told_otherwise=(False, "That the person was told what it says, by telephone or at an office."),
)
of_complaints = answers(
    queues.COMPLAINT,
    AnswerComplaint,
    answer_complaint,
    subjects.complaint_of,
    complaint_upheld=(ComplaintFound.UPHELD, "That who complains is right."),
    complaint_upheld_in_part=(ComplaintFound.UPHELD_IN_PART, "That who complains is right in part."),
    complaint_not_upheld=(ComplaintFound.NOT_UPHELD, "That nothing wrong was found."),
)
of_appeals = [
    *answers(
        queues.APPEAL,
        AdmitAppeal,
        admit_appeal,
        subjects.appeal_of,
        appeal_admitted=(True, "That it goes to its forum, though it comes late."),
        appeal_not_admitted=(
            False,
            "That its grounds are none for which it comes late: filed again it may state others.",
        ),
    ),
    Choice(queues.APPEAL, AppealAnswered, AnswerAppeal, answer_appeal),
    Choice(queues.APPEAL, AppealOrdered, RecordOrder, record_order),
]
_OF_FIGURES = answers(
    queues.FIGURES,
    DecideFigure,
    decide_figure,
    subjects.figure_entry_of,
    figure_counts=(True, "That the statute book says so from now on, as the instrument does."),
    figure_refused=(False, "That the instrument does not say so: nothing comes of what was entered."),
)
QUEUES = Queues(
    "claims",
    queues.ALL,
    [
        Choice(queues.IDENTITY, RelationShown, OpenNotice, open_notice),
        Choice(queues.IDENTITY, Nobodys, EndNotice, end_notice),
        Choice(queues.NO_WAGE_MONTH, SimilarWorker, NameSimilarWorker, name_similar_worker),
        Choice(queues.DOUBT, Finding, StateFinding, state_finding),
        Choice(queues.DOUBT, FindingCounts, LetEvidenceCount, let_evidence_count),
        Choice(queues.DOUBT, DoubtLifted, LiftDoubt, lift_doubt),
        Choice(queues.EVIDENCE, EvidenceCounts, LetEvidenceCount, let_evidence_count),
        Choice(queues.OVER_REVIEW, DaysLookedAt, LookAtDays, look_at_days),
        Choice(queues.UNRULED, DecidedOutside, CloseClaim, close_claim),
        Choice(queues.LOST, NotSentAgain, CloseClaim, close_claim),
        Choice(queues.INVESTIGATION, InvestigationEnded, EndInvestigation, end_investigation),
        Choice(queues.INCONSISTENCY, InconsistencyDecided, DecideInconsistency, decide_inconsistency),
        *of_boards,
        Choice(queues.DOUBT, SameAccident, StateSameAccident, state_same_accident),
        *of_requests,
        *of_letters,
        *of_complaints,
        *of_appeals,
        *_OF_FIGURES,
        Choice(queues.MEDICAL_AUTHORISATION, PatientFound, DecideMedicalAuthorisation, decide_medical_authorisation),
        Choice(queues.MEDICAL_AUTHORISATION, PatientNotFound, DecideMedicalAuthorisation, decide_medical_authorisation),
        *(
            Choice(queues.MEDICAL_AUTHORISATION, says, DecideMedicalAuthorisation, decide_medical_authorisation)
            for says in (AccidentNotNoticed, NoticeAwaited)
        ),
        Choice(queues.MEDICAL_BILL, LineCounts, DecideMedicalLine, decide_medical_line),
        Choice(queues.MEDICAL_BILL, LineRefused, DecideMedicalLine, decide_medical_line),
        Choice(queues.MEDICAL_BILL, LinePriced, DecideMedicalLine, decide_medical_line),
        Choice(queues.MEDICAL_BILL, LineStands, DecideMedicalLine, decide_medical_line),
        Choice(queues.MEDICAL_BILL, BillBorne, DecideMedicalBill, decide_medical_bill),
        Choice(queues.MEDICAL_BILL, BillAsStated, DecideMedicalBill, decide_medical_bill),
    ],
    {
        "claim": find_state_of_notice,
        "question": find_state_of_question,
        "investigation": find_state_of_investigation,
        "inconsistency": find_state_of_inconsistency,
        "board_case": state_of_board_case,
        "board_session": state_of_board_session,
        "evidence_request": find_state_of_request,
        "letter": state_of_letter,
        "complaint": find_state_of_complaint,
        "appeal": find_state_of_appeal,
        "figure_entry": state_of_figure,
        "medical_authorisation": find_state_of_medical_authorisation,
        "medical_bill": find_state_of_medical_bill,
    },
)
router = task_router(QUEUES, unit)
