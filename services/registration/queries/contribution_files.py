"""Read contribution files: the job, its faults, and the lines that were set aside."""

import asyncio
from uuid import UUID

from services.registration.domain.contribution import FileJob, LineFault, MonthSums
from services.registration.domain.errors import ContributionFileUnknown
from services.registration.files.formats import FORMATS
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


async def find_file(file: UUID, looker: Viewer, uow: RegistrationUnitOfWork) -> tuple[FileJob, list[MonthSums]]:
    """A job and its control totals; raises ContributionFileUnknown."""
    job = await _visible(file, looker, uow)
    return job, await uow.contribution_files.sums(file)


async def list_file_faults(file: UUID, looker: Viewer, uow: RegistrationUnitOfWork) -> list[LineFault]:
    """What is wrong with which lines; raises ContributionFileUnknown."""
    await _visible(file, looker, uow)
    return await uow.contribution_files.faults(file)


async def find_rejected_lines(file: UUID, looker: Viewer, uow: RegistrationUnitOfWork) -> tuple[bytes, str]:
    """The lines that were set aside, in their own format, and its media type; to their sender only.

    They are cut out of the file as it was sent: a copy of them would be one more place with personal data. Raises
    ContributionFileUnknown.
    """
    job = await _visible(file, looker, uow)
    if job.tenant != looker.tenant:
        raise ContributionFileUnknown()
    format_ = FORMATS[job.reading.format]
    content = await uow.contribution_files.content(file)
    numbers = sorted({fault.line for fault in await uow.contribution_files.faults(file)})
    return await asyncio.to_thread(format_.rejected, content, numbers), format_.media_type


async def _visible(file: UUID, looker: Viewer, uow: RegistrationUnitOfWork) -> FileJob:
    job = await uow.contribution_files.get(file)
    if not looker.officer and job.tenant != looker.tenant:
        raise ContributionFileUnknown()
    return job
