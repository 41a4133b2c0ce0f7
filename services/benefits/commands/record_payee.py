"""Enters the account to which a party is paid, and who holds it."""

from dataclasses import dataclass
from datetime import timedelta

from services.benefits.commands.forget_person import ForgetPerson
from services.benefits.commands.settle_unsent import SettleUnsent, settle_unsent
from services.benefits.domain import subjects
from services.benefits.domain.bank_text import bank_text
from services.benefits.domain.errors import PartyErased
from services.benefits.domain.parties import Holding, person_of
from services.benefits.storage.payees import BankAccount, Entered, ErasedPayee, Payee
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now
from shared.persistence.erased import LOOK_AGAIN
from shared.security.fields import FieldCipher


@dataclass(frozen=True)
class RecordPayee:
    """A party, the account, who holds it, the party and officer that enter it, and how long a change is held.

    Without a holder it is the party's own.
    """

    party: str
    account: BankAccount
    tenant: str
    officer: str = ""
    hold: timedelta = timedelta()
    holding: Holding | None = None

    @property
    def held_by(self) -> Holding:
        """Who holds the account."""
        return self.holding or Holding.of(self.party)


async def record_payee(command: RecordPayee, cipher: FieldCipher, uow: BenefitsUnitOfWork) -> Payee:
    """Keep a new version and wake what waits for it; the same account again stays the version that it is.

    Raises TextUnfitForBank, HolderUnfit, PartyErased.
    """
    bank_text(command.account.name)
    command.held_by.must_fit(command.party)
    known = await uow.payees.lock(command.party, command.held_by.holder)
    await _must_be_needed(command, uow)
    if known is not None and (known.holding, known.opened(cipher)) == (command.held_by, command.account):
        return known
    erased = await uow.payees.erased(command.party)
    entered = await _entered(command, known, erased, cipher, uow)
    version = max(known.version if known else 0, erased.version if erased else 0) + 1
    payee = Payee.sealed(command.party, version, command.account, entered, cipher)
    await uow.payees.add(payee, command.tenant)
    await uow.due.wake({subjects.payee(command.party)})
    # What is instructed and in no file yet goes to this version, or waits for it from now on.
    await settle_unsent(SettleUnsent(command.party), uow)
    await _let_go_again(command, uow)
    return payee


async def _let_go_again(command: RecordPayee, uow: BenefitsUnitOfWork) -> None:
    """Of who was erased it is kept only as long as it is needed: a late payment of a number needs an account."""
    for person in {person_of(command.party), person_of(command.held_by.holder)} - {None}:
        if person is not None and await uow.erased_persons.is_whole(person):
            await uow.due.at(ForgetPerson(person), now() + LOOK_AGAIN)


async def _must_be_needed(command: RecordPayee, uow: BenefitsUnitOfWork) -> None:
    """Of who was erased an account is taken while something is owed to the party, and none that it holds for another.

    Raises PartyErased.
    """
    holder, party = person_of(command.held_by.holder), person_of(command.party)
    if holder != party and holder is not None and await uow.erased_persons.is_whole(holder):
        raise PartyErased()
    if party is None or not await uow.erased_persons.is_whole(party):
        return
    if not await uow.payees.is_owed(command.party):
        raise PartyErased()


async def _entered(
    command: RecordPayee, known: Payee | None, erased: ErasedPayee | None, cipher: FieldCipher, uow: BenefitsUnitOfWork
) -> Entered:
    """One officer alone moves nobody's money: a change of account or holder is held; another name on the same is none.

    The first account of a person is not held: nobody's first payment waits. One of another party, or that another than
    the party holds, is held until a second officer releases it; so is a person's own once another has held one for it:
    else one officer alone would call the guardian's account the child's. After a restore that holds too where another
    held an account that was lost, and for the account of before that one, whatever name is on it now. An account that
    follows one that was erased is a changed one, which nobody can compare any more: it is held until a second officer
    releases it.
    """
    by, needs_release = (command.officer, command.held_by), command.held_by.needs_release(command.party)
    lost = await uow.payees.lost_after(command.party, known.version if known else 0)
    needs_release = needs_release or (lost is not None and not lost.is_own)
    needs_release = needs_release or (erased is not None and (erased.by_another or known is None))
    if known is None:
        return Entered(*by, needs_release=needs_release)
    versions = await uow.payees.list_versions(command.party)
    needs_release = needs_release or any(each.holding.needs_release(command.party) for each in versions)
    same = [each for each in versions if each.opened(cipher).is_same_account(command.account)]
    # Versions of before benefits_0006 were each taken for an account of their own: a migration has no key to compare
    # them. The newest counts, so that what came back from it holds this one back.
    account_version = same[-1].account_version if same else None
    if (account_version, command.held_by) == (known.account_version, known.holding):
        if lost:
            return Entered(*by, needs_release=True, account_version=account_version)
        # What an officer released stays released under the corrected name.
        if await uow.payees.is_released(known):
            return Entered(*by, account_version=account_version)
        return Entered(*by, known.held_until, known.needs_release, account_version)
    held_until = now() + command.hold if command.hold and not needs_release else None
    return Entered(*by, held_until, needs_release, account_version)
