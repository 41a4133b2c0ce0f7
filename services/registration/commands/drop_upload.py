"""Take back an upload that is on its way, or was refused; or those whose time is over."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.domain.errors import UploadOver
from services.registration.domain.upload import UploadState
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now

_BATCH = 100


@dataclass(frozen=True)
class DropUpload:
    """The upload of a party."""

    upload: UUID
    tenant: str


@dataclass(frozen=True)
class CleanUpUploads:
    """Let go of a batch of uploads whose time is over."""


async def drop_upload(command: DropUpload, uow: RegistrationUnitOfWork) -> None:
    """Nothing of it is left; raises UploadUnknown, or UploadOver for one that became a file."""
    upload = await uow.uploads.lock(command.upload, command.tenant)
    if upload.state is UploadState.COMPLETE:
        raise UploadOver()
    await uow.contribution_pieces.drop(upload.id)
    await uow.uploads.drop(upload.id)


async def clean_up_uploads(_: CleanUpUploads, uow: RegistrationUnitOfWork) -> None:
    """A full batch means that there is more: the next run follows at once."""
    if await uow.uploads.drop_expired(now(), _BATCH) == _BATCH:
        await uow.due.at(CleanUpUploads(), now())
