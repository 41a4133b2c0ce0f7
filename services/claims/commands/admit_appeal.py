"""Two officers look at the grounds of an appeal that came late: it goes to its forum, or is not admitted."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.follow_appeal import find_who_is_not_free
from services.claims.domain.errors import AppealOfOneself
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.officers import Officers, must_be_another


@dataclass(frozen=True)
class AdmitAppeal:
    """The appeal, whether it goes on, and both officers."""

    appeal: UUID
    goes_on: bool
    officers: Officers


async def admit_appeal(command: AdmitAppeal, uow: ClaimsUnitOfWork) -> None:
    """Whoever approves it has left it to be followed. Raises AppealOver, and AppealOfOneself for its proposer."""
    appeal = await uow.appeals.lock(command.appeal)
    must_be_another(command.officers.proposed_by, await find_who_is_not_free(appeal, uow), AppealOfOneself)
    found = appeal.admitted(command.officers, goes_on=command.goes_on)
    await uow.appeals.save(found, command.officers.approved_by)
    uow.decided("appeal_admitted" if command.goes_on else "appeal_not_admitted", appeal=str(appeal.id))
