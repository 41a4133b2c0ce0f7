"""Who filed an appeal, or the person for whom it was filed, takes it back: what was decided stands."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.follow_appeal import FollowAppeal
from services.claims.domain.appeal import Appeal
from services.claims.domain.errors import AppealOfAnother
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class WithdrawAppeal:
    """The appeal, and the party that takes it back, by whom."""

    tenant: str
    by: str
    appeal: UUID


async def withdraw_appeal(command: WithdrawAppeal, uow: ClaimsUnitOfWork) -> Appeal:
    """Raises AppealUnknown, AppealOver, AppealBeforeBoard, and AppealOfAnother for whoever only sees it."""
    # Before it is locked: its runner holds both so.
    await uow.due.at(FollowAppeal(command.appeal), now())
    appeal = await uow.appeals.lock(command.appeal)
    is_its_own = appeal.tenant in await uow.known_persons.parties_of(command.tenant)
    if not (is_its_own or await uow.appeals.is_of_oneself(appeal.claim)):
        raise AppealOfAnother()
    return await uow.appeals.save(appeal.withdrawn(now()), command.by)
