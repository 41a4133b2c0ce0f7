"""Read opening files: officers do."""

from uuid import UUID

from services.registration.domain import subjects
from services.registration.domain.errors import OpeningFileNotChecked, OpeningFileOfOneself
from services.registration.domain.opening import OpeningFault, OpeningFile, OpeningState, facts_of_opening
from services.registration.files.opening_file import rejected
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.task import SubjectState


async def find_opening_file(file: UUID, uow: RegistrationUnitOfWork) -> OpeningFile:
    """Raises OpeningFileUnknown."""
    return await uow.opening_files.get(file)


async def list_opening_files(after: UUID | None, limit: int, uow: RegistrationUnitOfWork) -> list[OpeningFile]:
    """Files by id, after one."""
    return await uow.opening_files.page(after, limit)


async def list_opening_faults(file: UUID, uow: RegistrationUnitOfWork) -> list[OpeningFault]:
    """What is wrong with which lines; raises OpeningFileUnknown."""
    await uow.opening_files.get(file)
    return await uow.opening_files.faults(file)


async def find_rejected_rows(file: UUID, uow: RegistrationUnitOfWork) -> str:
    """A file of the lines that were set aside, as they were sent; raises OpeningFileUnknown, UploadErased."""
    found = await uow.opening_files.get(file)
    return rejected(found.kind, found.columns, await uow.opening_files.rejected_lines(file))


async def find_state_of_opening_file(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of a file, which is locked."""
    file = await uow.opening_files.lock(subjects.file_of_opening(subject))
    return SubjectState(
        file.revision,
        facts_of_opening(file),
        stated_by={file.officer},
        of_oneself=OpeningFileOfOneself,
        is_decided=file.state is not OpeningState.CHECKED,
        over=OpeningFileNotChecked,
    )
