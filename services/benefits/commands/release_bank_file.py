"""Lets the payments of a file that the bank refused as a whole be made again."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.commands.settle_entitlement import SettleEntitlement
from services.benefits.domain.errors import BankFileUnknown
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class ReleaseBankFile:
    """The file; an officer says that the cause of its refusal is mended."""

    bank_file: UUID


async def release_bank_file(command: ReleaseBankFile, uow: BenefitsUnitOfWork) -> int:
    """Settle again what came back with the file, and how many entitlements that is; raises BankFileUnknown."""
    if await uow.bank_files.lock(command.bank_file) is None:
        raise BankFileUnknown(facts={"bank_file": str(command.bank_file)})
    refused = await uow.payments.list_refused_with(command.bank_file)
    # Settling holds its due work when it takes the payments: the same order here.
    for key in sorted(refused):
        await uow.due.at(SettleEntitlement.of(key), now())
    await uow.payments.release_file(command.bank_file)
    await uow.bank_files.release(command.bank_file)
    return len(refused)
