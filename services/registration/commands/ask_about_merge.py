"""Ask two officers whether two numbers are one person's."""

from dataclasses import dataclass

from services.registration.domain import queues, subjects
from services.registration.domain.person_merge import MergeStatement
from services.registration.queries.person_merges import state_of_merge
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.tasks.opening import OpenTask, open_task


@dataclass(frozen=True)
class AskAboutMerge:
    """The statement that waits; the transaction holds both persons."""

    statement: MergeStatement


async def ask_about_merge(command: AskAboutMerge, uow: RegistrationUnitOfWork) -> None:
    """Open its task."""
    said = command.statement
    state = await state_of_merge(said, uow)
    about = subjects.person_merge(said.id)
    await open_task(OpenTask(queues.PERSON_MERGE, about, said.what.value, state.revision, state.facts), uow)
