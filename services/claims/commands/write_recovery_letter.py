"""Write that money is to come back: how much, why, what is kept for it, and how else it is paid back."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.claims.files.benefit_letters import ToComeBack, recovery_letter
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.messages.owing import OweLetter, owe_letter


@dataclass(frozen=True)
class WriteRecoveryLetter:
    """What is to come back, and to whom the letter goes."""

    due: ToComeBack
    readers: Sequence[str]


async def write_recovery_letter(command: WriteRecoveryLetter, uow: ClaimsUnitOfWork) -> None:
    """Owe the letters, once for each time that more comes to light."""
    for reader in command.readers:
        await owe_letter(OweLetter(recovery_letter(command.due, reader)), uow)
