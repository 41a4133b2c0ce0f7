"""Ask two officers whether a contribution file that could not be worked off is closed: something waits for it."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.domain import queues, subjects
from services.registration.domain.contribution import NOT_WORKED_OFF
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.tasks.opening import OpenTask, open_task


@dataclass(frozen=True)
class AskWhetherClosed:
    """The file, whose work failed for good."""

    file: UUID


async def ask_whether_closed(command: AskWhetherClosed, uow: RegistrationUnitOfWork) -> None:
    """Once, whoever waits for it."""
    failed = await uow.contribution_files.lock(command.file)
    if failed.state.is_finished:
        return
    about = subjects.contribution_file(failed.id)
    await open_task(OpenTask(queues.CONTRIBUTION_FILE, about, NOT_WORKED_OFF, 1, failed.facts), uow)
