"""Take in contributions of an employer, of whatever format: keep what was sent, and leave its lines to the worker."""

from dataclasses import dataclass

from services.registration.commands.process_contribution_file import ProcessContributionFile
from services.registration.domain.contribution import FileJob, Reading
from services.registration.domain.errors import ContributionFormatNotAccepted
from services.registration.files.formats import Upload
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.law.act4.contribution_file.rules import formats_accepted
from shared.law.book import book


@dataclass(frozen=True, repr=False)
class SubmitContributionStatement:
    """What was sent and how it is to be read, whose employees it is about, and by whom: one who may send it.

    `receipt` orders it among the employer's where it was received before now.
    """

    upload: Upload
    employer: int
    tenant: str
    reading: Reading
    receipt: int | None = None


async def submit_contribution_statement(command: SubmitContributionStatement, uow: RegistrationUnitOfWork) -> FileJob:
    """The job, or the one that the same statement made before and that is not through."""
    day, reading = today(), command.reading
    if reading.format.value not in formats_accepted(book().on(day, day)):
        raise ContributionFormatNotAccepted(facts={"format": reading.format.value})
    upload = command.upload
    files = uow.contribution_files
    whose = (command.tenant, command.employer)
    job, is_new = await files.receive(*whose, len(upload), upload.content, reading, command.receipt)
    if is_new:
        await uow.due.at(ProcessContributionFile(str(job.id)), now())
    return job
