"""What is known of an employer as facts: state, sector, branches, directors; its end, and its beginning again."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, LatestDay, Looker
from services.registration.api.employers import EmployerOut
from services.registration.api.fields import Officer, Source, stated_by
from services.registration.commands.state_of_employer import StateOfEmployer, activity_of, state_of_employer
from services.registration.domain.employer import Employer, tenant_of
from services.registration.domain.employer_fact import (
    EMPLOYS,
    ENDED,
    THE_ONLY_ONE,
    EmployerAttribute,
    EmployerDetails,
    EmployerFact,
    EmployerStatement,
    EmployerWait,
    MalaysianState,
)
from services.registration.domain.errors import EmployerUnknown
from services.registration.queries import employer_facts
from shared.kernel.clock import business_day
from shared.kernel.identifiers import employer_id, employer_number, new_id, person_id, person_number
from shared.law.act4.registration.rules import notify_cessation_by
from shared.law.book import book
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.fields import ONE_LINE, Day, DocumentNumber, Instant
from shared.web.ids import EmployerId, EmployerInPath, PersonId
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["employers"])

_LARGEST_FACT = 2**63 - 1
_DAY = timedelta(days=1)
_FactInPath = Annotated[int, Path(ge=1, le=_LARGEST_FACT, description="The fact.", examples=[12])]
_Line = Annotated[str, Field(min_length=1, max_length=150, examples=["CAWANGAN MELAKA"])]
_Address = Annotated[str, Field(min_length=1, max_length=300, examples=["12 Jalan Hang Tuah, 75300 Melaka"])]
_Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$", examples=["gaji@kilang.example"])]
_Telephone = Annotated[str, Field(max_length=20, pattern=r"^\+?[0-9 -]{5,19}$", examples=["+60 6 123 4567"])]
_BranchCode = Annotated[str, Field(max_length=12, pattern="^[A-Z][A-Z0-9]{8,11}$", examples=["A2401000124K"])]
_Value = Annotated[str, Field(min_length=1, max_length=150, examples=["melaka"])]
_Evidence = Annotated[str, Field(max_length=40, examples=["SSM-2026-0193"])]
_STATES: dict[bool | None, Literal["waiting", "counts", "refused"]] = {
    None: "waiting",
    True: "counts",
    False: "refused",
}


class EmployerDetailsIn(In):
    """A contact, a branch or a director; it is stored encrypted."""

    name: Annotated[_Line, ONE_LINE] | None = Field(
        default=None, description="Of the branch, the director, or whom to ask."
    )
    address: Annotated[_Address, ONE_LINE] | None = None
    email: _Email | None = None
    telephone: _Telephone | None = None
    code: _BranchCode | None = Field(default=None, description="A branch's own code with the organisation.")
    state: MalaysianState | None = Field(default=None, description="Of a branch.")
    person: PersonId | None = Field(default=None, description="A director who is registered, in place of the name.")

    def details(self) -> EmployerDetails:
        """As they are kept."""
        person = None if self.person is None else person_number(self.person)
        return EmployerDetails(self.name, self.address, self.email, self.telephone, self.code, self.state, person)


class EmployerFactIn(In):
    """What is so of an employer, since when, and by which document."""

    model_config = examples(
        {"attribute": "state", "value": "melaka"},
        {"attribute": "sector", "value": "C", "first_day": "2026-01-01", "last_day": "2026-12-31"},
        {
            "attribute": "branch",
            "item": "0190a0e4-7c1b-7d53-9c42-3f6d7b1f0a11",
            "details": {
                "name": "CAWANGAN MELAKA",
                "address": "12 Jalan Hang Tuah, 75300 Melaka",
                "email": "gaji@kilang.example",
                "telephone": "+60 6 123 4567",
                "code": "A2401000124K",
                "state": "melaka",
            },
        },
        {"attribute": "director", "details": {"name": "TAN AH KOW"}, "evidence": "SSM-2026-0193"},
        {"attribute": "director", "details": {"person": "P000000012T"}, "evidence": "SSM-2026-0193"},
    )

    attribute: Literal["state", "sector", "company_number", "name", "contact", "branch", "director"] = Field(
        description="Of branches and directors there may be several, of everything else one."
    )
    value: Annotated[_Value, ONE_LINE] | None = Field(
        default=None, description="The code of the state or of the sector, the company number or the name."
    )
    details: EmployerDetailsIn | None = Field(default=None, description="Of a contact, a branch or a director.")
    item: UUID | None = Field(
        default=None,
        description="Which branch or director is stated otherwise than before; left out: another one.",
        examples=["0190a0e4-7c1b-7d53-9c42-3f6d7b1f0a11"],
    )
    first_day: Day | None = Field(
        default=None, description="The first day; left out: as long as there is the employer."
    )
    last_day: Day | None = Field(default=None, description="The last day; left out: for good.")
    evidence: DocumentNumber | None = None

    def statement(self, employer: int, caller: Caller) -> EmployerStatement:
        """What is stated."""
        several = self.attribute in ("branch", "director")
        return EmployerStatement(
            id=new_id(),
            employer=employer,
            by=stated_by(caller),
            attribute=EmployerAttribute(self.attribute),
            value=self.value,
            details=None if self.details is None else self.details.details(),
            item=self.item or (new_id() if several else THE_ONLY_ONE),
            first=self.first_day,
            last=self.last_day,
            evidence=self.evidence,
        )


class EmployerEndIn(In):
    """That an employer employs nobody any more."""

    model_config = examples({"ended_on": "2026-06-30", "evidence": "BORANG-1A-2026-0193"})

    ended_on: Day = Field(description="The last day as an employer.", examples=["2026-06-30"])
    evidence: DocumentNumber | None = None


class EmployerResumptionIn(In):
    """That an employer that had ended employs again, or never ended."""

    model_config = examples({"employs_from": "2026-09-01", "evidence": "BORANG-1-2026-0193"})

    employs_from: Day = Field(description="The first day on which it employs again.", examples=["2026-09-01"])
    evidence: DocumentNumber | None = None


class EmployerRetractionIn(In):
    """That a fact never was, and the document that shows it."""

    model_config = examples({"evidence": "SSM-2026-0193"})

    evidence: DocumentNumber


class EmployerStatementStated(Out):
    """That something was stated. What it says is read by its id, so that no kept answer holds it."""

    statement: UUID
    state: Literal["waiting", "counts", "refused"] = Field(description="waiting: for two officers. counts: already.")
    reason: EmployerWait | None = Field(description="Why it waits.")
    late: bool = Field(description="Of an end: whether it was stated later than the law asks, Form 1A in 30 days.")

    @classmethod
    def of(cls, said: EmployerStatement) -> Self:
        """From what is stored."""
        return cls(statement=said.id, state=_STATES[said.counts], reason=said.reason, late=_is_late(said))


class EmployerDetailsOut(Out):
    """A contact, a branch or a director."""

    name: _Line | None
    address: _Address | None
    email: _Email | None
    telephone: _Telephone | None
    code: _BranchCode | None
    state: MalaysianState | None
    person: PersonId | None

    @classmethod
    def of(cls, details: EmployerDetails) -> Self:
        """From what is stored."""
        return cls(
            name=details.name,
            address=details.address,
            email=details.email,
            telephone=details.telephone,
            code=details.code,
            state=details.state,
            person=None if details.person is None else person_id(details.person),
        )


class EmployerFactOut(Out):
    """What was stated of an employer and counts, and on whose word."""

    fact: int = Field(ge=1, le=_LARGEST_FACT, examples=[12])
    attribute: EmployerAttribute
    item: UUID | None = Field(description="Which branch or director.")
    value: _Value | None
    details: EmployerDetailsOut | None
    first_day: date | None
    last_day: date | None
    stated_by: Source
    officer: Officer | None = Field(description="Who of the organisation stated it; for officers.")
    approved_by: Officer | None = Field(description="Who let it count; for officers.")
    evidence: _Evidence | None
    recorded_at: datetime
    retracts: int | None = Field(ge=1, le=_LARGEST_FACT, description="The fact that it takes back.")
    retracted_by: int | None = Field(ge=1, le=_LARGEST_FACT, description="The fact that takes it back.")

    @classmethod
    def of(cls, fact: EmployerFact, *, officer: bool) -> Self:
        """From what is stored."""
        return cls(
            fact=fact.id,
            attribute=fact.attribute,
            item=None if fact.item == THE_ONLY_ONE else fact.item,
            value=fact.value,
            details=None if fact.details is None else EmployerDetailsOut.of(fact.details),
            first_day=fact.first,
            last_day=fact.last,
            stated_by=fact.source,
            officer=fact.officer if officer else None,
            approved_by=fact.approved_by if officer else None,
            evidence=fact.evidence,
            recorded_at=fact.recorded_at,
            retracts=fact.retracts,
            retracted_by=fact.retracted_by,
        )


class EmployerProfileOut(Out):
    """An employer, and each fact that holds on a day."""

    employer: EmployerOut
    facts: list[EmployerFactOut] = Field(max_length=1000)

    @classmethod
    def of(cls, found: tuple[Employer, Sequence[EmployerFact]], *, officer: bool) -> Self:
        """From what is stored."""
        employer, facts = found
        return cls(
            employer=EmployerOut.of(employer), facts=[EmployerFactOut.of(fact, officer=officer) for fact in facts]
        )


class EmployerStatementOut(Out):
    """What was stated of an employer, and whether it counts."""

    statement: UUID
    employer: EmployerId
    attribute: EmployerAttribute
    value: _Value | None
    details: EmployerDetailsOut | None
    first_day: date | None
    last_day: date | None
    takes_back: int | None = Field(ge=1, le=_LARGEST_FACT, description="The fact that is taken back.")
    evidence: _Evidence | None
    stated_by: Source
    stated_at: datetime
    state: Literal["waiting", "counts", "refused"]
    reason: EmployerWait | None = Field(description="Why it waits, or waited, for two officers.")
    late: bool

    @classmethod
    def of(cls, said: EmployerStatement) -> Self:
        """From what is stored."""
        return cls(
            statement=said.id,
            employer=employer_id(said.employer),
            attribute=said.attribute,
            value=said.value,
            details=None if said.details is None else EmployerDetailsOut.of(said.details),
            first_day=said.first,
            last_day=said.last,
            takes_back=said.retracts,
            evidence=said.evidence,
            stated_by=said.by.tenant,
            stated_at=said.by.at,
            state=_STATES[said.counts],
            reason=said.reason,
            late=_is_late(said),
        )


def _is_late(said: EmployerStatement) -> bool:
    if not said.ends_employer or said.first is None:
        return False
    day = business_day(said.by.at)
    return day > notify_cessation_by(said.first - _DAY, book().on(day, day))


def _own(employer: str, caller: Caller) -> int:
    """The number of an employer that the caller may state something of; raises EmployerUnknown."""
    number = employer_number(employer)
    if not caller.is_officer and caller.party != tenant_of(number):
        raise EmployerUnknown()
    return number


@router.post(
    "/v1/employers/{employer}/facts",
    status_code=201,
    summary="State a fact of an employer",
    dependencies=[requires("registration:employer:state"), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def record_employer_fact(
    employer: EmployerInPath,
    body: EmployerFactIn,
    uow: CommittedBeforeAnswer,
    caller: Party,
    looker: Looker,
    latest: LatestDay,
) -> EmployerStatementStated:
    """The employer of itself, or an officer.

    A director, a name and a company number wait for two officers, of whom the one who approves did not state it.
    """
    said = body.statement(_own(employer, caller), caller)
    return EmployerStatementStated.of(await state_of_employer(StateOfEmployer(said, latest, looker), uow))


@router.post(
    "/v1/employers/{employer}/end",
    status_code=201,
    summary="End an employer",
    dependencies=[requires("registration:employer:state"), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def end_employer(
    employer: EmployerInPath,
    body: EmployerEndIn,
    uow: CommittedBeforeAnswer,
    caller: Party,
    looker: Looker,
    latest: LatestDay,
) -> EmployerStatementStated:
    """Say on which day an employer employed last: the employer of itself, at once; an officer, with another one's word.

    No employment ends by it: each that goes on has an end that waits (GET /v1/waiting-ends). Nobody is hired after.
    """
    stated = (ENDED, body.ended_on, stated_by(caller), body.evidence)
    said = activity_of(_own(employer, caller), *stated)
    return EmployerStatementStated.of(await state_of_employer(StateOfEmployer(said, latest + _DAY, looker), uow))


@router.post(
    "/v1/employers/{employer}/resumption",
    status_code=201,
    summary="Let an employer that ended begin again",
    dependencies=[requires("registration:employer:state"), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def resume_employer(
    employer: EmployerInPath,
    body: EmployerResumptionIn,
    uow: CommittedBeforeAnswer,
    caller: Party,
    looker: Looker,
    latest: LatestDay,
) -> EmployerStatementStated:
    """Say since when an employer employs again: the employer of itself, or an officer with another one's word."""
    stated = (EMPLOYS, body.employs_from, stated_by(caller), body.evidence)
    said = activity_of(_own(employer, caller), *stated)
    return EmployerStatementStated.of(await state_of_employer(StateOfEmployer(said, latest, looker), uow))


@router.post(
    "/v1/employers/{employer}/facts/{fact}/retractions",
    status_code=201,
    summary="Take back a fact of an employer",
    dependencies=[requires("registration:employer:state"), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def retract_employer_fact(
    employer: EmployerInPath,
    fact: _FactInPath,
    body: EmployerRetractionIn,
    uow: CommittedBeforeAnswer,
    caller: Party,
    looker: Looker,
    latest: LatestDay,
) -> EmployerStatementStated:
    """Say that a fact never was; it holds until two officers have let that count."""
    number = _own(employer, caller)
    said = EmployerStatement(
        new_id(), number, stated_by(caller), EmployerAttribute.NAME, retracts=fact, evidence=body.evidence
    )
    return EmployerStatementStated.of(await state_of_employer(StateOfEmployer(said, latest, looker), uow))


@router.get(
    "/v1/employers/{employer}/facts",
    summary="List the facts of an employer",
    dependencies=[requires("registration:employer:read")],
    responses=problems(400, 404, 422),
)
async def list_employer_facts(
    employer: EmployerInPath, listing: Listing, uow: CommittedBeforeAnswer, looker: Looker
) -> Page[EmployerFactOut]:
    """All that ever counted, in its order: the caller's own; any employer's for the organisation's officers."""
    after = int(listing.after[0]) if listing.after else 0
    found = await employer_facts.list_employer_facts(employer_number(employer), after, listing.limit, looker, uow)
    return listing.page(
        found,
        item=lambda fact: EmployerFactOut.of(fact, officer=looker.officer),
        position=lambda fact: [str(fact.id)],
    )


@router.get(
    "/v1/employers/{employer}/profile",
    summary="Read what holds of an employer",
    dependencies=[requires("registration:employer:read")],
    responses=problems(404, 422),
)
async def read_employer_profile(
    employer: EmployerInPath,
    uow: CommittedBeforeAnswer,
    looker: Looker,
    at: Annotated[Day | None, Query(description="The day. Left out: today.")] = None,
    known_at: Annotated[Instant | None, Query(description="As known at this instant. Left out: now.")] = None,
) -> EmployerProfileOut:
    """State, sector, contact, branches, directors and activity on a day, as it was known at an instant."""
    found = await employer_facts.find_employer_profile(employer_number(employer), at, known_at, looker, uow)
    return EmployerProfileOut.of(found, officer=looker.officer)


@router.get(
    "/v1/employer-statements",
    summary="List what was stated of employers",
    dependencies=[requires("registration:employer:read")],
    responses=problems(400, 422),
)
async def list_employer_statements(
    listing: Listing, uow: CommittedBeforeAnswer, looker: Looker
) -> Page[EmployerStatementOut]:
    """Of the caller; of every employer for the officers, who decide in the queue `employer_statement` what waits."""
    found = await employer_facts.list_employer_statements(listing.after_id, listing.limit, looker, uow)
    return listing.page(found, item=EmployerStatementOut.of, position=lambda said: [str(said.id)])
