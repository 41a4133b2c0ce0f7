"""Two officers answer a complaint, neither of whom is complained of; who filed it is written to."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.domain.complaint import ComplaintFound
from services.claims.domain.errors import ComplaintOfOneself
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.officers import Officers, must_be_another


@dataclass(frozen=True)
class AnswerComplaint:
    """A complaint, what was found of it, and both officers."""

    complaint: UUID
    found: ComplaintFound
    officers: Officers


async def answer_complaint(command: AnswerComplaint, uow: ClaimsUnitOfWork) -> None:
    """Whoever approves it has left it to be followed. Raises ComplaintOver, and ComplaintOfOneself for its proposer."""
    complaint = await uow.complaints.lock(command.complaint)
    must_be_another(command.officers.proposed_by, {complaint.of_officer}, ComplaintOfOneself)
    await uow.complaints.end(complaint.answered(command.found, command.officers))
