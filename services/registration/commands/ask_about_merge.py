"""Ask two officers whether two numbers are one person's."""

from dataclasses import dataclass

from services.registration.domain import queues, subjects
from services.registration.domain.person_merge import MergeStatement, facts_of
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.tasks.opening import OpenTask, open_task


@dataclass(frozen=True)
class AskAboutMerge:
    """The statement that waits; the transaction holds both persons."""

    statement: MergeStatement


async def ask_about_merge(command: AskAboutMerge, uow: RegistrationUnitOfWork) -> None:
    """Open its task."""
    said = command.statement
    revision = sum([await uow.persons.revision_of(each) for each in (said.person, said.survivor)])
    contradicts = await uow.person_merges.contradictions(said)
    facts = facts_of(said, await uow.person_merges.differences(said, today()), contradicts)
    about = subjects.person_merge(said.id)
    await open_task(OpenTask(queues.PERSON_MERGE, about, said.what.value, revision, facts), uow)
