"""Cases before medical boards: put there, heard, and what was found; the person reads invitation and result."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from services.claims.api.dependencies import BoardLooker, CommittedBeforeAnswer
from services.claims.api.fields import Doctor
from services.claims.commands.put_before_board import PutBeforeBoard, put_before_board
from services.claims.commands.record_board_attendance import RecordBoardAttendance
from services.claims.commands.record_board_attendance import record_board_attendance as handle_attendance
from services.claims.commands.state_board_result import StateBoardResult
from services.claims.commands.state_board_result import state_board_result as handle_result
from services.claims.domain.boards import (
    AdjournedFor,
    Advice,
    Board,
    BoardCase,
    BoardCaseState,
    BoardQuestion,
    BoardResult,
    JustifiedBy,
)
from services.claims.domain.errors import StatementNotOne
from services.claims.queries import boards
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, officers_only, requires
from shared.web.fields import LARGEST_INTEGER, Day, Flag, Whole
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["boards"])

_READ = [requires("claims:board_case:read")]
_HEAR = [requires("claims:board_session:write"), Depends(officers_only), Depends(idempotent)]
CaseInPath = Annotated[UUID, Path(description="The case.")]
Exact = Annotated[str, Field(pattern=r"^(100(\.0{1,2})?|[0-9]{1,2}(\.[0-9]{1,2})?)$", max_length=6, examples=["60"])]
# ICD-10.
_DIAGNOSIS = r"^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$"
MOST_TREATING = 50


class BoardCaseIn(In):
    """What a board is asked about a claim."""

    model_config = examples(
        {"question": "permanent_loss", "treated_by": ["officer-9"]},
        {"question": "appeal"},
        {"question": "appeal", "about": "0197f0a0-1111-7000-8000-000000000001"},
    )

    question: BoardQuestion
    treated_by: list[Doctor] = Field(
        default=[],
        max_length=MOST_TREATING,
        description="Who treated the person, by the subjects of their tokens: none of them hears the case. Who "
        "certified days is known.",
    )
    about: UUID | None = Field(
        default=None,
        description="Of an appeal or a revision: the case that decided it, which is the last assessment, or what was "
        "found last of constant attendance alone. Absent: whichever came last.",
        examples=["0197f0a0-1111-7000-8000-000000000001"],
    )


class BoardAttendanceIn(In):
    """Whether the person came."""

    model_config = examples({"came": True})

    came: Flag


class AdjournmentIn(In):
    """Why the board does not decide the case this time."""

    model_config = examples({"reason": "tests_needed"})

    reason: AdjournedFor


class NeededIn(In):
    """Whether the board certifies the need of constant attendance, and for how long (Act 4 s.15)."""

    needed: Flag = True
    first: Day | None = Field(default=None, description="Given where it is needed.")
    last: Day | None = Field(default=None, description="Absent: until a board finds otherwise.")


class ApportionedIn(In):
    """Of which loss of the whole person how much earlier injuries left; the rest is this injury's."""

    whole_person: Exact
    earlier: Exact


class LossFoundIn(In):
    """A loss as a board assesses it (Act 4 s.22, Second Schedule)."""

    percent: Exact = Field(description="Of this injury, exactly.")
    item: str | None = Field(
        default=None,
        pattern=r"^[0-9]{1,3}[A-Za-z]?$",
        max_length=4,
        description="The item of the Second Schedule.",
        examples=["12"],
    )
    apportioned: ApportionedIn | None = None
    benefit_from: Day | None = Field(
        default=None,
        description="The first day of the benefit as the board states it; absent: that of what it takes the place of, "
        "else of the application. A review for aggravation states it.",
    )
    provisional_until: Day | None = Field(default=None, description="Absent: the assessment is final.")


class InvalidityFoundIn(In):
    """An invalidity as a board certifies it (Act 4 s.16)."""

    certified: Flag
    earning_capacity: Annotated[Whole, Field(ge=0, le=100)] = Field(
        description="What is left of a sound person's customary earnings, in percent."
    )


class DiseaseFoundIn(In):
    """What a Special Board finds of an occupational disease (Act 4 s.32A)."""

    has_disease: Flag
    loss: LossFoundIn | None = None


class BoardResultIn(In):
    """What a board found of a case: a loss, an invalidity, or a disease, as the claim asks; where the question is the
    need of constant attendance, that alone: what was assessed is as it stands."""

    model_config = examples(
        {
            "diagnosis": "S88.1",
            "loss": {"percent": "100", "benefit_from": "2026-07-01"},
            "attendance": {"first": "2026-10-01", "last": "2027-09-30"},
            "advice": ["prosthesis", "return_to_work"],
        },
        {"loss": {"percent": "60", "benefit_from": "2026-07-01", "provisional_until": "2027-06-30"}},
        {"loss": {"percent": "30", "item": "12", "apportioned": {"whole_person": "40", "earlier": "10"}}},
        {"related": False, "loss": {"percent": "0"}},
        {"attendance": {"first": "2026-10-01"}},
        {"attendance": {"needed": False}},
        {"diagnosis": "I63.9", "invalidity": {"certified": True, "earning_capacity": 20}},
        {
            "disease": {
                "has_disease": True,
                "loss": {
                    "percent": "15",
                    "item": "12",
                    "apportioned": {"whole_person": "20", "earlier": "5"},
                    "benefit_from": "2026-07-01",
                    "provisional_until": "2027-06-30",
                },
            }
        },
    )

    related: Flag = Field(default=True, description="Whether the condition is of the event of the claim.")
    diagnosis: str | None = Field(
        default=None, pattern=_DIAGNOSIS, max_length=8, description="ICD-10.", examples=["S88.1"]
    )
    loss: LossFoundIn | None = None
    invalidity: InvalidityFoundIn | None = None
    disease: DiseaseFoundIn | None = None
    attendance: NeededIn | None = None
    advice: list[Advice] = Field(default=[], max_length=len(Advice), description="For rehabilitation (s.57).")

    def found(self) -> BoardResult:
        """The result; raises StatementNotOne where it is neither one of the three nor about attendance alone."""
        of_claim = 3 - [self.loss, self.invalidity, self.disease].count(None)
        if of_claim > 1 or (of_claim == 0 and self.attendance is None):
            raise StatementNotOne()
        loss = self.disease.loss if self.disease else self.loss
        apportioned = loss.apportioned if loss else None
        return BoardResult(
            is_related=self.related,
            diagnosis=self.diagnosis,
            percent=loss.percent if loss else None,
            item=loss.item if loss else None,
            whole_person=apportioned.whole_person if apportioned else None,
            earlier=apportioned.earlier if apportioned else None,
            benefit_from=loss.benefit_from if loss else None,
            until=loss.provisional_until if loss else None,
            has_disease=self.disease.has_disease if self.disease else None,
            is_invalid=self.invalidity.certified if self.invalidity else None,
            earning_capacity=self.invalidity.earning_capacity if self.invalidity else None,
            needs_attendance=self.attendance.needed if self.attendance else None,
            attendance_from=self.attendance.first if self.attendance else None,
            attendance_until=self.attendance.last if self.attendance else None,
            advice=tuple(dict.fromkeys(self.advice)),
        )


class BoardResultOut(Out):
    """What a board found."""

    related: bool
    diagnosis: str | None = Field(max_length=8)
    percent: str | None = Field(max_length=6, description="Of a loss, exactly")
    item: str | None = Field(max_length=4)
    whole_person: str | None = Field(max_length=6)
    earlier: str | None = Field(max_length=6)
    benefit_from: date | None
    provisional_until: date | None
    has_disease: bool | None
    invalid: bool | None
    earning_capacity: int | None = Field(ge=0, le=100)
    needs_attendance: bool | None = Field(description="Absent: nothing was said of it")
    attendance_from: date | None
    attendance_until: date | None
    advice: list[Advice] = Field(max_length=len(Advice))

    @classmethod
    def of(cls, found: BoardResult) -> Self:
        """From what is stored."""
        return cls(
            related=found.is_related,
            diagnosis=found.diagnosis,
            percent=found.percent,
            item=found.item,
            whole_person=found.whole_person,
            earlier=found.earlier,
            benefit_from=found.benefit_from,
            provisional_until=found.until,
            has_disease=found.has_disease,
            invalid=found.is_invalid,
            earning_capacity=found.earning_capacity,
            needs_attendance=found.needs_attendance,
            attendance_from=found.attendance_from,
            attendance_until=found.attendance_until,
            advice=list(found.advice),
        )


class BoardCaseOut(Out):
    """A case as it stands. The person sees what was found once the session is closed."""

    case: UUID
    claim: UUID
    board: Board
    question: BoardQuestion
    about: UUID | None = Field(description="The case whose decision it is asked of")
    state: BoardCaseState
    put_at: datetime
    session: UUID | None = Field(description="For officers")
    sits_on: date | None = Field(description="The day of the session to which the person is invited")
    place: str | None = Field(max_length=40)
    invited_at: datetime | None
    justified_by: JustifiedBy | None
    absences: int = Field(ge=0, le=LARGEST_INTEGER)
    adjournments: int = Field(ge=0, le=LARGEST_INTEGER)
    result: BoardResultOut | None
    found_by: str | None = Field(max_length=200, description="For officers: who of the panel stated it")
    decided_at: datetime | None

    @classmethod
    def of(cls, case: BoardCase, *, is_officer: bool) -> Self:
        """From what is stored."""
        shown = case.result if is_officer or case.state is BoardCaseState.DECIDED else None
        return cls(
            case=case.id,
            claim=case.claim,
            board=case.board,
            question=case.question,
            about=case.about,
            state=case.state,
            put_at=case.put_at,
            session=case.session if is_officer else None,
            sits_on=case.sits_on,
            place=case.place,
            invited_at=case.invited_at,
            justified_by=case.justified_by,
            absences=case.absences,
            adjournments=case.adjournments,
            result=None if shown is None else BoardResultOut.of(shown),
            found_by=case.found_by if is_officer else None,
            decided_at=case.decided_at,
        )


@router.post(
    "/v1/claims/{claim}/board-cases",
    status_code=201,
    summary="Put a claim before a board",
    dependencies=[requires("claims:board_case:write"), Depends(idempotent)],
    responses=problems(400, 403, 404, 409),
)
async def send_board_case(
    claim: UUID, body: BoardCaseIn, uow: CommittedBeforeAnswer, caller: Party, response: Response
) -> BoardCaseOut:
    """Ask a board: officers whatever the claim raises; the person, or whom officers were shown to act for it, an appeal
    or a review for aggravation. An appeal within 90 days of the decision goes to the Appellate Medical Board, a later
    one is a revision."""
    treated_by = body.treated_by if caller.is_officer else ()
    asked = PutBeforeBoard(caller.party, caller.subject, claim, body.question, treated_by, body.about)
    case = await put_before_board(asked, uow)
    response.headers["location"] = f"/v1/board-cases/{case.id}"
    return BoardCaseOut.of(case, is_officer=caller.is_officer)


@router.get(
    "/v1/board-cases",
    summary="List cases before boards",
    dependencies=[*_READ, reads(DataKind.CLAIM, DataKind.HEALTH, of="claim")],
    responses=problems(400),
)
async def list_board_cases(
    listing: Listing,
    uow: CommittedBeforeAnswer,
    caller: Party,
    looker: BoardLooker,
    state: Annotated[BoardCaseState | None, Query(description="Those that stand so.")] = None,
    claim: Annotated[UUID | None, Query(description="Those of a claim.")] = None,
    session: Annotated[UUID | None, Query(description="Those of a session; for officers.")] = None,
) -> Page[BoardCaseOut]:
    """A person's own; a member's of the sessions in which it sits; all of them for secretaries."""
    sought = {"state": state and state.value, "claim": claim, "session": session if caller.is_officer else None}
    found = await boards.list_cases(sought, looker, listing.after_id, listing.limit, uow)
    return listing.page(found, item=lambda each: BoardCaseOut.of(each, is_officer=caller.is_officer))


@router.get(
    "/v1/board-cases/{case}",
    summary="Read a case before a board",
    dependencies=[*_READ, reads(DataKind.CLAIM, DataKind.HEALTH, of="case")],
    responses=problems(404),
)
async def read_board_case(
    case: CaseInPath, uow: CommittedBeforeAnswer, caller: Party, looker: BoardLooker
) -> BoardCaseOut:
    """Invitation and, once the session is closed, result: a person's own; for officers as the list."""
    return BoardCaseOut.of(await boards.find_case(case, looker, uow), is_officer=caller.is_officer)


@router.post(
    "/v1/board-cases/{case}/attendances",
    status_code=201,
    summary="Say whether the person came",
    dependencies=[*_HEAR, reads(DataKind.CLAIM, DataKind.HEALTH, of="case")],
    responses=problems(400, 404, 409),
)
async def record_board_attendance(
    case: CaseInPath, body: BoardAttendanceIn, uow: CommittedBeforeAnswer, caller: Party
) -> BoardCaseOut:
    """Say it on the day of the session. Who did not come waits for another one; the second time two officers look."""
    told = await handle_attendance(RecordBoardAttendance(case, caller.subject, body.came), uow)
    return BoardCaseOut.of(told, is_officer=True)


@router.post(
    "/v1/board-cases/{case}/adjournments",
    status_code=201,
    summary="Say that the board adjourned a case",
    dependencies=[*_HEAR, reads(DataKind.CLAIM, DataKind.HEALTH, of="case")],
    responses=problems(400, 404, 409),
)
async def record_board_adjournment(
    case: CaseInPath, body: AdjournmentIn, uow: CommittedBeforeAnswer, caller: Party
) -> BoardCaseOut:
    """It waits for another session."""
    told = await handle_attendance(RecordBoardAttendance(case, caller.subject, adjourned_for=body.reason), uow)
    return BoardCaseOut.of(told, is_officer=True)


@router.post(
    "/v1/board-cases/{case}/results",
    status_code=201,
    summary="State what a board found",
    dependencies=[
        requires("claims:board_result:write"),
        Depends(officers_only),
        Depends(idempotent),
        reads(DataKind.CLAIM, DataKind.HEALTH, of="case"),
    ],
    responses=problems(400, 403, 404, 409, 422),
)
async def state_board_result(
    case: CaseInPath, body: BoardResultIn, uow: CommittedBeforeAnswer, caller: Party
) -> BoardCaseOut:
    """State it as chairman or member, in place of what was stated before. It counts once chairman and secretary close
    the session, in the queue `board_session`."""
    return BoardCaseOut.of(
        await handle_result(StateBoardResult(case, body.found(), caller.subject), uow), is_officer=True
    )
