"""Decide a register's statement that matched nobody, or contradicts what is known: two officers did."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.registration.commands.apply_register_statement import ApplyRegisterStatement
from services.registration.domain.errors import PersonErased, PersonUnknown, RegisterStatementNotParked
from services.registration.domain.register_statement import RegisterStatementState
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideRegisterStatement:
    """Which statement, whom it is about (None: it is dismissed), and both officers."""

    statement: UUID
    persons: tuple[int | None, ...] | None
    officers: Officers


async def decide_register_statement(command: DecideRegisterStatement, uow: RegistrationUnitOfWork) -> None:
    """Let the worker apply it to whom officers name, or dismiss it; raises RegisterStatementNotParked,
    PersonUnknown, or PersonErased where it names somebody who was erased."""
    statement, _ = await uow.register_statements.lock(command.statement)
    if statement.state is not RegisterStatementState.PARKED:
        raise RegisterStatementNotParked()
    decided = replace(statement, officers=command.officers.both, reason=None)
    if command.persons is None:
        await uow.register_statements.settle(replace(decided, state=RegisterStatementState.DISMISSED))
        return
    if statement.is_erased:
        raise PersonErased()
    if len(command.persons) > len(statement.bearers):
        raise PersonUnknown()
    await uow.persons.lock(*(each for each in command.persons if each is not None))
    rest = (None,) * (len(statement.bearers) - len(command.persons))
    named = replace(decided, persons=(*command.persons, *rest), state=RegisterStatementState.RECEIVED)
    await uow.register_statements.settle(named)
    await uow.due.at(ApplyRegisterStatement(str(statement.id)), now())
