"""Appeals: filed by whose answer it is, heard by a forum, and decided by its order, which two officers record."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer, unit
from services.claims.commands.file_appeal import FileAppeal, file_appeal
from services.claims.commands.file_line_appeal import FileLineAppeal, file_line_appeal
from services.claims.commands.record_hearing import RecordHearing
from services.claims.commands.record_hearing import record_hearing as handle_record_hearing
from services.claims.commands.withdraw_appeal import WithdrawAppeal
from services.claims.commands.withdraw_appeal import withdraw_appeal as handle_withdraw_appeal
from services.claims.domain.appeal import Appeal, AppealState, Forum, Ground, LateFor, Outcome, Represented
from services.claims.domain.flip_values import Because
from services.claims.domain.flips import LONGEST_SHOWN, MOST_TRIED
from services.claims.queries import appeals
from services.claims.queries.appeal_rates import AppealRate, find_appeal_rates
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import today
from shared.kernel.identifiers import person_number
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import LARGEST_INTEGER, Day, DocumentNumber, Text, Whole
from shared.web.ids import PersonId
from shared.web.money import In, Money, Out, SignedMoney, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["appeals"])

READ = [requires("claims:appeal:read")]
WRITE = [requires("claims:appeal:write"), Depends(idempotent)]
OF_APPEAL = reads(DataKind.CLAIM, of="appeal")
StateOfAppeals = Annotated[AppealState | None, Query(description="Only appeals in this state")]
_QUESTION = r"^[a-z][a-z0-9_]*$"
Count = Annotated[Whole, Field(ge=0, le=LARGEST_INTEGER)]
MOST_RATES, MOST_DAYS, MOST_LINES = 200, 366, 200


class AppealIn(In):
    """What is appealed, before whom, on which ground. The claim goes on, and what was decided is paid meanwhile."""

    model_config = examples(
        {
            "forum": "social_security_appellate_board",
            "ground": "benefit",
            "question": "employment_injury",
            "revision": 1,
            "represented_by": "union_officer",
            "authority": "KS-2026-0193",
            "late_for": "illness",
        },
        {"forum": "appellate_medical_board", "ground": "medical_assessment"},
        {"forum": "high_court", "ground": "question_of_law", "question": "employment_injury"},
        {
            "forum": "social_security_appellate_board",
            "ground": "benefit",
            "question": "qualified_insured",
            "person": "P000000012T",
        },
    )

    forum: Forum
    ground: Ground = Field(description="Each ground has its forum: another one is refused, and the right one is named")
    question: str | None = Field(
        default=None,
        pattern=_QUESTION,
        max_length=100,
        description="Of which question of the claim the answer is appealed; left out of what a board assessed",
        examples=["temporary_disablement"],
    )
    revision: Annotated[Whole, Field(ge=1, le=LARGEST_INTEGER)] | None = Field(
        default=None, description="By which revision of the claim; absent: the newest", examples=[1]
    )
    represented_by: Represented | None = Field(default=None, description="Who speaks for whoever appeals")
    authority: DocumentNumber | None = Field(
        default=None, description="The number of the document by which that one speaks: never a name"
    )
    late_for: LateFor | None = Field(default=None, description="On which grounds it comes after the limit, if it does")
    person: PersonId | None = Field(default=None, description="Who appeals, where an officer files it; else left out")

    def command(self, claim: UUID, caller: Caller) -> FileAppeal:
        """As a command."""
        return FileAppeal(
            tenant=caller.party,
            by=caller.subject,
            claim=claim,
            forum=self.forum,
            ground=self.ground,
            question=self.question,
            revision=self.revision,
            told_by=None if self.person is None else f"person:{person_number(self.person)}",
            represented_by=self.represented_by,
            authority=self.authority,
            late_for=self.late_for,
        )


class LineAppealIn(In):
    """Which line of one's own medical bill is appealed, before whom, on which ground."""

    model_config = examples(
        {"line": 1, "forum": "social_security_appellate_board", "ground": "benefit"},
        {
            "line": 1,
            "forum": "high_court",
            "ground": "question_of_law",
            "represented_by": "lawyer",
            "authority": "KS-2026-0193",
            "late_for": "illness",
            "person": "P000000012T",
        },
    )

    line: Annotated[Whole, Field(ge=1, le=MOST_LINES, examples=[1])]
    forum: Forum
    ground: Ground = Field(description="Each ground has its forum: another one is refused, and the right one is named")
    represented_by: Represented | None = Field(default=None, description="Who speaks for whoever appeals")
    authority: DocumentNumber | None = Field(
        default=None, description="The number of the document by which that one speaks: never a name"
    )
    late_for: LateFor | None = Field(default=None, description="On which grounds it comes after the limit, if it does")
    person: PersonId | None = Field(default=None, description="Who appeals, where an officer files it; else left out")

    def command(self, bill: UUID, caller: Caller) -> FileLineAppeal:
        """As a command."""
        told_by = None if self.person is None else f"person:{person_number(self.person)}"
        said = (self.line, self.forum, self.ground, told_by, self.represented_by, self.authority, self.late_for)
        return FileLineAppeal(caller.party, caller.subject, bill, *said)


class HearingIn(In):
    """On which day a forum heard it."""

    model_config = examples({"heard_on": "2026-10-19"})

    heard_on: Day


class AppealOut(Out):
    """An appeal as it stands."""

    appeal: UUID
    claim: UUID
    party: str = Field(max_length=100, description="Who appeals", examples=["person:12"])
    forum: Forum
    ground: Ground
    question: str = Field(max_length=100)
    revision: int = Field(ge=0, le=LARGEST_INTEGER, description="The revision of the claim that is appealed")
    record: str | None = Field(
        max_length=64, description="The hash of the very record; none: no benefit was decided yet"
    )
    about: UUID | None = Field(description="The appeal whose order is appealed")
    bill: UUID | None = Field(description="The medical bill of whose line it is; the revision is then the bill's")
    line: int | None = Field(ge=1, le=MOST_LINES)
    board_case: UUID | None = Field(description="The case before the Appellate Medical Board")
    represented_by: Represented | None
    authority: str | None = Field(max_length=40)
    late_for: LateFor | None
    last_day: date | None = Field(description="The last day on which it could be filed in time")
    filed_at: datetime
    state: AppealState
    changed_at: datetime
    answer: str | None = Field(max_length=40, description="The document that answers it for the organisation")
    heard_on: date | None
    outcome: Outcome | None = Field(description="What became of the decision that was appealed")
    ordered_on: date | None
    reference: str | None = Field(max_length=100)
    document: str | None = Field(max_length=40)
    order: UUID | None = Field(description="The statement that the order is, where it states anything")
    ended_at: datetime | None

    @classmethod
    def of(cls, appeal: Appeal) -> Self:
        """As it stands."""
        return cls(
            appeal=appeal.id,
            claim=appeal.claim,
            party=appeal.tenant,
            forum=appeal.forum,
            ground=appeal.ground,
            question=appeal.question,
            revision=appeal.revision,
            record=appeal.record,
            about=appeal.about,
            bill=appeal.bill,
            line=appeal.line,
            board_case=appeal.board_case,
            represented_by=appeal.represented_by,
            authority=appeal.authority,
            late_for=appeal.late_for,
            last_day=appeal.last_day,
            filed_at=appeal.filed_at,
            state=appeal.state,
            changed_at=appeal.changed_at,
            answer=appeal.answer,
            heard_on=appeal.heard_on,
            outcome=appeal.outcome,
            ordered_on=appeal.ordered_on,
            reference=appeal.reference,
            document=appeal.document,
            order=appeal.ordered,
            ended_at=appeal.ended_at,
        )


class FlipOut(Out):
    """One change, and what the law answers with it and with nothing else changed."""

    fact: str = Field(max_length=100, description="A fact of the questions, or a figure of the statute book")
    because: Because = Field(description="Why the value was tried")
    now: str = Field(max_length=LONGEST_SHOWN)
    then: str = Field(max_length=LONGEST_SHOWN)
    outcome: str = Field(max_length=40, examples=["entitled"])
    amount: Money = Field(description="All that the answer owes then; what has no end counts once")
    difference: SignedMoney = Field(description="That less what it owes now")
    claim_amount: Money = Field(description="All that is paid of the claim then, of every benefit")
    law: str = Field(max_length=300, description="Act and section")

    @classmethod
    def of(cls, flip: Mapping[str, Any], present: int) -> Self:
        """As it was found."""
        return cls(
            fact=flip["fact"],
            because=Because(flip["because"]),
            now=flip["now"],
            then=flip["then"],
            outcome=flip["outcome"],
            amount=Money.of(flip["sen"]),
            difference=SignedMoney.of(flip["sen"] - present),
            claim_amount=Money.of(flip["claim_sen"]),
            law=flip["law"],
        )


class FlipsOut(Out):
    """What would change an answer that is appealed, recomputed by the law from its record when it was filed."""

    appeal: UUID
    found_at: datetime | None = Field(description="None: it is not found yet, or no record of the answer can be read")
    outcome: str | None = Field(max_length=40, description="What the law answers with nothing changed")
    amount: Money | None
    claim_amount: Money | None
    is_alike: bool = Field(description="Whether the law of today's release still answers as the record does")
    is_whole: bool = Field(description=f"Whether all that could be was tried; at most {MOST_TRIED} values are")
    flips: list[FlipOut] = Field(max_length=MOST_TRIED)

    @classmethod
    def of(cls, appeal: UUID, found: tuple[datetime, Mapping[str, Any]] | None, *, is_officer: bool) -> Self:
        """As it was found; what others in similar work earn officers alone read."""
        if found is None:
            return cls(
                appeal=appeal, found_at=None, outcome=None, amount=None, claim_amount=None, is_alike=False,
                is_whole=False, flips=[],
            )  # fmt: skip
        at, body = found
        shown = [each for each in body["flips"] if is_officer or each["because"] != Because.SIMILAR_WORKER]
        return cls(
            appeal=appeal,
            found_at=at,
            outcome=body["outcome"],
            amount=Money.of(body["sen"]),
            claim_amount=Money.of(body["claim_sen"]),
            is_alike=body["is_alike"],
            is_whole=body["is_whole"],
            flips=[FlipOut.of(each, body["sen"]) for each in shown],
        )


class AppealRateOut(Out):
    """The appeals that were filed on some days, by forum, benefit or reason."""

    name: Text = Field(max_length=100, examples=["temporary_disablement"])
    decisions: Count | None = Field(description="Benefits decided on these days; none where they are told by forum")
    filed: Count
    open: Count
    decided: Count
    overturned: Count = Field(description="Varied or set aside, of those decided")
    appeal_rate: str | None = Field(max_length=8, description="Filed, of what was decided", examples=["0.0312"])
    overturn_rate: str | None = Field(
        max_length=8, description="Overturned, of the appeals decided", examples=["0.2500"]
    )

    @classmethod
    def of(cls, rate: AppealRate) -> Self:
        """As it is counted."""
        return cls(
            name=rate.name,
            decisions=rate.decisions,
            filed=rate.filed,
            open=rate.open,
            decided=rate.decided,
            overturned=rate.overturned,
            appeal_rate=None if rate.appeal_rate is None else str(rate.appeal_rate),
            overturn_rate=None if rate.overturn_rate is None else str(rate.overturn_rate),
        )


class AppealRatesOut(Out):
    """How much of what was decided is appealed, and overturned."""

    first: date
    last: date
    decisions: Count = Field(description="Benefits decided on these days, each time again")
    items: list[AppealRateOut] = Field(max_length=MOST_RATES)


@router.post(
    "/v1/claims/{claim}/appeals",
    status_code=201,
    summary="Appeal an answer of a claim",
    dependencies=[*WRITE, OF_APPEAL],
    responses=problems(400, 403, 404, 409, 422),
)
async def send_appeal(
    claim: UUID, body: AppealIn, uow: CommittedBeforeAnswer, caller: Party, response: Response
) -> AppealOut:
    """By the person, who acts for it, and of a death whoever claims after it, for itself; against a board's assessment
    by the organisation's officers too. It is of the exact record; that stands until an order says otherwise.
    """
    appeal = await file_appeal(body.command(claim, caller), uow)
    response.headers["location"] = f"/v1/appeals/{appeal.id}"
    return AppealOut.of(appeal)


@router.post(
    "/v1/medical-bills/{bill}/appeals",
    status_code=201,
    summary="Appeal a line of a medical bill",
    dependencies=[*WRITE, OF_APPEAL],
    responses=problems(400, 403, 404, 409, 422),
)
async def send_line_appeal(
    bill: UUID, body: LineAppealIn, uow: CommittedBeforeAnswer, caller: Party, response: Response
) -> AppealOut:
    """Of what is refused of a line of one's own bill, by the record of that line. A hospital disputes what is refused
    of its bill instead. What was decided stands until an order says otherwise."""
    appeal = await file_line_appeal(body.command(bill, caller), uow)
    response.headers["location"] = f"/v1/appeals/{appeal.id}"
    return AppealOut.of(appeal)


@router.get(
    "/v1/claims/{claim}/appeals",
    summary="List the appeals of a claim",
    dependencies=[*READ, reads(DataKind.CLAIM, of="claim")],
    responses=problems(400),
)
async def list_appeals_of_claim(claim: UUID, listing: Listing, uow: CommittedBeforeAnswer) -> Page[AppealOut]:
    """One's own, and those of the person's claim; all for officers. Those of what joined the same are among them."""
    found = await appeals.list_appeals(claim, None, listing.after_id, listing.limit, uow)
    return listing.page(found, item=AppealOut.of)


@router.get("/v1/appeals", summary="List appeals", dependencies=[*READ, OF_APPEAL], responses=problems(400, 422))
async def list_appeals(listing: Listing, uow: CommittedBeforeAnswer, state: StateOfAppeals = None) -> Page[AppealOut]:
    """The caller's own; all of them for the organisation's officers."""
    found = await appeals.list_appeals(None, state, listing.after_id, listing.limit, uow)
    return listing.page(found, item=AppealOut.of)


@router.get("/v1/appeals/{appeal}", summary="Read an appeal", dependencies=[*READ, OF_APPEAL], responses=problems(404))
async def read_appeal(appeal: UUID, uow: CommittedBeforeAnswer) -> AppealOut:
    """One's own, or any for officers."""
    return AppealOut.of(await appeals.find_appeal(appeal, uow))


@router.get(
    "/v1/appeals/{appeal}/what-would-change",
    summary="Read what would change an appealed answer",
    dependencies=[*READ, reads(DataKind.CLAIM, DataKind.WAGE, of="appeal")],
    responses=problems(403, 404),
)
async def read_what_would_change(appeal: UUID, uow: CommittedBeforeAnswer, caller: Party) -> FlipsOut:
    """Each fact, statement and reading of the law by which the answer would be another one, with what it comes to: the
    law is asked again, nothing is guessed. For the person whose claim it is, and officers."""
    found = await appeals.find_flips(appeal, caller.party, caller.is_officer, uow)
    return FlipsOut.of(appeal, found, is_officer=caller.is_officer)


@router.post(
    "/v1/appeals/{appeal}/hearings",
    status_code=201,
    summary="Record the hearing of an appeal",
    dependencies=[*WRITE, Depends(officers_only), OF_APPEAL],
    responses=problems(400, 403, 404, 409),
)
async def record_appeal_hearing(appeal: UUID, body: HearingIn, uow: CommittedBeforeAnswer, caller: Party) -> AppealOut:
    """That the forum heard it: its order is awaited from then on, and two officers record it (queue `appeal`)."""
    return AppealOut.of(await handle_record_hearing(RecordHearing(appeal, body.heard_on, caller.subject), uow))


@router.post(
    "/v1/appeals/{appeal}/withdrawal",
    status_code=201,
    summary="Take an appeal back",
    dependencies=[*WRITE, OF_APPEAL],
    responses=problems(400, 403, 404, 409),
)
async def withdraw_appeal(appeal: UUID, uow: CommittedBeforeAnswer, caller: Party) -> AppealOut:
    """By the party whose it is, or the person for whom it was filed, while nobody has decided it.

    What was decided stands.
    """
    return AppealOut.of(await handle_withdraw_appeal(WithdrawAppeal(caller.party, caller.subject, appeal), uow))


@router.get(
    "/v1/appeal-rates",
    summary="Read how much is appealed and overturned",
    dependencies=[requires("claims:statistics:read"), Depends(officers_only)],
    responses=problems(422),
)
async def read_appeal_rates(
    uow: Annotated[ClaimsUnitOfWork, Depends(unit)],
    from_: Annotated[
        Day | None, Query(alias="from", description="From this day on; else a year before the last")
    ] = None,
    until: Annotated[Day | None, Query(description="Until this day; else today")] = None,
    by: Annotated[Literal["forum", "benefit", "reason"], Query(description="By what they are told apart")] = "forum",
) -> AppealRatesOut:
    """Of what was decided and what was filed on these days; at most 366 days before the last one."""
    end = today() if until is None else until
    earliest = end - timedelta(days=MOST_DAYS - 1)
    begin = max(earliest if from_ is None else from_, earliest)
    decisions, found = await find_appeal_rates(begin, end, by, uow)
    return AppealRatesOut(
        first=begin, last=end, decisions=decisions, items=[AppealRateOut.of(each) for each in found[:MOST_RATES]]
    )
