"""Ask two officers about a statement of a family relation, or about it as things stand by now."""

from dataclasses import dataclass

from services.registration.domain import queues, subjects
from services.registration.domain.relation import RelationStatement, asked_for, facts_of
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.tasks.opening import OpenTask, open_task


@dataclass(frozen=True)
class AskForRelation:
    """The statement that waits; the transaction holds its persons."""

    statement: RelationStatement


async def ask_for_relation(command: AskForRelation, uow: RegistrationUnitOfWork) -> None:
    """Open its task, or say there why it waits by now, and which facts of both it is held against."""
    said = command.statement
    reason = asked_for(said.act, said.relation, await uow.relations.of_persons(said.relation.persons))
    revision = await uow.relations.revision(said.relation.persons)
    asked = OpenTask(
        queues.FAMILY_RELATION, subjects.relation_statement(said.id), reason.value, revision, facts_of(said)
    )
    await open_task(asked, uow)
