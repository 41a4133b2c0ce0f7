"""Two officers find that a notice was complied with, or was not."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.domain.enforcement import NoticeState
from services.registration.domain.errors import EnforcementNotOpen, EnforcementOfOneself
from services.registration.events.registration import notice_stated
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class DecideNotice:
    """The notice, what they found, and both officers."""

    notice: UUID
    is_complied: bool
    proposed_by: str
    approved_by: str


async def decide_notice(command: DecideNotice, uow: RegistrationUnitOfWork) -> None:
    """Raises EnforcementNotOpen for one that is decided, or not overdue, EnforcementOfOneself."""
    notice = await uow.enforcement.lock_notice(command.notice)
    if command.approved_by == notice.officer:
        raise EnforcementOfOneself()
    if notice.state is not NoticeState.OVERDUE:
        raise EnforcementNotOpen(facts={"state": str(notice.state)})
    found = NoticeState.COMPLIED if command.is_complied else NoticeState.NOT_COMPLIED
    await uow.enforcement.decide_notice(notice.id, found, (command.proposed_by, command.approved_by))
    uow.publish(notice_stated(await uow.enforcement.lock_notice(notice.id)))
