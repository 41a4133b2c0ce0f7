"""Work through many contribution files at once: small ones of different employers, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.check_contribution_files import CheckContributionFiles, check_contribution_files
from services.registration.commands.process_contribution_file import ProcessContributionFile, work_off_lines
from services.registration.commands.take_lines import TakeLines
from services.registration.domain import queues, subjects
from services.registration.domain.contribution import WORKED_OFF, FileJob
from services.registration.domain.parts import leaves_something
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.persistence.asked import Asked
from shared.tasks.opening import CloseTask, close_task
from shared.tasks.repository import TaskRepository

# What has more lines loses nothing by a transaction of its own; nobody waits for more than this of others.
_SMALL, _MOST_LINES = 1_000, 5_000


@dataclass(frozen=True)
class ProcessContributionFiles:
    """Files, and who asked for each."""

    asked: Sequence[Asked[ProcessContributionFile]]


async def process_contribution_files(
    command: ProcessContributionFiles, uow: RegistrationUnitOfWork
) -> list[Asked[ProcessContributionFile]]:
    """Bring them from received to their last state; those that need a transaction of their own, which are left."""
    by_file = {UUID(each.command.file): each for each in command.asked}
    jobs = await uow.contribution_files.lock_all(by_file)
    taken = _alike([job for job in jobs if not job.state.is_finished])
    contents = await uow.contribution_files.contents([job.id for job in taken])
    through = [job for job in taken if job.id in contents]
    if through:
        sent = CheckContributionFiles({job: contents[job.id] for job in through})
        await work_off_lines(TakeLines(await check_contribution_files(sent, uow), by_file), uow)
        await _close_tasks(through, uow)
    done = {job.id for job in through} | {job.id for job in jobs if job.state.is_finished}
    return [each for file, each in by_file.items() if file not in done]


def _alike(jobs: Sequence[FileJob]) -> list[FileJob]:
    """The first small one of each employer that lays nothing over what its files before say."""
    taken: dict[int, FileJob] = {}
    seen: set[int] = set()
    lines = 0
    for job in jobs:
        is_alike = not job.pieces and job.lines <= _SMALL and not leaves_something(job.reading)
        if is_alike and job.employer not in seen and lines + job.lines <= _MOST_LINES:
            taken[job.employer] = job
            lines += job.lines
        seen.add(job.employer)
    return list(taken.values())


async def _close_tasks(through: Sequence[FileJob], uow: RegistrationUnitOfWork) -> None:
    """Officers were asked of those that failed for good before: of none, as a rule."""
    about = {subjects.contribution_file(job.id) for job in through}
    for subject in await TaskRepository(uow.connection).live_among(queues.CONTRIBUTION_FILE, about):
        await close_task(CloseTask(queues.CONTRIBUTION_FILE, subject, WORKED_OFF), uow)
