"""Take in a contribution file of any format, whose lines bear the code of their employer."""

from dataclasses import dataclass

from services.registration.commands.submit_contribution_files import (
    SubmitContributionFiles,
    submit_contribution_files,
)
from services.registration.domain.contribution import FileJob, KeptUpload, Reading
from services.registration.files.formats import CodedUpload
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.errors import JaringError


@dataclass(frozen=True, repr=False)
class SubmitContributionFile:
    """The file as it was sent, how it is to be read, and by whom; officers may send the file of any employer."""

    upload: CodedUpload | KeptUpload
    tenant: str
    officer: bool
    reading: Reading


async def submit_contribution_file(command: SubmitContributionFile, uow: RegistrationUnitOfWork) -> FileJob:
    """The job, or the one that the same file made before and that is not through; raises a FileFault."""
    sent = SubmitContributionFiles([command.upload], command.tenant, command.officer, command.reading)
    (found,) = await submit_contribution_files(sent, uow)
    if isinstance(found, JaringError):
        raise found
    return found
