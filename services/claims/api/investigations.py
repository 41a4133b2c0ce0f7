"""Investigations: why a claim is looked into, who was heard, and how two officers ended it."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer
from services.claims.api.inconsistencies import SaidIn
from services.claims.commands.open_investigation import OpenInvestigation, open_investigation
from services.claims.commands.record_interview import RecordInterview
from services.claims.commands.record_interview import record_interview as handle_record_interview
from services.claims.domain.investigation import (
    Conclusion,
    Heard,
    HeardAt,
    Interview,
    InvestigatedFor,
    Investigation,
)
from services.claims.queries import investigations
from shared.kernel.identifiers import person_id, person_number
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import Day, DocumentNumber
from shared.web.ids import PersonId
from shared.web.money import In, Out, examples
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["investigations"])

READ = [requires("claims:investigation:read"), Depends(officers_only)]
WRITE = [requires("claims:investigation:write"), Depends(officers_only), Depends(idempotent)]
MOST_SHOWN = 1000


class InvestigationIn(In):
    """Why a claim is looked into."""

    model_config = examples({"reason": "contract_of_service"})

    reason: InvestigatedFor = Field(description="What is in doubt")


class InterviewIn(SaidIn):
    """Who was heard, and what that one says of day, time, employer and wage; the rest stands in the document."""

    model_config = examples(
        {
            "heard": "witness",
            "person": "P000000012T",
            "held_on": "2026-08-20",
            "held_at": "employer_premises",
            "document": "12C-2026-0007",
            "day": "2026-07-16",
            "at_time": "22:40",
        },
        {
            "heard": "employer",
            "held_on": "2026-08-21",
            "held_at": "office",
            "document": "12C-2026-0008",
            "employer": "E0000000076",
            "wages": [
                {"month": "2026-06", "wage": {"amount": "2480.00", "currency": "MYR"}, "employer": "E0000000076"}
            ],
            "replaces": "018f0000-0000-7000-8000-000000000001",
        },
    )

    heard: Heard
    person: PersonId | None = Field(default=None, description="The number of whoever is registered")
    held_on: Day
    held_at: HeardAt
    document: DocumentNumber
    replaces: UUID | None = Field(
        default=None,
        description="An interview that was recorded wrongly",
        examples=["018f0000-0000-7000-8000-000000000001"],
    )

    def command(self, caller: Caller, investigation: UUID) -> RecordInterview:
        """As a command."""
        return RecordInterview(
            tenant=caller.party,
            by=caller.subject,
            investigation=investigation,
            heard=self.heard,
            person=None if self.person is None else person_number(self.person),
            held_on=self.held_on,
            held_at=self.held_at,
            document=self.document,
            said=self.said(),
            replaces=self.replaces,
        )


class InterviewOut(Out):
    """Somebody who was heard."""

    interview: UUID
    investigation: UUID
    heard: Heard
    person: PersonId | None
    held_on: date
    held_at: HeardAt
    document: str = Field(max_length=40)
    stated_by: str = Field(max_length=200)
    stated_at: datetime
    replaces: UUID | None

    @classmethod
    def of(cls, said: Interview) -> Self:
        """As it is kept."""
        return cls(
            interview=said.id,
            investigation=said.investigation,
            heard=said.heard,
            person=None if said.person is None else person_id(said.person),
            held_on=said.held_on,
            held_at=said.held_at,
            document=said.document,
            stated_by=said.stated_by,
            stated_at=said.stated_at,
            replaces=said.replaces,
        )


class FoundOut(Out):
    """A fact that was found."""

    fact: str = Field(max_length=100)
    found: str = Field(max_length=100)


class InvestigationOut(Out):
    """An investigation, who was heard in it, and how it ended."""

    investigation: UUID
    claim: UUID
    reason: InvestigatedFor
    opened_by: str = Field(max_length=200)
    opened_at: datetime
    interviews: list[InterviewOut] = Field(max_length=MOST_SHOWN)
    conclusion: Conclusion | None = Field(description="Null while it goes on")
    found: list[FoundOut] = Field(max_length=100, description="Each is evidence of the claim as well")
    recommended_by: str | None = Field(max_length=200)
    approved_by: str | None = Field(max_length=200)
    ended_at: datetime | None

    @classmethod
    def of(cls, found: Investigation) -> Self:
        """As it stands."""
        end = found.end
        return cls(
            investigation=found.id,
            claim=found.claim,
            reason=found.reason,
            opened_by=found.opened_by,
            opened_at=found.opened_at,
            interviews=[InterviewOut.of(each) for each in found.interviews[-MOST_SHOWN:]],
            conclusion=None if end is None else end.conclusion,
            found=[] if end is None else [FoundOut(fact=fact, found=value) for fact, value in end.found],
            recommended_by=None if end is None else end.proposed_by,
            approved_by=None if end is None else end.approved_by,
            ended_at=None if end is None else end.at,
        )


Investigations = Annotated[list[InvestigationOut], Field(max_length=MOST_SHOWN)]


@router.post(
    "/v1/claims/{claim}/investigations",
    status_code=201,
    summary="Open an investigation",
    dependencies=WRITE,
    responses=problems(400, 403, 404, 409),
)
async def start_investigation(
    claim: UUID, body: InvestigationIn, uow: CommittedBeforeAnswer, caller: Party
) -> InvestigationOut:
    """Open an investigation of a claim; how it ends one officer recommends and another one approves, as a task."""
    command = OpenInvestigation(caller.party, caller.subject, claim, body.reason)
    return InvestigationOut.of(await open_investigation(command, uow))


@router.get(
    "/v1/claims/{claim}/investigations",
    summary="List the investigations of a claim",
    dependencies=[*READ, reads(DataKind.CLAIM, DataKind.WAGE, of="claim")],
    responses=problems(403, 404),
)
async def list_investigations(claim: UUID, uow: CommittedBeforeAnswer) -> Investigations:
    """The investigations of a claim, oldest first."""
    return [InvestigationOut.of(each) for each in await investigations.list_investigations(claim, uow)][-MOST_SHOWN:]


@router.get(
    "/v1/investigations/{investigation}",
    summary="Read an investigation",
    dependencies=[*READ, reads(DataKind.CLAIM, DataKind.WAGE, of="investigation")],
    responses=problems(403, 404),
)
async def read_investigation(investigation: UUID, uow: CommittedBeforeAnswer) -> InvestigationOut:
    """An investigation, with whoever was heard in it."""
    return InvestigationOut.of(await investigations.find_investigation(investigation, uow))


@router.post(
    "/v1/investigations/{investigation}/interviews",
    status_code=201,
    summary="Record an interview",
    dependencies=WRITE,
    responses=problems(400, 403, 404, 409),
)
async def record_interview(
    investigation: UUID, body: InterviewIn, uow: CommittedBeforeAnswer, caller: Party
) -> InterviewOut:
    """Record who was heard; what contradicts the notice is entered in the register of the claim."""
    return InterviewOut.of(await handle_record_interview(body.command(caller, investigation), uow))
