"""An officer records that a forum heard an appeal: scheduling is one officer's, and changes nothing that is owed."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.claims.commands.follow_appeal import FollowAppeal, find_who_is_not_free
from services.claims.domain.appeal import Appeal
from services.claims.domain.errors import AppealOfOneself
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.officers import must_be_another


@dataclass(frozen=True)
class RecordHearing:
    """The appeal, the day of the hearing, and who records it."""

    appeal: UUID
    heard_on: date
    by: str


async def record_hearing(command: RecordHearing, uow: ClaimsUnitOfWork) -> Appeal:
    """Its order is awaited now.

    Raises AppealUnknown, AppealOver, AppealBeforeBoard, AppealHeardAhead, AppealOfOneself.
    """
    # Before it is locked: its runner holds both so.
    await uow.due.at(FollowAppeal(command.appeal), now())
    appeal = await uow.appeals.lock(command.appeal)
    must_be_another(command.by, await find_who_is_not_free(appeal, uow), AppealOfOneself)
    return await uow.appeals.save(appeal.heard(command.heard_on, now()), command.by)
