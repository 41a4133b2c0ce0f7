"""Keep which officer sent a contribution file, or a part of one: that one approves nothing that it says."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class NoteSender:
    """The file, archive or upload, and who sent it; None: its employer did, or whoever acts for that."""

    sent: UUID
    officer: str | None


async def note_sender(command: NoteSender, uow: RegistrationUnitOfWork) -> None:
    """Once, however often it is sent."""
    if command.officer is not None:
        await uow.contribution_files.note_sender(command.sent, command.officer)
