"""Write that a benefit is suspended, until when, or that it never was."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.claims.files.benefit_letters import Suspended, suspension_letter
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.messages.owing import OweLetter, owe_letter


@dataclass(frozen=True)
class WriteSuspensionLetter:
    """What two officers let count, and to whom the letter goes."""

    suspended: Suspended
    readers: Sequence[str]


async def write_suspension_letter(command: WriteSuspensionLetter, uow: ClaimsUnitOfWork) -> None:
    """Owe the letters, once for what was stated."""
    for reader in command.readers:
        await owe_letter(OweLetter(suspension_letter(command.suspended, reader)), uow)
