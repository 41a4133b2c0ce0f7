"""Claims: where they stand, what was decided, and why."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer
from services.claims.api.inconsistencies import InconsistencyOut
from services.claims.domain.answers import QuestionState
from services.claims.domain.buckets import Sought, With
from services.claims.domain.claim import Claim, ClaimKind, ClaimState
from services.claims.domain.relation import Sight, as_shown_to_partner
from services.claims.queries import claims, decisions, held_answers
from services.claims.queries.decisions import AnswerRead, DecisionRead, Reader
from services.claims.queries.held_answers import MOST_SHOWN, HeldRead
from services.claims.storage.buckets import Viewer
from services.claims.storage.questions import QuestionRead
from shared.kernel.errors import FactChange, FieldError
from shared.kernel.identifiers import person_id
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import LARGEST_INTEGER
from shared.web.ids import PersonFilter, PersonId
from shared.web.money import Money, Out
from shared.web.paging import Listing, Page
from shared.web.problems import KnownValue, problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["claims"])

StateFilter = Annotated[ClaimState | None, Query(description="Only claims in this state")]
ReasonFilter = Annotated[
    str | None,
    Query(
        max_length=100,
        pattern=r"^[a-z][a-z0-9_]*$",
        description="Only claims with this code among their reasons",
        examples=["late_notice"],
    ),
]
WaitsForFilter = Annotated[
    With | None, Query(description="Only claims that are, with a question of theirs at least, with one of these")
]
Language = Annotated[Literal["en", "ms"], Query(description="The language of the explanation")]


class ClaimOut(Out):
    """A claim and its newest revision."""

    claim: UUID
    notice: UUID
    kind: ClaimKind
    person: PersonId | None = Field(description="The person's number, once known")
    state: ClaimState
    reason: str | None = Field(
        max_length=200,
        description="Why it was refused, or why a person must look at it or at what it leaves out; several with commas",
    )
    happened_on: date
    received_at: datetime
    revision: int = Field(ge=0, le=LARGEST_INTEGER, description="0 before the first decision")
    joined_to: UUID | None = Field(description="The claim that an earlier notice of the same event opened")
    caused_by: UUID | None = Field(description="Of a death: the claim about what brought it about")
    joined_state: ClaimState | None = Field(
        description="Read by itself: how the claim stands that it joined; absent in lists, and where it joined none"
    )

    @classmethod
    def shown_to(cls, caller: Caller, claim: Claim, joined_state: ClaimState | None = None) -> "ClaimOut":
        """The claim as this caller may see it."""
        return cls.of(claim if caller.is_officer else as_shown_to_partner(claim), joined_state)

    @classmethod
    def of(cls, claim: Claim, joined_state: ClaimState | None) -> "ClaimOut":
        """The claim as it stands."""
        return cls(
            claim=claim.id,
            notice=claim.notice,
            kind=claim.kind,
            person=None if claim.person is None else person_id(claim.person),
            state=claim.state,
            reason=claim.reason,
            happened_on=claim.happened_on,
            received_at=claim.received_at,
            revision=claim.revision,
            joined_to=claim.joined_to,
            caused_by=claim.caused_by,
            joined_state=joined_state,
        )


class TermOut(Out):
    """What a party is owed: an amount for each day or month from the first to the last day, or once."""

    party: str = Field(max_length=100, description="`insured` is the person whom the claim is about")
    per: Literal["day", "month", "once"]
    amount: Money
    first: date
    last: date | None = Field(description="Absent while it goes on, and where it is owed once")


class AnswerOut(Out):
    """The answer to one question: its terms, its explanation with Act and section at every step, and its record.

    A partner sees outcome, terms and reasons, one whose relation officers were shown only its own terms; the workings,
    which tell wages and employers, are for the person whom the claim is about, and the record is for officers.
    """

    question: str = Field(max_length=100, examples=["temporary_disablement"])
    outcome: str = Field(max_length=50, examples=["entitled"])
    reason: str = Field(max_length=200, description="The test that is not met, as a stable code; else empty")
    provisional: bool
    hash: str = Field(max_length=64, description="SHA-256 of the record's canonical bytes")
    terms: list[TermOut] = Field(max_length=10_000)
    explanation: list[Annotated[str, Field(max_length=10_000)]] = Field(max_length=10_000)
    record: dict[str, Any] | None = Field(description="For the organisation's officers")

    @classmethod
    def seen(cls, sight: Sight, read: AnswerRead) -> "AnswerOut":
        """The answer as somebody of this sight reads it."""
        return cls(
            question=read.question,
            outcome=read.outcome,
            reason=read.reason,
            provisional=read.provisional,
            hash=read.hash,
            terms=[_term(each) for each in read.terms],
            explanation=read.explanation if sight in (Sight.RECORD, Sight.WORKINGS) else read.reasons,
            record=read.record if sight is Sight.RECORD else None,
        )


def _term(term: Mapping[str, Any]) -> TermOut:
    return TermOut(
        party=term["party"], per=term["per"], amount=Money.of(term["sen"]), first=term["first"], last=term.get("last")
    )


class DecisionOut(Out):
    """A revision of a claim: what is owed in all, and the answer to each question that stands by it."""

    revision: int = Field(ge=1, le=LARGEST_INTEGER)
    outcome: str = Field(max_length=20, examples=["entitled"])
    decided_at: datetime
    amount: Money = Field(
        description="All that has an end: days, whole months, and what is owed once, of the terms that are shown"
    )
    daily_rate: Money = Field(description="The highest, of benefits by the day")
    # As many as there are days: one that was certified too long must be readable to be corrected.
    days: int = Field(ge=0, le=date.max.toordinal())
    provisional: bool
    hash: str = Field(max_length=64, description="SHA-256 of the ordered list of the records' hashes")
    answers: list[AnswerOut] = Field(max_length=100)
    inconsistencies: list[InconsistencyOut] = Field(
        max_length=10_000,
        description="What contradicted the notice by then, and how that was decided: for officers, and for the person "
        "whom the claim is about",
    )

    @classmethod
    def shown_to(cls, caller: Caller, read: DecisionRead) -> "DecisionOut":
        """The revision as its reader sees it."""
        return cls(
            revision=read.revision,
            outcome=read.outcome,
            decided_at=read.decided_at,
            amount=Money.of(read.amount_sen),
            daily_rate=Money.of(read.daily_rate_sen),
            days=read.days,
            provisional=read.provisional,
            hash=read.hash,
            answers=[AnswerOut.seen(read.sight, each) for each in read.answers],
            inconsistencies=[InconsistencyOut.shown_to(caller, each) for each in read.inconsistencies[:10_000]],
        )


Decisions = Annotated[list[DecisionOut], Field(max_length=10_000)]


class QuestionOut(Out):
    """How one question of a claim stands: why, with whom, and since when."""

    question: str = Field(max_length=100, examples=["temporary_disablement"])
    state: QuestionState
    reason: str = Field(max_length=200, description="Why it is refused or waits, as a stable code; else empty")
    waits_for: str = Field(
        max_length=100, description="An officer's queue, or a topic that has not arrived; empty where it is answered"
    )
    since: datetime

    @classmethod
    def of(cls, read: QuestionRead) -> "QuestionOut":
        """The question as it stands."""
        return cls(
            question=read.question, state=read.state, reason=read.reason, waits_for=read.waits_for, since=read.since
        )


class ChangeOut(Out):
    """What of the answers is another than one revision before: an amount, a fact, the law."""

    what: str = Field(max_length=64, examples=["temporary_disablement/insured 2026-08"])
    before: KnownValue | None = Field(description="Amounts in sen; null: it was not there")
    now: KnownValue | None = Field(description="Null: it is not there any more")

    @classmethod
    def of(cls, error: FieldError) -> "ChangeOut":
        """From what an approval of an older revision is refused with."""
        change = error.change or FactChange("", None, None)
        return cls(what=change.fact, before=change.before, now=change.now)


class HeldAnswersOut(Out):
    """The answers that officers are asked to let stand, as a revision of their task has them."""

    revision: int = Field(ge=0, le=LARGEST_INTEGER, description="As an approval names it")
    answers: list[AnswerOut] = Field(max_length=100)
    changes: list[ChangeOut] = Field(max_length=10_000, description="Since the revision before")

    @classmethod
    def of(cls, read: HeldRead) -> "HeldAnswersOut":
        """As officers see it."""
        return cls(
            revision=read.revision,
            answers=[AnswerOut.seen(Sight.RECORD, each) for each in read.answers],
            changes=[ChangeOut.of(each) for each in read.changes],
        )


HeldRevisions = Annotated[list[HeldAnswersOut], Field(max_length=MOST_SHOWN)]
QuestionInPath = Annotated[
    str, Path(max_length=100, pattern=r"^[a-z][a-z0-9_]*$", description="The name of a question.")
]
Questions = Annotated[list[QuestionOut], Field(max_length=100)]


def _viewer(caller: Caller) -> Viewer:
    if caller.is_officer:
        return Viewer(None)
    kind, _, number = caller.party.partition(":")
    return Viewer(caller.party, int(number) if kind == "person" else None)


@router.get(
    "/v1/claims",
    summary="List claims",
    dependencies=[requires("claims:claim:read"), reads(DataKind.CLAIM, of="claim")],
    responses=problems(400),
)
async def list_claims(
    listing: Listing,
    uow: CommittedBeforeAnswer,
    caller: Party,
    person: PersonFilter = None,
    state: StateFilter = None,
    reason: ReasonFilter = None,
    waits_for: WaitsForFilter = None,
) -> Page[ClaimOut]:
    """The claims that the caller's notices opened and, for a person, those about itself; all of them for officers.

    They are narrowed by what the caller is shown.
    """
    sought = Sought(state, reason, waits_for)
    found = await claims.list_claims(sought, _viewer(caller), person, listing.after_id, listing.limit, uow)
    return listing.page(found, item=partial(ClaimOut.shown_to, caller))


@router.get(
    "/v1/claims/{claim}",
    summary="Read a claim",
    dependencies=[requires("claims:claim:read"), reads(DataKind.CLAIM, of="claim")],
    responses=problems(404),
)
async def read_claim(claim: UUID, uow: CommittedBeforeAnswer, caller: Party) -> ClaimOut:
    """Where a claim stands; of one that joined another, where that one does."""
    found = await claims.find_claim(claim, uow)
    return ClaimOut.shown_to(caller, found, await claims.find_joined_state(found, uow))


@router.get(
    "/v1/claims/{claim}/questions",
    summary="List the questions of a claim",
    dependencies=[requires("claims:claim:read"), reads(DataKind.CLAIM, of="claim")],
    responses=problems(404),
)
async def list_questions(claim: UUID, uow: CommittedBeforeAnswer) -> Questions:
    """How each question of a claim stands, and what it waits for; none before the sender's relation is known."""
    return [QuestionOut.of(each) for each in await claims.list_questions(claim, uow)]


@router.get(
    "/v1/claims/{claim}/questions/{question}/held-answers",
    summary="List the answers that officers are asked to let stand",
    dependencies=[
        requires("claims:task:read"),
        Depends(officers_only),
        reads(DataKind.CLAIM, DataKind.HEALTH, DataKind.WAGE, of="claim"),
    ],
    responses=problems(403, 404),
)
async def list_held_answers(
    claim: UUID, question: QuestionInPath, uow: CommittedBeforeAnswer, language: Language = "en"
) -> HeldRevisions:
    """What waits for officers with a question, the newest revision first, with what changed from each to the next.

    It is what an approval of a task about the question lets stand.
    """
    return [HeldAnswersOut.of(each) for each in await held_answers.list_held_answers(claim, question, language, uow)]


@router.get(
    "/v1/claims/{claim}/decisions",
    summary="List the decisions of a claim",
    dependencies=[requires("claims:claim:read"), reads(DataKind.CLAIM, DataKind.HEALTH, DataKind.WAGE, of="claim")],
    responses=problems(404),
)
async def list_decisions(
    claim: UUID, uow: CommittedBeforeAnswer, caller: Party, language: Language = "en"
) -> Decisions:
    """Every revision of a claim, oldest first, each with the answers that stand by it."""
    reader = Reader(caller.party, caller.is_officer, language)
    return [DecisionOut.shown_to(caller, each) for each in await decisions.list_decisions(claim, reader, uow)]


@router.get(
    "/v1/claims/{claim}/decisions/{revision}",
    summary="Read a decision",
    dependencies=[requires("claims:claim:read"), reads(DataKind.CLAIM, DataKind.HEALTH, DataKind.WAGE, of="claim")],
    responses=problems(404),
)
async def read_decision(
    claim: UUID,
    revision: Annotated[int, Path(ge=1, le=LARGEST_INTEGER)],
    uow: CommittedBeforeAnswer,
    caller: Party,
    language: Language = "en",
) -> DecisionOut:
    """One revision with the answers that stand by it, and their whole records."""
    reader = Reader(caller.party, caller.is_officer, language)
    return DecisionOut.shown_to(caller, await decisions.find_decision(claim, revision, reader, uow))
