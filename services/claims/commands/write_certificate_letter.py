"""Write to whoever is to bring a certificate, and again to remind: until that has arrived nothing is held back."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.claims.files.benefit_letters import CertificateDue, certificate_letter
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.messages.owing import OweLetter, owe_letter


@dataclass(frozen=True)
class WriteCertificateLetter:
    """A certificate that is due, and to whom the letter goes."""

    due: CertificateDue
    readers: Sequence[str]


async def write_certificate_letter(command: WriteCertificateLetter, uow: ClaimsUnitOfWork) -> None:
    """Owe the letters, once for the matter, however many benefits ask for it."""
    for reader in command.readers:
        await owe_letter(OweLetter(certificate_letter(command.due, reader)), uow)
