"""Ask two officers whether two numbers are one person's."""

from dataclasses import dataclass

from services.registration.domain import queues, subjects
from services.registration.domain.errors import MergeDecided, MergeOfOneself
from services.registration.domain.person_merge import MergeStatement, facts_of
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.kernel.subjects import Subject
from shared.tasks.opening import ask
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class AskAboutMerge:
    """The statement that waits; the transaction holds both persons."""

    statement: MergeStatement


async def ask_about_merge(command: AskAboutMerge, uow: RegistrationUnitOfWork) -> None:
    """Open its task."""
    said = command.statement
    await ask(queues.PERSON_MERGE, subjects.person_merge(said.id), await _as_it_stands(said, uow), uow)


async def state_of_merge(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of a statement, whose persons are locked: the revision moves on with each fact of either."""
    said = await uow.person_merges.statement(subjects.statement_of_merge(subject))
    await uow.persons.lock(said.person, said.survivor)
    return await _as_it_stands(await uow.person_merges.statement(said.id), uow)


async def _as_it_stands(said: MergeStatement, uow: RegistrationUnitOfWork) -> SubjectState:
    differ = await uow.person_merges.differences(said, today())
    return SubjectState(
        sum([await uow.persons.revision_of(each) for each in (said.person, said.survivor)]),
        facts_of(said, differ, await uow.person_merges.contradictions(said)),
        reason=said.what.value,
        stated_by={said.officer},
        of_oneself=MergeOfOneself,
        is_decided=said.counts is not None,
        over=MergeDecided,
    )
