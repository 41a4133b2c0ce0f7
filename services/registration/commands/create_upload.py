"""Begin an upload that comes in parts: how long it is, how it is read, and what is said beside it."""

from dataclasses import dataclass
from datetime import timedelta

from services.registration.domain.contribution import Reading
from services.registration.domain.errors import UploadsOpen, UploadTooLarge
from services.registration.domain.upload import Cut, Totals, Upload
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class CreateUpload:
    """Whose it is, its length in bytes, how it is read, its totals; and the limits that the settings name."""

    tenant: str
    is_of_officer: bool
    length: int
    reading: Reading
    totals: Totals
    longest: int
    lasts: timedelta
    most_open: int


async def create_upload(command: CreateUpload, uow: RegistrationUnitOfWork) -> Upload:
    """The upload; raises UploadTooLarge or UploadsOpen long before a byte of it comes."""
    if command.length > command.longest:
        raise UploadTooLarge(f"At most {command.longest} bytes are taken.", facts={"limit": command.longest})
    at = now()
    if await uow.uploads.count_open(command.tenant, at) >= command.most_open:
        raise UploadsOpen(f"At most {command.most_open} are open at once.", facts={"limit": command.most_open})
    upload = Upload(
        id=new_id(),
        tenant=command.tenant,
        is_of_officer=command.is_of_officer,
        length=command.length,
        reading=command.reading,
        totals=command.totals,
        created_at=at,
        expires_at=at + command.lasts,
        cut=Cut(command.reading.format),
    )
    await uow.uploads.add(upload)
    return upload
