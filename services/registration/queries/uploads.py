"""Read an upload that comes in parts."""

from uuid import UUID

from services.registration.domain.upload import Upload
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


async def find_upload(upload: UUID, tenant: str, uow: RegistrationUnitOfWork) -> Upload:
    """An upload of a party; raises UploadUnknown."""
    return await uow.uploads.get(upload, tenant)
