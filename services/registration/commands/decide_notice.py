"""Two officers find that a notice was complied with, or was not."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.domain.enforcement import NoticeState
from services.registration.events.registration import notice_stated
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideNotice:
    """The notice, what they found, and both officers."""

    notice: UUID
    is_complied: bool
    officers: Officers


async def decide_notice(command: DecideNotice, uow: RegistrationUnitOfWork) -> None:
    """Keep what was found, and publish it."""
    found = NoticeState.COMPLIED if command.is_complied else NoticeState.NOT_COMPLIED
    await uow.enforcement.decide_notice(command.notice, found, command.officers)
    uow.publish(notice_stated(await uow.enforcement.lock_notice(command.notice)))
