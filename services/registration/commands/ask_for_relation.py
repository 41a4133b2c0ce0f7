"""Ask two officers about a statement of a family relation, or about it as things stand by now."""

from dataclasses import dataclass

from services.registration.domain import queues, subjects
from services.registration.domain.errors import RelationOfOneself, RelationStatementDecided
from services.registration.domain.relation import RelationStatement, asked_for, facts_of
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.opening import ask
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class AskForRelation:
    """The statement that waits; the transaction holds its persons."""

    statement: RelationStatement


async def ask_for_relation(command: AskForRelation, uow: RegistrationUnitOfWork) -> None:
    """Open its task, or say there why it waits by now, and which facts of both it is held against."""
    said = command.statement
    await ask(queues.FAMILY_RELATION, subjects.relation_statement(said.id), await _as_it_stands(said, uow), uow)


async def state_of_relation_statement(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of a statement, whose persons are locked: the revision moves on with each fact of either; one of both may have
    been erased."""
    said = await uow.relations.statement(subjects.statement_of_relation(subject))
    await uow.persons.lock_either(*said.relation.persons)
    return await _as_it_stands(await uow.relations.statement(said.id), uow)


async def _as_it_stands(said: RelationStatement, uow: RegistrationUnitOfWork) -> SubjectState:
    persons = said.relation.persons
    return SubjectState(
        await uow.relations.revision(persons),
        facts_of(said),
        reason=asked_for(said.act, said.relation, await uow.relations.of_persons(persons)).value,
        stated_by={said.officer},
        of_oneself=RelationOfOneself,
        is_decided=said.answer is not None,
        over=RelationStatementDecided,
    )
