"""Read contribution files: the job, its faults, and the lines that were set aside."""

import asyncio
from uuid import UUID

from services.registration.domain import subjects
from services.registration.domain.contribution import FileJob, LineFault, MonthSums
from services.registration.domain.errors import ContributionFileOfOneself, ContributionFileUnknown, UploadErased
from services.registration.files.formats import FORMATS
from services.registration.files.pieces import without_header
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.task import SubjectState


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

    They are cut out of the file as it was sent: a copy of them would be one more place with personal data. Where its
    bytes went with a person whom they named, those of others are kept. Raises ContributionFileUnknown, or UploadErased
    once the file was kept long enough.
    """
    job = await _visible(file, looker, uow)
    if job.tenant != looker.tenant:
        raise ContributionFileUnknown()
    format_ = FORMATS[job.reading.format]
    try:
        return await _rejected(job, uow), format_.media_type
    except UploadErased:
        return await uow.traces.rest(file), format_.media_type


async def _rejected(job: FileJob, uow: RegistrationUnitOfWork) -> bytes:
    numbers = sorted(await uow.contribution_files.lines_with_faults(job.id))
    if job.pieces:
        return await _rejected_of_pieces(job, numbers, uow)
    content = await uow.contribution_files.content(job.id)
    return await asyncio.to_thread(FORMATS[job.reading.format].rejected, content, numbers)


async def _rejected_of_pieces(job: FileJob, numbers: list[int], uow: RegistrationUnitOfWork) -> bytes:
    """Piece by piece: one header, where the format has one, and then the lines of all."""
    rejected, format_ = FORMATS[job.reading.format].rejected, job.reading.format
    found: list[bytes] = []
    holding = await uow.contribution_pieces.list_holding(job.id, numbers)
    if numbers and not holding:
        raise UploadErased()
    for number in holding:
        piece = await uow.contribution_pieces.get(job.id, number)
        of_piece = [line - piece.lines_before for line in numbers if piece.holds(line)]
        lines = await asyncio.to_thread(rejected, piece.content, of_piece)
        found.append(without_header(lines, format_) if found else lines)
    return b"".join(found)


async def find_state_of_file(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of a file, which is locked: it is changing once it is through."""
    job = await uow.contribution_files.lock(subjects.file_of(subject))
    stated_by = await uow.contribution_files.senders(job.id)
    over = job.state.is_finished
    return SubjectState(1, job.facts, over, stated_by=stated_by, of_oneself=ContributionFileOfOneself)


async def _visible(file: UUID, looker: Viewer, uow: RegistrationUnitOfWork) -> FileJob:
    job = await uow.contribution_files.get(file)
    if not looker.officer and job.tenant != looker.tenant:
        raise ContributionFileUnknown()
    return job
