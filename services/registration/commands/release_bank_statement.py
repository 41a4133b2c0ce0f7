"""A second officer lets a bank statement count that one officer sent."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.take_bank_statement import TakeBankStatement
from services.registration.domain.bank_statements import KeptStatement
from services.registration.domain.errors import BankStatementNeedsSecondOfficer, BankStatementUnfit
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.officers import must_be_another


@dataclass(frozen=True)
class ReleaseBankStatement:
    """The statement, and the officer who releases it."""

    statement: UUID
    officer: str


async def release_bank_statement(command: ReleaseBankStatement, uow: RegistrationUnitOfWork) -> KeptStatement:
    """Raises BankStatementUnknown, BankStatementNeedsSecondOfficer, BankStatementUnfit."""
    kept = await uow.bank_statements.get(command.statement)
    must_be_another(command.officer, {kept.officer}, BankStatementNeedsSecondOfficer)
    if not await uow.bank_statements.release(kept.id, command.officer, now()):
        raise BankStatementUnfit(facts={"state": str(kept.state)})
    await uow.due.at(TakeBankStatement(str(kept.id)), now())
    return await uow.bank_statements.get(kept.id)
