"""Hands a bank file to the bank: the same bytes each time."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.domain.errors import BankFileErased, BankFileUnknown
from services.benefits.storage.payees import content_place
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.failpoints import failpoint
from shared.security.fields import FieldCipher


@dataclass(frozen=True)
class FetchBankFile:
    """The file; ``by_bank``: an officer who looks at it does not move it on."""

    bank_file: UUID
    by_bank: bool


async def fetch_bank_file(command: FetchBankFile, cipher: FieldCipher, uow: BenefitsUnitOfWork) -> tuple[bytes, str]:
    """The content and its SHA-256; raises BankFileUnknown, or BankFileErased where it named whom nothing is kept of."""
    found = await uow.bank_files.find(command.bank_file)
    if found is None:
        raise BankFileUnknown(facts={"bank_file": str(command.bank_file)})
    if not found.content:
        raise BankFileErased()
    if command.by_bank:
        await uow.bank_files.fetched(command.bank_file)
        failpoint("bank_file.handed_out")
    return cipher.decrypt(found.content, content_place(command.bank_file)).encode(), found.sha256
