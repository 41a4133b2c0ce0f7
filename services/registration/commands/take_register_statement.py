"""Take in what a public register states; the worker finds whom it is about."""

from dataclasses import dataclass

from services.registration.commands.apply_register_statement import ApplyRegisterStatement
from services.registration.domain.errors import (
    NameWithoutLetters,
    RegisterReferenceTaken,
    RegisterStatementInFuture,
)
from services.registration.domain.register_statement import RegisterStatement
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today


@dataclass(frozen=True, repr=False)
class TakeRegisterStatement:
    """The statement as it was sent."""

    statement: RegisterStatement


async def take_register_statement(command: TakeRegisterStatement, uow: RegistrationUnitOfWork) -> RegisterStatement:
    """The statement as it stands; raises RegisterStatementInFuture, NameWithoutLetters, or
    RegisterReferenceTaken."""
    said = command.statement
    if said.day is not None and said.day > today():
        raise RegisterStatementInFuture()
    if not all(uow.keys.name_tokens.of(name) for name in said.names):
        raise NameWithoutLetters()
    if await uow.register_statements.receive(said):
        await uow.due.at(ApplyRegisterStatement(str(said.id)), now())
        return said
    known = await uow.register_statements.find(said.id, Viewer(said.tenant, officer=False))
    if not known.says_the_same(said):
        raise RegisterReferenceTaken()
    return known
