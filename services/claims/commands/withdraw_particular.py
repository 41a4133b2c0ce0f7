"""Who stated what a document says takes it back: it was read wrongly."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.compare_particulars import CompareParticulars
from services.claims.domain.errors import ParticularOfAnother, ParticularUnknown
from services.claims.domain.particulars import Particular
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class WithdrawParticular:
    """A particular, and the officer who takes it back."""

    tenant: str
    by: str
    particular: UUID


async def withdraw_particular(command: WithdrawParticular, uow: ClaimsUnitOfWork) -> Particular:
    """Append that it is taken back, and have the claim compared again; raises ParticularUnknown, ParticularOfAnother.

    What two officers decided of it stands.
    """
    said = await uow.inconsistencies.find_particular(command.particular)
    if said is None or said.is_withdrawn:
        raise ParticularUnknown()
    if said.stated_by != command.by:
        raise ParticularOfAnother()
    await uow.due.at(CompareParticulars(said.claim), now())
    await uow.inconsistencies.withdraw([said.id], command.tenant, command.by, now())
    return said
