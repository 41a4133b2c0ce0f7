"""State the last day of a family relation, or another one than is known; it waits for two officers."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.registration.commands.ask_for_relation import AskForRelation, ask_for_relation
from services.registration.commands.state_relation import born_of
from services.registration.domain.errors import RelationWithdrawn
from services.registration.domain.relation import RelationAct, RelationStatement, check_relation
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class EndRelation:
    """Which relation, its last day (None: it is withdrawn, and never was), by which document, and who says so."""

    relation: UUID
    last: date | None
    evidence: str
    source: str
    officer: str


async def end_relation(command: EndRelation, uow: RegistrationUnitOfWork) -> RelationStatement:
    """The statement that waits; raises RelationUnknown, RelationWithdrawn, RelationStatementWaits, or what is wrong.

    Whoever was erased is in nobody's way: the relation is the other one's too.
    """
    await uow.persons.lock_either(*(await uow.relations.find(command.relation)).persons)
    known = await uow.relations.find(command.relation)
    if known.withdrawn:
        raise RelationWithdrawn()
    ended = replace(known, last=known.last if command.last is None else command.last, revision=known.revision + 1)
    act = RelationAct.WITHDRAWN if command.last is None else RelationAct.ENDED
    if act is RelationAct.ENDED:
        check_relation(ended, await born_of(ended, uow), today())
    statement = RelationStatement(new_id(), act, ended, command.evidence, command.source, command.officer, now())
    await uow.relations.state(statement)
    await ask_for_relation(AskForRelation(statement), uow)
    return statement
