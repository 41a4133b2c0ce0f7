"""Looks whether the bank has answered a file in time, as due work: nothing stays in flight without a clock."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.storage.bank_files import BankFileReason
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class CheckBankFile:
    """The file, some banking days after its execution day."""

    bank_file: UUID


async def check_bank_file(command: CheckBankFile, uow: BenefitsUnitOfWork) -> None:
    """Raise a reason while a payment in it is not answered; nothing is ever sent again for it (rules S5).

    One of which a restore knew every answer again is answered: no report of the bank comes for it any more.
    """
    found = await uow.bank_files.lock(command.bank_file)
    if found is None:
        return
    if not await uow.bank_files.is_waited_for(command.bank_file):
        await uow.bank_files.answered(command.bank_file, now())
        return
    held = await uow.held_statuses.is_any(command.bank_file)
    reason = BankFileReason.STATUS_HELD if held else BankFileReason.BANK_SILENT
    await uow.bank_files.raise_reason(command.bank_file, reason)
    uow.decided("bank_file_unanswered", bank_file=str(command.bank_file), reason=str(reason))
