"""Close a contribution file that could not be worked off, as two officers decided: what came after it goes on."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.process_contribution_file import ProcessContributionFile
from services.registration.domain import subjects
from services.registration.domain.errors import ContributionFileBegun, ContributionFileOver
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DropContributionFile:
    """The file, and both officers."""

    file: UUID
    officers: Officers


async def drop_contribution_file(command: DropContributionFile, uow: RegistrationUnitOfWork) -> None:
    """Nothing of it counts; its sender sends it again. Raises ContributionFileOver, ContributionFileBegun."""
    job = await uow.contribution_files.lock(command.file)
    if job.state.is_finished:
        raise ContributionFileOver()
    if job.pieces and await uow.contribution_files.is_begun(job.id):
        raise ContributionFileBegun()
    await uow.contribution_files.close(job, command.officers)
    await uow.due.wake({subjects.sent(job.employer)})
    uow.decided("contribution_file_closed", file=str(job.id), employer=job.employer)
    # Its own work is done by that, too, and has failed no more.
    for file in (job.id, *await uow.contribution_files.list_after(job)):
        await uow.due.at(ProcessContributionFile(str(file)), now())
