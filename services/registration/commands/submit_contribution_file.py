"""Take in a contribution file: refuse what is wrong with the whole, keep the rest, leave the lines to the worker."""

from dataclasses import dataclass

from services.registration.commands.process_contribution_file import ProcessContributionFile
from services.registration.domain.contribution import FileJob
from services.registration.domain.employer import Employer, tenant_of
from services.registration.domain.errors import ContributionFileForeignEmployer
from services.registration.files.contribution_file import Upload
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True, repr=False)
class SubmitContributionFile:
    """The file as it was sent, and by whom; officers may send the file of any employer."""

    upload: Upload
    tenant: str
    officer: bool


async def submit_contribution_file(command: SubmitContributionFile, uow: RegistrationUnitOfWork) -> FileJob:
    """The job, or the one that the same file made before and that is not through; raises a FileFault."""
    upload = command.upload
    employer = await uow.employers.find_by_code(upload.employer_code)
    if employer is None or not _may_send(command, employer):
        raise ContributionFileForeignEmployer.at(1, "The employer code is not one that you may send for.")
    job, is_new = await uow.contribution_files.receive(command.tenant, employer.number, len(upload), upload.content)
    if is_new:
        await uow.due.at(ProcessContributionFile(str(job.id)), now())
    return job


def _may_send(command: SubmitContributionFile, employer: Employer) -> bool:
    return command.officer or command.tenant == tenant_of(employer.number)
