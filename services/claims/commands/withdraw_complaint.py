"""Who filed a complaint takes it back: nobody answers it any more."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.follow_complaint import FollowComplaint
from services.claims.domain.complaint import Complaint
from services.claims.domain.errors import ComplaintOfAnother
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class WithdrawComplaint:
    """The complaint, and the party that takes it back."""

    tenant: str
    complaint: UUID


async def withdraw_complaint(command: WithdrawComplaint, uow: ClaimsUnitOfWork) -> Complaint:
    """Raises ComplaintUnknown, ComplaintOver, and ComplaintOfAnother for whoever only sees it, such as an officer."""
    # Before it is locked: its runner holds both so.
    await uow.due.at(FollowComplaint(command.complaint), now())
    complaint = await uow.complaints.lock(command.complaint)
    if complaint.tenant not in await uow.known_persons.parties_of(command.tenant):
        raise ComplaintOfAnother()
    ended = complaint.withdrawn(now())
    await uow.complaints.end(ended)
    return ended
