"""Find whom a register's statement is about, and let it count, wait for them, or park it for two officers."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.record_register_fact import RecordRegisterFact, record_register_fact
from services.registration.domain import queues, subjects
from services.registration.domain.register_statement import (
    ParkedFor,
    RegisterKind,
    RegisterStatement,
    RegisterStatementState,
    facts_of_statement,
)
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.tasks.opening import OpenTask, open_task

_LOOKED_AT = frozenset({RegisterStatementState.RECEIVED, RegisterStatementState.WAITING})
# Of two who marry, or of a child's parents, one may work and be registered, and the other not.
_ONE_IS_ENOUGH = frozenset({RegisterKind.MARRIAGE, RegisterKind.BIRTH})


@dataclass(frozen=True)
class ApplyRegisterStatement:
    """The statement's id."""

    statement: str


async def apply_register_statement(command: ApplyRegisterStatement, uow: RegistrationUnitOfWork) -> None:
    """Let count what matches and contradicts nothing; nothing is guessed, and who is not registered is waited for."""
    statement, revision = await uow.register_statements.lock(UUID(command.statement))
    if statement.state not in _LOOKED_AT:
        return
    persons, reason = (statement.persons, None) if statement.officers else await _match(statement, uow)
    said = statement.settled(persons, reason, now())
    if reason is None and not await record_register_fact(RecordRegisterFact(said), uow):
        said = statement.settled(persons, ParkedFor.CONTRADICTS, now())
    await uow.register_statements.settle(said)
    if said.state is RegisterStatementState.WAITING:
        indexes = [uow.keys.waiting.of(bearer.number).hex() for bearer in said.bearers]
        await uow.due.when(command, set(map(subjects.registered, indexes)), said.waits_until)
    if said.state is RegisterStatementState.PARKED and said.reason is not None:
        about = subjects.register_statement(said.id)
        facts = facts_of_statement(said)
        await open_task(OpenTask(queues.REGISTER_STATEMENT, about, said.reason.value, revision + 1, facts), uow)


async def _match(
    statement: RegisterStatement, uow: RegistrationUnitOfWork
) -> tuple[tuple[int | None, ...], ParkedFor | None]:
    """Whom each bearer is, by id and name; and why it cannot be said, if so."""
    found: list[int | None] = []
    for bearer in statement.bearers:
        bear, agree = await uow.persons.who_bears(bearer.number, bearer.name, today())
        if len(agree) > 1:
            return tuple(found), ParkedFor.SEVERAL
        if bear and not agree:
            return tuple(found), ParkedFor.NAME_DIFFERS
        found.append(agree[0] if agree else None)
    needed = any if statement.kind in _ONE_IS_ENOUGH else all
    return tuple(found), None if needed(each is not None for each in found) or not found else ParkedFor.NOBODY
