"""Enters the account to which a person's benefits go."""

from dataclasses import dataclass

from services.benefits.domain import subjects
from services.benefits.storage.payees import BankAccount, Payee
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.security.fields import FieldCipher


@dataclass(frozen=True)
class RecordPayee:
    """A person, the account, and the party that enters it."""

    person: int
    account: BankAccount
    tenant: str


async def record_payee(command: RecordPayee, cipher: FieldCipher, uow: BenefitsUnitOfWork) -> Payee:
    """Keep a new version and wake what waits for it; the same account again stays the version that it is."""
    known = await uow.payees.lock(command.person)
    if known is not None and known.opened(cipher) == command.account:
        return known
    version = known.version + 1 if known else 1
    payee = Payee.sealed(command.person, version, command.account, cipher)
    await uow.payees.add(payee, command.tenant)
    await uow.due.wake({subjects.payee(command.person)})
    return payee
