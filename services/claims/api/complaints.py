"""Complaints: filed by a party, or by an officer to whom it was told; answered by two officers and a letter."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer
from services.claims.commands.file_complaint import FileComplaint, file_complaint
from services.claims.commands.withdraw_complaint import WithdrawComplaint
from services.claims.commands.withdraw_complaint import withdraw_complaint as handle_withdraw_complaint
from services.claims.domain.complaint import Complaint, ComplaintFound, ComplaintKind, ComplaintsSought, ComplaintState
from services.claims.queries import complaints
from shared.kernel.identifiers import person_number
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, requires
from shared.security.tokens import LONGEST_TOKEN, Caller
from shared.web.fields import DocumentNumber
from shared.web.ids import PersonId
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["complaints"])

READ = [requires("claims:complaint:read")]
WRITE = [requires("claims:complaint:write"), Depends(idempotent)]
StateOfComplaints = Annotated[ComplaintState | None, Query(description="Only complaints in this state")]
ClaimOfComplaints = Annotated[UUID | None, Query(description="Only complaints about this claim")]
OfficerComplainedOf = Annotated[
    str, Field(min_length=1, max_length=LONGEST_TOKEN, pattern=r"^[A-Za-z0-9._:@-]+$", examples=["officer-3"])
]
# Of the party, where that is a person, and of whom the claim is about.
TOLD = reads(DataKind.CLAIM, of=("party", "claim"))


class ComplaintIn(In):
    """What somebody finds wrong with how it was dealt with; at length it stands in a letter, of which the number is."""

    model_config = examples(
        {"kind": "delay", "claim": "018f0000-0000-7000-8000-000000000001"},
        {"kind": "conduct", "of_officer": "officer-3", "document": "AD-2026-0193"},
        {"kind": "not_paid", "person": "P000000012T"},
    )

    kind: ComplaintKind
    claim: UUID | None = Field(
        default=None,
        description="The claim that it is about, which the caller sees",
        examples=["018f0000-0000-7000-8000-000000000001"],
    )
    of_officer: OfficerComplainedOf | None = Field(
        default=None, description="The officer who is complained of, as letters name officers: that one answers nothing"
    )
    document: DocumentNumber | None = None
    person: PersonId | None = Field(default=None, description="Who complains, where an officer files it; else left out")

    def command(self, caller: Caller) -> FileComplaint:
        """As a command."""
        told_by = None if self.person is None else f"person:{person_number(self.person)}"
        return FileComplaint(
            tenant=caller.party,
            by=caller.subject,
            kind=self.kind,
            told_by=told_by,
            claim=self.claim,
            of_officer=self.of_officer,
            document=self.document,
        )


class ComplaintOut(Out):
    """A complaint, and what two officers found of it."""

    complaint: UUID
    party: str = Field(max_length=100, description="Who complains", examples=["person:12"])
    kind: ComplaintKind
    claim: UUID | None
    of_officer: str | None = Field(max_length=LONGEST_TOKEN)
    document: str | None = Field(max_length=40)
    filed_at: datetime
    state: ComplaintState
    found: ComplaintFound | None
    ended_at: datetime | None

    @classmethod
    def of(cls, complaint: Complaint) -> Self:
        """As it stands."""
        return cls(
            complaint=complaint.id,
            party=complaint.tenant,
            kind=complaint.kind,
            claim=complaint.claim,
            of_officer=complaint.of_officer,
            document=complaint.document,
            filed_at=complaint.filed_at,
            state=complaint.state,
            found=complaint.found,
            ended_at=complaint.ended_at,
        )


@router.post(
    "/v1/complaints",
    status_code=201,
    summary="Complain",
    dependencies=WRITE,
    responses=problems(400, 404, 409, 422),
)
async def state_complaint(body: ComplaintIn, uow: CommittedBeforeAnswer, caller: Party) -> ComplaintOut:
    """Of how one was dealt with: two officers answer it by a letter, within three working days by the client charter.

    It changes no decision. An officer files what somebody complained of at an office.
    """
    return ComplaintOut.of(await file_complaint(body.command(caller), uow))


@router.get("/v1/complaints", summary="List complaints", dependencies=[*READ, TOLD], responses=problems(400, 422))
async def list_complaints(
    listing: Listing,
    uow: CommittedBeforeAnswer,
    caller: Party,
    state: StateOfComplaints = None,
    claim: ClaimOfComplaints = None,
) -> Page[ComplaintOut]:
    """The caller's own; for the organisation's officers all of them, but for those in which it is complained of the
    officer who reads."""
    sought = ComplaintsSought(caller.officer, state, claim)
    found = await complaints.list_complaints(sought, listing.after_id, listing.limit, uow)
    return listing.page(found, item=ComplaintOut.of)


@router.get(
    "/v1/complaints/{complaint}", summary="Read a complaint", dependencies=[*READ, TOLD], responses=problems(404)
)
async def read_complaint(complaint: UUID, uow: CommittedBeforeAnswer, caller: Party) -> ComplaintOut:
    """One's own; for an officer any that is not of itself."""
    return ComplaintOut.of(await complaints.find_complaint(complaint, caller.officer, uow))


@router.post(
    "/v1/complaints/{complaint}/withdrawal",
    status_code=201,
    summary="Take a complaint back",
    dependencies=WRITE,
    responses=problems(400, 403, 404, 409),
)
async def withdraw_complaint(complaint: UUID, uow: CommittedBeforeAnswer, caller: Party) -> ComplaintOut:
    """By the party whose it is, while nobody has answered it."""
    return ComplaintOut.of(await handle_withdraw_complaint(WithdrawComplaint(caller.party, complaint), uow))
