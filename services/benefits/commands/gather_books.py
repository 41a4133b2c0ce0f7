"""Gathers what an entitlement is settled from: which of its days are its own, its books, their limits, other debts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.benefits.domain.calendar import BookCalendar
from services.benefits.domain.conditioned import conditioned
from services.benefits.domain.entitled import Entitled, EntitlementKey, Source
from services.benefits.domain.setting_off import OpenDebt, by_law, own_by_law
from services.benefits.domain.settlement import Books
from services.benefits.domain.waiting import Waiting
from services.benefits.storage.owed_days import OF_PAYABLE, TakenDays
from services.benefits.storage.payments import Sent
from services.benefits.storage.settling import Standing
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import today
from shared.kernel.periods import Days, joined, less, touching
from shared.law.act4.owing.rules import insured_loss
from shared.law.book import LawOn, book


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed of an entitlement whose row is locked, less the days that others have; by the law of its day.

    ``entitled`` is what falls due of it: raised, and without what is suspended or held back, of which some is
    ``waiting``.
    ``stated`` is the same before that, as claims states it.
    ``own`` are the days that it has so far, also those that it took when the book called their loss otherwise; ``loss``
    is what its days make good. ``called_otherwise`` are who has days that it states by a name that is not theirs now.
    """

    standing: Standing
    law: LawOn
    entitled: Entitled
    own: tuple[TakenDays, ...]
    loss: str
    called_otherwise: frozenset[EntitlementKey]
    waiting: tuple[Waiting, ...]
    stated: Entitled

    @property
    def day(self) -> date:
        """The day on which it is settled."""
        return self.standing.day


@dataclass(frozen=True)
class GatherBooks:
    """What is owed, as it was gathered first: what is settled by itself takes its days, and wakes due work, before."""

    owed: Owed


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is posted, the payments in it by end-to-end id, which are locked, and the funds in whose books it stands."""

    books: Books
    payments: Mapping[str, Sent]
    funds: frozenset[str]


async def gather_owed(key: EntitlementKey, uow: BenefitsUnitOfWork) -> Owed | None:
    """What is owed of it, and the days that it has so far; None while it cannot be settled (``stand``)."""
    standing = await uow.settling.stand(key, today())
    if standing is None:
        return None
    stated, law = standing.entitled, book().on(standing.day, standing.day)
    loss = _loss_of(stated, law)
    own = tuple(each for each in standing.taken if each.key == key)
    now = {each: _loss_of_benefit(each.key, law) for each in standing.taken if each.key != key}
    # Also those whose loss was called so before: the database refuses their days till their name is the one of now.
    others = [each for each in now if loss in (each.loss, now[each])]
    called_otherwise = frozenset(each.key for each in others if each.loss != now[each])
    taken = [days for each in others for days in _kept_by(each, key, own)]
    left, calendar = stated.without(taken), BookCalendar(standing.day)
    falls_due = conditioned(left, standing.conditions, standing.day, calendar, law)
    return Owed(standing, law, falls_due.entitled, own, loss, called_otherwise, falls_due.waiting, left)


def _kept_by(other: TakenDays, key: EntitlementKey, own: Sequence[TakenDays]) -> list[Days]:
    """The days that another has and keeps. Of two that were taken while their party had two numbers the one with the
    lower key keeps a day, and the other brings it down: what was paid twice is to come back.
    """
    if other.key.party == key.party or other.key < key:
        return [other.days]
    return list(less(other.days, touching(other.days, joined(each.days for each in own))))


async def gather_books(command: GatherBooks, uow: BenefitsUnitOfWork) -> Gathered:
    """What is granted of it and what of that is to come back; without what limits that, and without other debts.

    Payments are locked, since the bank may answer them meanwhile, and the books read after that. Where there is none,
    nobody else moves anything in the books of a party that is locked: they are as they were read.
    """
    standing, key = command.owed.standing, command.owed.entitled.key
    payments, by_fund = dict[str, Sent](), standing.net
    if standing.has_payments:
        payments = await uow.payments.lock(key)
        by_fund = await uow.ledger.net(key)
    net, recovery = (sum(each[side] for each in by_fund.values()) for side in (0, 1))
    books = Books(net, recovery, tuple(each.payment for each in payments.values()))
    return Gathered(books, payments, frozenset(by_fund))


async def with_limits(books: Books, owed: Owed, uow: BenefitsUnitOfWork) -> Books:
    """What of its own recovery the instalments of a loan are, and how much may be kept against the rest."""
    return await _with_limit(await _with_instalments(books, owed.entitled, uow), owed, uow)


async def with_debts(books: Books, owed: Owed, uow: BenefitsUnitOfWork) -> Books:
    """What else is to come back from the party, with how much of this may be kept against it."""
    open_ = await uow.recoveries.list_open(owed.entitled, owed.day)
    debts = [by_law(debt, owed.entitled, owed.law) for debt in open_]
    return replace(books, elsewhere=tuple([await _with_days(debt, owed, uow) for debt in debts]))


def _loss_of(stated: Entitled, law: LawOn) -> str:
    """What its days make good: of a benefit as the book has it; a payable is no benefit, and shares with none."""
    return _loss_of_benefit(stated.key, law) if stated.is_benefit else _loss_of_payable(stated.key)


def _loss_of_benefit(key: EntitlementKey, law: LawOn) -> str:
    return insured_loss(key.scheme, key.benefit, law)


def _loss_of_payable(key: EntitlementKey) -> str:
    return f"{OF_PAYABLE}{key.claim}"


async def _with_instalments(books: Books, entitled: Entitled, uow: BenefitsUnitOfWork) -> Books:
    """Of a loan: what of it was called in, and what of that is to come back; the rest was paid beyond the loan.

    What comes back counts as instalments first (assumed).
    """
    if not entitled.is_loan:
        return books
    called_sen, overpaid_sen = await uow.ledger.loan(entitled.key)
    return replace(books, called_sen=called_sen, instalments_sen=max(0, books.recovery_sen - overpaid_sen))


async def _with_limit(books: Books, owed: Owed, uow: BenefitsUnitOfWork) -> Books:
    """How much may be kept against what is to come back of it: by the law of its Act, or as it was agreed.

    After a restore more came back than is open: what of it no revision says was overpaid is owed again. Nothing is
    settled by an older one than the one that stood when it came back.
    """
    entitled = owed.entitled
    if books.recovery_sen < 0 and not entitled.is_loan:
        return replace(books, unopened_sen=-books.recovery_sen)
    if books.recovery_sen <= 0:
        return books
    keep, agreed = await uow.recoveries.keep_of(entitled, owed.day)
    return replace(books, keep=own_by_law(keep, agreed, entitled, owed.law))


async def _with_days(debt: OpenDebt, owed: Owed, uow: BenefitsUnitOfWork) -> OpenDebt:
    """With the days that were paid there, where a limit is on it and both make good the same loss."""
    if debt.keep.is_whole or debt.source is not Source.CLAIM or not owed.entitled.is_benefit:
        return debt
    if insured_loss(debt.key.scheme, debt.key.benefit, owed.law) != owed.loss:
        return debt
    return replace(debt, paid=await uow.payments.list_paid_days(debt.key))
