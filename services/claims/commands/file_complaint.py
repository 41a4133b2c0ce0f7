"""A party complains of how it was dealt with, by itself or to an officer: people are asked at once."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.follow_complaint import FollowComplaint
from services.claims.domain.claim import OFFICERS
from services.claims.domain.complaint import Complaint, ComplaintKind
from services.claims.domain.errors import ClaimUnknown, ComplainantUnknown, ComplaintPartyNotOne
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class FileComplaint:
    """Who sends it and types it, for whom where an officer does, what is complained of, and of whom."""

    tenant: str
    by: str
    kind: ComplaintKind
    told_by: str | None = None
    claim: UUID | None = None
    of_officer: str | None = None
    document: str | None = None

    @property
    def party(self) -> str:
        """Who complains."""
        return self.told_by or self.tenant


async def file_complaint(command: FileComplaint, uow: ClaimsUnitOfWork) -> Complaint:
    """Keep it; about a claim that both the caller and who complains see.

    Raises ComplaintPartyNotOne, ComplainantUnknown, ClaimUnknown, ComplaintKnown.
    """
    by_officer = command.tenant.startswith(OFFICERS)
    if by_officer != (command.told_by is not None):
        raise ComplaintPartyNotOne()
    await _must_be_its_own(command, uow)
    filed = Complaint(
        id=new_id(),
        tenant=command.party,
        filed_by=command.by,
        by_officer=by_officer,
        kind=command.kind,
        claim=command.claim,
        of_officer=command.of_officer,
        document=command.document,
        filed_at=now(),
    )
    await uow.complaints.add(filed)
    # A partner's request sees no tasks.
    await uow.due.at(FollowComplaint(filed.id), now())
    uow.decided("complaint_filed", complaint=str(filed.id), kind=filed.kind.value)
    return filed


async def _must_be_its_own(command: FileComplaint, uow: ClaimsUnitOfWork) -> None:
    """Raises ComplainantUnknown for a person that an officer names and nobody is, ClaimUnknown."""
    told_by = None if command.told_by is None else int(command.told_by.partition(":")[2])
    if told_by is not None and not await uow.known_persons.is_known(told_by):
        raise ComplainantUnknown()
    if command.claim is None:
        return
    is_seen = await uow.claims.find(command.claim) is not None
    if not is_seen or (told_by is not None and not await uow.claims.is_seen_by(command.claim, told_by)):
        raise ClaimUnknown()
