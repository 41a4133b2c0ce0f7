"""What officers do about employers that do not register or contribute: inspections, notices, assessments, compounds."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Protocol, Self, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field, model_validator

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.api.fields import MONTH_PATTERN, Officer, Source
from services.registration.commands.give_notice import GiveNotice
from services.registration.commands.give_notice import give_notice as handle_notice
from services.registration.commands.object_to_assessment import ObjectToAssessment
from services.registration.commands.object_to_assessment import object_to_assessment as handle_objection
from services.registration.commands.plan_inspection import PlanInspection
from services.registration.commands.plan_inspection import plan_inspection as handle_plan
from services.registration.commands.report_inspection import ReportInspection
from services.registration.commands.report_inspection import report_inspection as handle_report
from services.registration.commands.state_assessment import StateAssessment
from services.registration.commands.state_assessment import state_assessment as handle_assessment
from services.registration.commands.state_compound import StateCompound
from services.registration.commands.state_compound import state_compound as handle_compound
from services.registration.domain.assessment import (
    AssessedLine,
    AssessedWage,
    Assessment,
    AssessmentState,
    Objection,
    ObjectionReason,
    total,
)
from services.registration.domain.employer_fact import EmployerFact
from services.registration.domain.enforcement import (
    Compound,
    CompoundState,
    Demand,
    Finding,
    Inspection,
    InspectionReason,
    InspectionState,
    Notice,
    NoticeState,
    Offence,
    Payment,
)
from services.registration.queries import enforcement
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.identifiers import employer_id, employer_number, person_id, person_number
from shared.kernel.payment_reference import CompoundReference
from shared.kernel.periods import Month
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, officers_only, requires
from shared.web.fields import LARGEST_INTEGER, Day, DocumentNumber
from shared.web.ids import EMPLOYER_PATTERN, EmployerId, PersonId
from shared.web.money import In, Money, Out, StatedMoney, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["enforcement"])

_READ, _WRITE = "registration:enforcement:read", "registration:enforcement:write"
# An assessment of more people is stated in several.
_MOST_WAGES = 1_000
_MOST_PAYMENTS = 1_000
_MOST_DIRECTORS = 1_000
_LongMonth = Annotated[str, Field(min_length=7, max_length=7, pattern=MONTH_PATTERN, examples=["2026-05"])]
_Evidence = Annotated[str, Field(max_length=40, examples=["KB-2026-0193"])]
_Law = Annotated[str, Field(max_length=1_000, description="Acts and sections.", examples=["Act 4, s.95A"])]
_AfterInspection = Annotated[
    UUID | None,
    Field(description="The inspection that found it.", examples=["0197b6a0-6c00-7000-8000-000000000007"]),
]
_Count = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]


async def _employer_filter(
    employer: Annotated[
        str | None, Query(pattern=EMPLOYER_PATTERN, max_length=11, description="One employer's.")
    ] = None,
) -> int | None:
    return None if employer is None else employer_number(employer)


_EmployerFilter = Annotated[int | None, Depends(_employer_filter)]


class InspectionIn(In):
    """An inspection that is planned."""

    model_config = examples({"employer": "E0000000076", "reason": "complaint", "planned_for": "2026-08-20"})

    employer: EmployerId
    reason: InspectionReason
    planned_for: Day


class InspectionReportIn(In):
    """What an inspection found."""

    model_config = examples(
        {"held_on": "2026-08-20", "findings": ["contributions_not_declared"], "evidence": "LP-2026-0193"}
    )

    held_on: Day
    findings: list[Finding] = Field(min_length=1, max_length=len(Finding))
    evidence: DocumentNumber

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if len(set(self.findings)) < len(self.findings):
            raise ValueError("Each finding is named once.")
        if Finding.NOTHING in self.findings and len(self.findings) > 1:
            raise ValueError("Nothing was found, or something was.")
        return self


class InspectionOut(Out):
    """An inspection. Its employer sees it once it was held."""

    inspection: UUID
    employer: EmployerId
    reason: InspectionReason
    planned_for: date
    state: InspectionState
    held_on: date | None
    findings: list[Finding] = Field(max_length=len(Finding))
    evidence: _Evidence | None
    stated_at: datetime
    officer: Officer | None = Field(description="Who planned it; for officers.")
    reported_by: Officer | None = Field(description="Who reported it; for officers.")
    reported_at: datetime | None

    @classmethod
    def of(cls, found: Inspection, *, officer: bool) -> Self:
        """From what is stored."""
        return cls(
            inspection=found.id,
            employer=employer_id(found.employer),
            reason=found.reason,
            planned_for=found.planned_for,
            state=found.state,
            held_on=found.held_on,
            findings=list(found.findings),
            evidence=found.evidence,
            stated_at=found.stated_at,
            officer=found.officer if officer else None,
            reported_by=found.reported_by if officer else None,
            reported_at=found.reported_at,
        )


class NoticeIn(In):
    """A follow-up notice."""

    model_config = examples(
        {"employer": "E0000000076", "demand": "declare_contributions"},
        {
            "employer": "E0000000076",
            "inspection": "019c0f6e-1111-7000-8000-00000000000a",
            "demand": "register_workers",
            "evidence": "NS-2026-0193",
        },
    )

    employer: EmployerId
    inspection: _AfterInspection = None
    demand: Demand
    evidence: DocumentNumber | None = None


class NoticeOut(Out):
    """A follow-up notice, and whether it was complied with."""

    notice: UUID
    employer: EmployerId
    inspection: UUID | None
    demand: Demand
    given_on: date
    answer_by: date = Field(description="The last day on which to comply.")
    law: _Law
    evidence: _Evidence | None
    state: NoticeState
    stated_at: datetime
    officer: Officer | None = Field(description="Who gave it; for officers.")
    proposed_by: Officer | None
    approved_by: Officer | None
    decided_at: datetime | None

    @classmethod
    def of(cls, found: Notice, *, officer: bool) -> Self:
        """From what is stored."""
        return cls(
            notice=found.id,
            employer=employer_id(found.employer),
            inspection=found.inspection,
            demand=found.demand,
            given_on=found.given_on,
            answer_by=found.answer_by,
            law=found.law,
            evidence=found.evidence,
            state=found.state,
            stated_at=found.stated_at,
            officer=found.officer if officer else None,
            proposed_by=found.proposed_by if officer else None,
            approved_by=found.approved_by if officer else None,
            decided_at=found.decided_at,
        )


class AssessedWageIn(In):
    """What a person earned in a month, as an officer found it; zero where nothing is owed after all."""

    month: _LongMonth
    person: PersonId
    wage: StatedMoney

    def stated(self) -> AssessedWage:
        """Raises PublicIdInvalid."""
        return AssessedWage(Month.of(self.month), person_number(self.person), self.wage.sen)


class AssessmentIn(In):
    """What was not declared, by month and person. Nobody types what is due of it."""

    model_config = examples(
        {
            "employer": "E0000000076",
            "inspection": "019c0f6e-1111-7000-8000-00000000000a",
            "evidence": "LP-2026-0193",
            "wages": [{"month": "2026-05", "person": "P000000012T", "wage": {"amount": "3050.00", "currency": "MYR"}}],
        }
    )

    employer: EmployerId
    inspection: _AfterInspection = None
    evidence: DocumentNumber
    wages: list[AssessedWageIn] = Field(min_length=1, max_length=_MOST_WAGES)


class AssessedLineOut(Out):
    """What is assessed of a person's month, all of which the employer owes, less what it declares."""

    month: _LongMonth
    person: PersonId
    wage: Money
    due: Money = Field(description="By the tables of the month, the employee's shares too.")

    @classmethod
    def of(cls, line: AssessedLine) -> Self:
        """From what is stored."""
        due = Money.of(total(line.amounts))
        return cls(month=str(line.month), person=person_id(line.person), wage=Money.of(line.wage_sen), due=due)


class ObjectionIn(In):
    """Why an assessment is not right."""

    model_config = examples({"reason": "wages_differ", "evidence": "SLIP-2026-0193"})

    reason: ObjectionReason
    evidence: DocumentNumber


class ObjectionOut(Out):
    """An employer's objection."""

    reason: ObjectionReason
    evidence: _Evidence
    stated_by: Source
    objected_at: datetime

    @classmethod
    def of(cls, said: Objection) -> Self:
        """From what is stored."""
        return cls(reason=said.reason, evidence=said.evidence, stated_by=said.source, objected_at=said.at)


class AssessmentOut(Out):
    """An assessment. It counts for nothing before two officers confirm it."""

    assessment: UUID
    employer: EmployerId
    inspection: UUID | None
    evidence: _Evidence
    state: AssessmentState
    object_by: date = Field(description="The last day on which the employer may object.")
    law: _Law
    persons: _Count
    months: _Count
    due: Money
    objection: ObjectionOut | None
    stated_at: datetime
    officer: Officer | None = Field(description="Who stated it; for officers.")
    proposed_by: Officer | None
    approved_by: Officer | None
    decided_at: datetime | None

    @classmethod
    def of(cls, found: Assessment, *, officer: bool) -> Self:
        """From what is stored."""
        return cls(**_of_assessment(found, officer=officer))


class LiableDirectorOut(Out):
    """Who directed the company then, and is taken to be liable with it (Act 4 s.108A: assumed, no source has its
    words)."""

    person: PersonId | None = Field(description="Where the director is registered.")
    name: str | None = Field(max_length=150, description="Where the director is not.")
    first_day: date | None
    last_day: date | None

    @classmethod
    def of(cls, fact: EmployerFact) -> Self:
        """From what is stored."""
        person = None if fact.details is None else fact.details.person
        name = None if fact.details is None else fact.details.name
        days = {"first_day": fact.first, "last_day": fact.last}
        return cls(person=None if person is None else person_id(person), name=name, **days)


_Directors = Annotated[list[LiableDirectorOut], Field(max_length=_MOST_DIRECTORS, description="For officers.")]


class AssessmentWithLines(AssessmentOut):
    """The same, line by line."""

    lines: list[AssessedLineOut] = Field(max_length=_MOST_WAGES)
    directors: _Directors

    @classmethod
    def of_all(cls, found: Assessment, directors: Sequence[EmployerFact], *, officer: bool) -> Self:
        """From what is stored."""
        lines = [AssessedLineOut.of(line) for line in found.lines]
        known = [LiableDirectorOut.of(each) for each in directors]
        return cls(**_of_assessment(found, officer=officer), lines=lines, directors=known)


class CompoundIn(In):
    """An offence that is to be compounded, which two officers decide."""

    model_config = examples(
        {
            "employer": "E0000000076",
            "inspection": "019c0f6e-1111-7000-8000-00000000000a",
            "offence": "contributions_not_paid",
            "amount": {"amount": "1500.00", "currency": "MYR"},
            "evidence": "KOMP-2026-0193",
        }
    )

    employer: EmployerId
    inspection: _AfterInspection = None
    offence: Offence
    amount: StatedMoney
    evidence: DocumentNumber


class CompoundPaymentOut(Out):
    """Money on the account whose payer named the compound."""

    amount: Money
    banked_on: date
    taken_back: bool = Field(description="Whether the bank took it back, or the compound did not need it.")

    @classmethod
    def of(cls, payment: Payment) -> Self:
        """From what is stored."""
        return cls(amount=Money.of(payment.amount_sen), banked_on=payment.banked_on, taken_back=payment.is_taken_back)


class CompoundOut(Out):
    """A compound. Its employer sees it once it is offered."""

    compound: UUID
    employer: EmployerId
    inspection: UUID | None
    offence: Offence
    amount: Money
    paid: Money
    state: CompoundState
    reference: str = Field(
        min_length=20,
        max_length=20,
        pattern=r"^RF[0-9]{2}K[0-9]{15}$",
        description="What to write on the payment: a creditor reference (ISO 11649). Blanks may stand in it.",
        examples=["RF06K000000000000001"],
    )
    evidence: _Evidence
    law: _Law
    offered_on: date | None
    pay_by: date | None = Field(description="The last value day in time.")
    lapsed_at: datetime | None = Field(description="When it was found not to be paid by then.")
    paid_late: bool = Field(description="Whether two officers took it although it was paid later.")
    stated_at: datetime
    officer: Officer | None = Field(description="Who stated it; for officers.")
    proposed_by: Officer | None
    approved_by: Officer | None
    decided_at: datetime | None
    decided_for: _Evidence | None

    @classmethod
    def of(cls, found: Compound, *, officer: bool) -> Self:
        """From what is stored."""
        return cls(**_of_compound(found, officer=officer))


class CompoundWithPayments(CompoundOut):
    """The same, with what was paid of it."""

    payments: list[CompoundPaymentOut] = Field(max_length=_MOST_PAYMENTS)
    directors: _Directors

    @classmethod
    def of_all(
        cls, found: Compound, payments: Sequence[Payment], directors: Sequence[EmployerFact], *, officer: bool
    ) -> Self:
        """From what is stored."""
        paid = [CompoundPaymentOut.of(each) for each in payments[:_MOST_PAYMENTS]]
        known = [LiableDirectorOut.of(each) for each in directors]
        return cls(**_of_compound(found, officer=officer), payments=paid, directors=known)


def _of_assessment(found: Assessment, *, officer: bool) -> dict[str, object]:
    return {
        "assessment": found.id,
        "employer": employer_id(found.employer),
        "inspection": found.inspection,
        "evidence": found.evidence,
        "state": found.state,
        "object_by": found.object_by,
        "law": found.law,
        "persons": found.persons,
        "months": found.months,
        "due": Money.of(found.total_sen),
        "objection": None if found.objection is None else ObjectionOut.of(found.objection),
        "stated_at": found.stated_at,
        "officer": found.officer if officer else None,
        "proposed_by": found.proposed_by if officer else None,
        "approved_by": found.approved_by if officer else None,
        "decided_at": found.decided_at,
    }


def _of_compound(found: Compound, *, officer: bool) -> dict[str, object]:
    names = (
        *("inspection", "offence", "state", "evidence", "law", "offered_on", "pay_by", "lapsed_at", "paid_late"),
        *("stated_at", "decided_at", "decided_for"),
    )
    return {
        **{name: getattr(found, name) for name in names},
        "compound": found.id,
        "employer": employer_id(found.employer),
        "amount": Money.of(found.amount_sen),
        "paid": Money.of(found.paid_sen),
        "reference": str(CompoundReference(found.number)),
        **{name: getattr(found, name) if officer else None for name in ("officer", "proposed_by", "approved_by")},
    }


_Stated = TypeVar("_Stated")
_StatedAs = TypeVar("_StatedAs", contravariant=True)
_Told = TypeVar("_Told", bound=Out, covariant=True)


class _TellsOf(Protocol[_StatedAs, _Told]):
    """Makes the model of a matter from what is stored."""

    def __call__(self, found: _StatedAs, /, *, officer: bool) -> _Told: ...


_Read = Callable[[int | None, UUID | None, int, Viewer, RegistrationUnitOfWork], Awaitable[Sequence[_Stated]]]


async def _page(
    read: _Read[_Stated],
    tell: _TellsOf[_Stated, _Told],
    listing: Listing,
    employer: int | None,
    looker: Viewer,
    uow: RegistrationUnitOfWork,
) -> Page[_Told]:
    """Matters of one kind by id, as the looker may see them: alike for every kind."""
    found = await read(employer, listing.after_id, listing.limit, looker, uow)
    return listing.page(found, item=lambda each: tell(each, officer=looker.officer))


@router.post(
    "/v1/inspections",
    status_code=201,
    summary="Plan an inspection",
    dependencies=[requires(_WRITE), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 404, 422),
)
async def state_inspection(body: InspectionIn, uow: CommittedBeforeAnswer, caller: Party) -> InspectionOut:
    """Plan it, as an officer: the employer is not told before it is held."""
    planned = PlanInspection(employer_number(body.employer), body.reason, body.planned_for, caller.subject)
    return InspectionOut.of(await handle_plan(planned, uow), officer=True)


@router.post(
    "/v1/inspections/{inspection}/reports",
    status_code=201,
    summary="Report an inspection",
    dependencies=[requires(_WRITE), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def report_inspection(
    inspection: Annotated[UUID, Path()], body: InspectionReportIn, uow: CommittedBeforeAnswer, caller: Party
) -> InspectionOut:
    """Say once what was found, as an officer; its employer sees it from then on."""
    said = ReportInspection(inspection, body.held_on, tuple(body.findings), body.evidence, caller.subject)
    return InspectionOut.of(await handle_report(said, uow), officer=True)


@router.post(
    "/v1/inspections/{inspection}/cancellation",
    status_code=201,
    summary="Call an inspection off",
    dependencies=[requires(_WRITE), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def stop_inspection(
    inspection: Annotated[UUID, Path()], uow: CommittedBeforeAnswer, caller: Party
) -> InspectionOut:
    """Say that it is not held, as an officer."""
    said = ReportInspection(inspection, None, (), None, caller.subject)
    return InspectionOut.of(await handle_report(said, uow), officer=True)


@router.get(
    "/v1/inspections",
    summary="List inspections",
    dependencies=[requires(_READ)],
    responses=problems(400, 422),
)
async def list_inspections(
    listing: Listing, uow: CommittedBeforeAnswer, looker: Looker, employer: _EmployerFilter
) -> Page[InspectionOut]:
    """Those of the caller that were held; all of them for the officers of enforcement."""
    return await _page(enforcement.list_inspections, InspectionOut.of, listing, employer, looker, uow)


@router.post(
    "/v1/enforcement-notices",
    status_code=201,
    summary="Give a follow-up notice",
    dependencies=[requires(_WRITE), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 404, 422),
)
async def send_enforcement_notice(body: NoticeIn, uow: CommittedBeforeAnswer, caller: Party) -> NoticeOut:
    """Give it today, as an officer. Two officers are asked in the queue `enforcement` once its days are over."""
    said = GiveNotice(employer_number(body.employer), body.inspection, body.demand, body.evidence, caller.subject)
    return NoticeOut.of(await handle_notice(said, uow), officer=True)


@router.get(
    "/v1/enforcement-notices",
    summary="List follow-up notices",
    dependencies=[requires(_READ)],
    responses=problems(400, 422),
)
async def list_enforcement_notices(
    listing: Listing, uow: CommittedBeforeAnswer, looker: Looker, employer: _EmployerFilter
) -> Page[NoticeOut]:
    """Those of the caller; all of them for the officers of enforcement."""
    return await _page(enforcement.list_notices, NoticeOut.of, listing, employer, looker, uow)


@router.post(
    "/v1/assessments",
    status_code=201,
    summary="Assess what was not declared",
    dependencies=[requires(_WRITE), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def state_assessment(
    body: AssessmentIn, uow: CommittedBeforeAnswer, caller: Party, looker: Looker, response: Response
) -> AssessmentWithLines:
    """State it as an officer: what is due follows from the tables. The employer may object; then two officers decide
    in the queue `enforcement`."""
    wages = [each.stated() for each in body.wages]
    said = StateAssessment(employer_number(body.employer), body.inspection, wages, body.evidence, caller.subject)
    stated = await handle_assessment(said, uow)
    response.headers["location"] = f"/v1/assessments/{stated.id}"
    directors = await enforcement.find_directors_of_assessment(stated, looker, uow)
    return AssessmentWithLines.of_all(stated, directors, officer=True)


@router.get(
    "/v1/assessments",
    summary="List assessments",
    dependencies=[requires(_READ)],
    responses=problems(400, 422),
)
async def list_assessments(
    listing: Listing, uow: CommittedBeforeAnswer, looker: Looker, employer: _EmployerFilter
) -> Page[AssessmentOut]:
    """Those of the caller; all of them for the officers of enforcement."""
    return await _page(enforcement.list_assessments, AssessmentOut.of, listing, employer, looker, uow)


@router.get(
    "/v1/assessments/{assessment}",
    summary="Read an assessment",
    dependencies=[requires(_READ), reads(DataKind.WAGE, of="lines.person")],
    responses=problems(404, 422),
)
async def read_assessment(
    assessment: Annotated[UUID, Path()], uow: CommittedBeforeAnswer, looker: Looker
) -> AssessmentWithLines:
    """Line by line: the caller's own; any for the officers of enforcement."""
    found = await enforcement.find_assessment(assessment, looker, uow)
    directors = await enforcement.find_directors_of_assessment(found, looker, uow)
    return AssessmentWithLines.of_all(found, directors, officer=looker.officer)


@router.post(
    "/v1/assessments/{assessment}/objections",
    status_code=201,
    summary="Object to an assessment",
    dependencies=[requires("registration:assessment_objection:write"), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def refuse_assessment(
    assessment: Annotated[UUID, Path()], body: ObjectionIn, uow: CommittedBeforeAnswer, caller: Party, looker: Looker
) -> AssessmentOut:
    """Once, as the employer, or as an officer for it, by the day that it names. Two officers decide."""
    officer = caller.subject if caller.is_officer else None
    said = ObjectToAssessment(assessment, body.reason, body.evidence, looker, officer)
    return AssessmentOut.of(await handle_objection(said, uow), officer=looker.officer)


@router.post(
    "/v1/compounds",
    status_code=201,
    summary="State a compound",
    dependencies=[requires(_WRITE), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def state_compound(
    body: CompoundIn, uow: CommittedBeforeAnswer, caller: Party, response: Response
) -> CompoundOut:
    """State it as an officer, within the bounds of the book: it is offered once two officers decide so in the queue
    `enforcement`."""
    what = (body.inspection, body.offence, body.amount.sen, body.evidence, caller.subject)
    stated = await handle_compound(StateCompound(employer_number(body.employer), *what), uow)
    response.headers["location"] = f"/v1/compounds/{stated.id}"
    return CompoundOut.of(stated, officer=True)


@router.get(
    "/v1/compounds",
    summary="List compounds",
    dependencies=[requires(_READ)],
    responses=problems(400, 422),
)
async def list_compounds(
    listing: Listing, uow: CommittedBeforeAnswer, looker: Looker, employer: _EmployerFilter
) -> Page[CompoundOut]:
    """Those of the caller that were offered; all of them for the officers of enforcement."""
    return await _page(enforcement.list_compounds, CompoundOut.of, listing, employer, looker, uow)


@router.get(
    "/v1/compounds/{compound}",
    summary="Read a compound",
    dependencies=[requires(_READ)],
    responses=problems(404, 422),
)
async def read_compound(
    compound: Annotated[UUID, Path()], uow: CommittedBeforeAnswer, looker: Looker
) -> CompoundWithPayments:
    """What to write on its payment, and what was paid: the caller's own; any for the officers of enforcement."""
    found, payments = await enforcement.find_compound(compound, looker, uow)
    directors = await enforcement.find_directors_of_compound(found, looker, uow)
    return CompoundWithPayments.of_all(found, payments, directors, officer=looker.officer)
