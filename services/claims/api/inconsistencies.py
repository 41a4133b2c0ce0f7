"""What documents and people say of an event beside its notice, and the register of what contradicts it."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer
from services.claims.api.fields import TimeOfDay
from services.claims.commands.state_particulars import Said, StateParticulars, state_particulars
from services.claims.commands.withdraw_particular import WithdrawParticular
from services.claims.commands.withdraw_particular import withdraw_particular as handle_withdraw_particular
from services.claims.domain.particulars import (
    CorrectedFor,
    Inconsistency,
    Particular,
    ParticularDocument,
    ParticularItem,
    SourceKind,
    Stands,
)
from services.claims.queries.inconsistencies import list_inconsistencies as find_inconsistencies
from services.claims.queries.inconsistencies import list_particulars as find_particulars
from shared.kernel.identifiers import employer_id, employer_number
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import Day, DocumentNumber
from shared.web.ids import EmployerId
from shared.web.money import In, Money, Out, StatedMoney, examples
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["inconsistencies"])

WRITE = [requires("claims:notice:write"), Depends(officers_only), Depends(idempotent)]
MOST_SHOWN = 10_000


class StatedWageIn(In):
    """A wage of a month, as a document or a person has it."""

    month: str = Field(min_length=7, max_length=7, pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-06"])
    wage: StatedMoney
    employer: EmployerId | None = Field(default=None, description="Where it names one; else all wages of the month")

    def said(self) -> Said:
        """As a command has it."""
        employer = None if self.employer is None else employer_number(self.employer)
        return Said(ParticularItem.WAGE, str(self.wage.sen), self.month, employer)


class SaidIn(In):
    """What is said of an event: each member is held against the notice, a wage against what was declared."""

    day: Day | None = Field(default=None, description="The day of the event", examples=["2026-07-16"])
    at_time: TimeOfDay | None = None
    employer: EmployerId | None = Field(default=None, description="The employer at whose work it happened")
    wages: list[StatedWageIn] = Field(default=[], max_length=60)

    def said(self) -> list[Said]:
        """The values that are stated."""
        found = [] if self.day is None else [Said(ParticularItem.DAY, self.day.isoformat())]
        found += [] if self.at_time is None else [Said(ParticularItem.TIME, self.at_time)]
        found += [] if self.employer is None else [Said(ParticularItem.EMPLOYER, str(employer_number(self.employer)))]
        return found + [each.said() for each in self.wages]


class DocumentSaysIn(SaidIn):
    """What a document says, as an officer has read it."""

    model_config = examples(
        {
            "kind": "attendance_record",
            "document": "KB-2026-0193",
            "day": "2026-07-16",
            "at_time": "22:40",
            "employer": "E0000000076",
        },
        {
            "kind": "payslip",
            "document": "SG-2026-06",
            "wages": [
                {"month": "2026-06", "wage": {"amount": "2480.00", "currency": "MYR"}, "employer": "E0000000076"}
            ],
        },
    )

    kind: ParticularDocument
    document: DocumentNumber

    def command(self, caller: Caller, claim: UUID) -> StateParticulars:
        """As a command."""
        source = SourceKind(self.kind.value)
        return StateParticulars(caller.party, caller.subject, claim, source, self.document, self.said())


class ParticularOut(Out):
    """One value that a document or an interview states."""

    particular: UUID
    claim: UUID
    source: SourceKind
    document: str = Field(max_length=40)
    interview: UUID | None
    item: ParticularItem
    value: str = Field(max_length=40, description="A day, a time, the number of an employer, or an amount")
    month: str = Field(max_length=7, description="Of a wage; empty otherwise")
    employer: EmployerId | None = Field(description="Of a wage, where one is named")
    stated_by: str = Field(max_length=200)
    stated_at: datetime
    withdrawn: bool

    @classmethod
    def of(cls, said: Particular, *, withdrawn: bool | None = None) -> Self:
        """As it is kept."""
        return cls(
            particular=said.id,
            claim=said.claim,
            source=said.source,
            document=said.document,
            interview=said.interview,
            item=said.item,
            value=shown(said.item, said.value),
            month=said.month,
            employer=None if said.employer is None else employer_id(said.employer),
            stated_by=said.stated_by,
            stated_at=said.stated_at,
            withdrawn=said.is_withdrawn if withdrawn is None else withdrawn,
        )


def shown(item: ParticularItem, value: str) -> str:
    """A value as it is read: employers by their numbers, amounts in ringgit."""
    if item is ParticularItem.EMPLOYER:
        return employer_id(int(value))
    return Money.of(int(value)).amount if item is ParticularItem.WAGE else value


class InconsistencyOut(Out):
    """What contradicts the notice of a claim, and which value two officers found to be right."""

    inconsistency: UUID
    claim: UUID
    item: ParticularItem
    about: str = Field(max_length=20, description="Of a wage its month, and the employer where one is named")
    source: SourceKind = Field(description="What contradicts the notice")
    notice_value: str = Field(max_length=40, description="Of a wage: what was declared for the month")
    document_value: str = Field(max_length=40)
    opened_at: datetime
    stands: Stands | None = Field(description="Null while nobody has decided, and where it contradicts no more")
    corrected_value: str | None = Field(max_length=40)
    why: CorrectedFor | None
    recommended_by: str | None = Field(max_length=200, description="For the organisation's officers")
    approved_by: str | None = Field(max_length=200, description="For the organisation's officers")
    ended_at: datetime | None

    @classmethod
    def shown_to(cls, caller: Caller, entry: Inconsistency) -> Self:
        """As it stands; whoever decided is shown to officers."""
        said, end = entry.said, entry.end
        of_officers = end if caller.is_officer else None
        return cls(
            inconsistency=entry.id,
            claim=entry.claim,
            item=said.item,
            about=_about(said.about),
            source=said.source_kind,
            notice_value=shown(said.item, said.notice_value),
            document_value=shown(said.item, said.document_value),
            opened_at=entry.opened_at,
            stands=None if end is None else end.stands,
            corrected_value=None if end is None or end.stands is None else shown(said.item, end.corrected),
            why=None if end is None else end.why,
            recommended_by=None if of_officers is None else of_officers.proposed_by,
            approved_by=None if of_officers is None else of_officers.approved_by,
            ended_at=None if end is None else end.at,
        )


def _about(about: str) -> str:
    month, _, employer = about.partition("/")
    return f"{month} {employer_id(int(employer))}" if employer else month


Particulars = Annotated[list[ParticularOut], Field(max_length=MOST_SHOWN)]


class DocumentSaysOut(Out):
    """What was stated of a document."""

    particulars: Particulars


Register = Annotated[list[InconsistencyOut], Field(max_length=MOST_SHOWN)]


@router.post(
    "/v1/claims/{claim}/particulars",
    status_code=201,
    summary="State what a document says",
    dependencies=WRITE,
    responses=problems(400, 403, 404, 409),
)
async def state_document(
    claim: UUID, body: DocumentSaysIn, uow: CommittedBeforeAnswer, caller: Party
) -> DocumentSaysOut:
    """State what a document says of day, time, employer or wage: where it contradicts the notice, officers look."""
    stated = await state_particulars(body.command(caller, claim), uow)
    return DocumentSaysOut(particulars=[ParticularOut.of(each) for each in stated])


@router.get(
    "/v1/claims/{claim}/particulars",
    summary="List what documents and people say",
    dependencies=[
        requires("claims:notice:read"),
        Depends(officers_only),
        reads(DataKind.CLAIM, DataKind.WAGE, of="claim"),
    ],
    responses=problems(403, 404),
)
async def list_particulars(claim: UUID, uow: CommittedBeforeAnswer) -> Particulars:
    """What documents and people who were heard say of a claim, oldest first; of more than 10,000 the newest."""
    return [ParticularOut.of(each) for each in (await find_particulars(claim, uow))[-MOST_SHOWN:]]


@router.post(
    "/v1/particulars/{particular}/withdrawal",
    status_code=201,
    summary="Withdraw what was read in a document",
    dependencies=WRITE,
    responses=problems(400, 403, 404, 409),
)
async def withdraw_particular(particular: UUID, uow: CommittedBeforeAnswer, caller: Party) -> ParticularOut:
    """Take back, as the officer who stated it, what was read wrongly; what two officers decided of it stands."""
    command = WithdrawParticular(caller.party, caller.subject, particular)
    return ParticularOut.of(await handle_withdraw_particular(command, uow), withdrawn=True)


@router.get(
    "/v1/claims/{claim}/inconsistencies",
    summary="List what contradicts the notice",
    dependencies=[requires("claims:claim:read"), reads(DataKind.CLAIM, DataKind.WAGE, of="claim")],
    responses=problems(404),
)
async def list_inconsistencies(claim: UUID, uow: CommittedBeforeAnswer, caller: Party) -> Register:
    """What contradicts the notice of a claim, and which value officers found to be right.

    For officers, and for the person whom the claim is about; others see none.
    """
    return [InconsistencyOut.shown_to(caller, each) for each in (await find_inconsistencies(claim, uow))[-MOST_SHOWN:]]
