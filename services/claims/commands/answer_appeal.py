"""Two officers answer an appeal for the organisation: the answer itself is a document, and stands by its number."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.follow_appeal import find_who_is_not_free
from services.claims.domain.errors import AppealOfOneself
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.officers import Officers, must_be_another


@dataclass(frozen=True)
class AnswerAppeal:
    """The appeal, the number of the document that answers it, and both officers."""

    appeal: UUID
    answer: str
    officers: Officers


async def answer_appeal(command: AnswerAppeal, uow: ClaimsUnitOfWork) -> None:
    """Whoever approves it has left it to be followed. Raises AppealOver, and AppealOfOneself for its proposer."""
    appeal = await uow.appeals.lock(command.appeal)
    must_be_another(command.officers.proposed_by, await find_who_is_not_free(appeal, uow), AppealOfOneself)
    await uow.appeals.save(appeal.replied(command.answer, command.officers), command.officers.approved_by)
    uow.decided("appeal_answered", appeal=str(appeal.id))
