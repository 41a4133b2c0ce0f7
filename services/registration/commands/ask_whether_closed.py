"""Ask two officers whether a contribution file that could not be worked off is closed: something waits for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.registration.domain import queues, subjects
from services.registration.domain.contribution import NOT_WORKED_OFF
from services.registration.domain.erasure import Hold, HoldReason
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


async def ask_of_failed_files(holds: Sequence[Hold], uow: RegistrationUnitOfWork) -> None:
    """Of each file by which an erasure is held."""
    for each in holds:
        if each.reason is HoldReason.FILE_FAILED:
            await ask_whether_closed(AskWhetherClosed(UUID(each.about)), uow)
