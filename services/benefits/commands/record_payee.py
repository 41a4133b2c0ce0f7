"""Enters the account to which a person's benefits go."""

from dataclasses import dataclass
from datetime import timedelta

from services.benefits.commands.settle_unsent import SettleUnsent, settle_unsent
from services.benefits.domain import subjects
from services.benefits.domain.bank_text import bank_text
from services.benefits.domain.parties import party_of
from services.benefits.storage.payees import BankAccount, Entered, Payee
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now
from shared.security.fields import FieldCipher


@dataclass(frozen=True)
class RecordPayee:
    """A person, the account, the party and officer that enter it, and how long a change of account is held."""

    person: int
    account: BankAccount
    tenant: str
    officer: str = ""
    hold: timedelta = timedelta()


async def record_payee(command: RecordPayee, cipher: FieldCipher, uow: BenefitsUnitOfWork) -> Payee:
    """Keep a new version and wake what waits for it; the same account again stays the version that it is.

    Raises TextUnfitForBank.
    """
    bank_text(command.account.name)
    known = await uow.payees.lock(command.person)
    if known is not None and known.opened(cipher) == command.account:
        return known
    entered = await _entered(command, known, cipher, uow)
    version = known.version + 1 if known else 1
    payee = Payee.sealed(command.person, version, command.account, entered, cipher)
    await uow.payees.add(payee, command.tenant)
    await uow.due.wake({subjects.payee(party_of(command.person))})
    # What is instructed and in no file yet goes to this version, or waits for it from now on.
    await settle_unsent(SettleUnsent(command.person), uow)
    return payee


async def _entered(command: RecordPayee, known: Payee | None, cipher: FieldCipher, uow: BenefitsUnitOfWork) -> Entered:
    """One officer alone moves nobody's money: a change of account is held; another name on the same one is none."""
    if known is None:
        return Entered(command.officer, None, None)
    versions = await uow.payees.list_versions(command.person)
    same = [each for each in versions if each.opened(cipher).is_same_account(command.account)]
    # Versions of before benefits_0006 were each taken for an account of their own: a migration has no key to compare
    # them. The newest counts, so that what came back from it holds this one back.
    account_version = same[-1].account_version if same else None
    if account_version == known.account_version:
        # What an officer released stays released under the corrected name.
        held_until = None if await uow.payees.is_released(known) else known.held_until
        return Entered(command.officer, held_until, account_version)
    return Entered(command.officer, now() + command.hold if command.hold else None, account_version)
