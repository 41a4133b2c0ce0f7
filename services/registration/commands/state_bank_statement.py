"""Take in what the bank states of the account, or an officer, whose word waits for another one."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.registration.commands.take_bank_statement import TakeBankStatement
from services.registration.domain.bank_statements import BankStatement, BankStatementState, KeptStatement
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True, repr=False)
class StateBankStatement:
    """The statements of a message, its bytes, the party that sends it, and the officer where one does."""

    stated: Sequence[BankStatement]
    content: bytes
    tenant: str
    officer: str | None


async def state_bank_statement(command: StateBankStatement, uow: RegistrationUnitOfWork) -> list[KeptStatement]:
    """Each statement as it stands; one that is known changes nothing. Raises BankStatementIdTaken."""
    found = []
    for stated in command.stated:
        kept, is_new = await uow.bank_statements.receive(stated, command.content, command.tenant, command.officer)
        if is_new and kept.state is BankStatementState.RECEIVED:
            await uow.due.at(TakeBankStatement(str(kept.id)), now())
        if is_new and kept.held_for is not None:
            uow.decided("bank_statement_held", statement=str(kept.id), why=str(kept.held_for))
        found.append(kept)
    return found
