"""Brings the books of an entitlement to what its newest revision states (rules S4), as due work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from services.benefits.domain.calendar import BookCalendar, Reached
from services.benefits.domain.entitled import Entitled, EntitlementKey, Source
from services.benefits.domain.ledger import TransferReason, called_off, fund_changed, granted_on, transfer
from services.benefits.domain.loans import CallIn, CallOff, called, next_repayment
from services.benefits.domain.payments import MOST_SEN
from services.benefits.domain.setting_off import OpenDebt, SetOff, by_law, own_by_law
from services.benefits.domain.settlement import (
    Books,
    Excess,
    OpenRecovery,
    Pay,
    Posting,
    ReduceRecovery,
    Void,
    excess,
    pays_more,
    settle,
    waits,
)
from services.benefits.domain.subjects import assessment, owed_days, payee, payment_calendar
from services.benefits.domain.waiting import Waiting, WaitingReason
from services.benefits.storage.ledger import Line
from services.benefits.storage.payments import FileRefusal, Sent
from services.benefits.storage.settlements import Standing
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import BUSINESS_ZONE, now, today
from shared.kernel.periods import Days
from shared.kernel.subjects import Subject
from shared.law.act4.owing.rules import insured_loss
from shared.law.book import book
from shared.telemetry.messaging import inject

# What another transaction does for the same party is done soon.
BUSY_PAUSE = timedelta(milliseconds=50)
# An amount out of bounds waits for the next revision, which is settled by itself.
_WAKES = {
    WaitingReason.DAY_OWED_BY_ANOTHER_CLAIM: owed_days,
    WaitingReason.ACCOUNT_MISSING: payee,
    WaitingReason.ACCOUNT_RETURNED: payee,
    WaitingReason.ACCOUNT_HELD: payee,
    WaitingReason.HOLDER_ENDED: payee,
    WaitingReason.FILE_RETURNED: payee,
}


@dataclass(frozen=True)
class SettleEntitlement:
    """One benefit of a claim for one party."""

    claim: UUID
    scheme: str
    benefit: str
    party: str

    @classmethod
    def of(cls, key: EntitlementKey) -> "SettleEntitlement":
        """The command for an entitlement."""
        return cls(key.claim, key.scheme, key.benefit, key.party)

    @property
    def key(self) -> EntitlementKey:
        """The entitlement."""
        return EntitlementKey(self.claim, self.scheme, self.benefit, self.party)


async def settle_soon(source: UUID, uow: BenefitsUnitOfWork) -> None:
    """Leave to be settled all that a claim or payable names or ever named: what is not owed now is owed no more."""
    for key in sorted(await uow.settlements.keys_of(source)):
        await uow.due.at(SettleEntitlement.of(key), now())


async def settle_entitlement(command: SettleEntitlement, uow: BenefitsUnitOfWork) -> None:
    """Post the difference; what cannot be paid waits with its reason, what is not due yet for its day.

    What claims decided is waited for too, while it is not known again.
    """
    if not await uow.settlements.lock_party(command.party):
        await uow.due.at(command, now() + BUSY_PAUSE)
        return
    await _bring_others_down(command.key, uow)
    standing = await uow.settlements.lock(command.key, today())
    if standing is None:
        await uow.due.when(command, {assessment(command.claim)}, None)
        return
    waiting, falls_due = await _bring_up_to_date(standing, uow)
    by_calendar = {payment_calendar()} if falls_due and standing.entitled.is_monthly else set()
    await _wait(command, waiting, by_calendar, falls_due, uow)


async def _bring_others_down(key: EntitlementKey, uow: BenefitsUnitOfWork) -> None:
    """Withdraw, or open the recovery of, what the party's other benefits were granted beyond what stands now.

    It is what this one is set off against. Their own due work may come later, or fail, and the bank's file be made
    meanwhile: the party would be paid both and asked for one of them. What is to come back comes first: what is paid
    again of a payment that is withdrawn is set off against it too.
    """
    beyond = []
    for other in await uow.settlements.list_overtaken(key):
        standing = await uow.settlements.lock(other, today())
        if standing is not None and (excess := await _excess(standing, uow)):
            beyond.append((excess, standing))
    for _, standing in sorted(beyond, key=lambda each: each[0], reverse=True):
        await _bring_up_to_date(standing, uow)


async def _excess(standing: Standing, uow: BenefitsUnitOfWork) -> Excess:
    entitled, _ = await _without_days_of_others(standing.entitled, standing.day, uow)
    books, _, _ = await _books(entitled.key, uow)
    return excess(entitled, books, standing.day, standing.reached)


async def _bring_up_to_date(standing: Standing, uow: BenefitsUnitOfWork) -> tuple[list[Waiting], date | None]:
    """Take the days, post the difference and note it; what waits, and the day on which more falls due."""
    day, calendar = standing.day, BookCalendar(standing.day)
    reached = standing.entitled.reach(day, standing.reached, calendar)
    entitled = await _take_days(standing.entitled, day, uow)
    blocked = await _settle(entitled, day, reached, uow)
    held = [Waiting(WaitingReason.DAY_OWED_BY_ANOTHER_CLAIM, each.first, each.last) for each in entitled.held]
    waiting = [*held, *([blocked] if blocked else [])]
    await uow.settlements.settled(entitled, day, reached, waiting)
    due = (standing.entitled.falls_due(day, reached, calendar), next_repayment(standing.entitled.repayment, day))
    return waiting, min((each for each in due if each), default=None)


async def _take_days(stated: Entitled, day: date, uow: BenefitsUnitOfWork) -> Entitled:
    """Take the days that no other benefit of the party has; what this one lets go is free for those that wait."""
    owed, own = await _without_days_of_others(stated, day, uow)
    if owed.days != own:
        await uow.owed_days.replace(owed, _loss_of(stated, day))
        if owed.lets_go(own):
            await uow.due.wake({owed_days(owed.key.party)})
    return owed


async def _without_days_of_others(
    stated: Entitled, day: date, uow: BenefitsUnitOfWork
) -> tuple[Entitled, tuple[Days, ...]]:
    """What is owed of it, and the days that it has so far."""
    taken = await uow.owed_days.list_of_loss(stated.key.party, _loss_of(stated, day))
    own = tuple(each.days for each in taken if each.key == stated.key)
    return stated.without([each.days for each in taken if each.key != stated.key]), own


def _loss_of(stated: Entitled, day: date) -> str:
    """What its days make good: of a benefit as the book has it; a payable is no benefit, and shares with none."""
    key = stated.key
    return insured_loss(key.scheme, key.benefit, book().on(day, day)) if stated.is_benefit else f"payable/{key.claim}"


async def _settle(entitled: Entitled, day: date, reached: Reached, uow: BenefitsUnitOfWork) -> Waiting | None:
    """Post what is to be posted; what payments wait for, when they do."""
    books, payments, funds = await _books(entitled.key, uow)
    books = await _with_instalments(books, entitled, uow)
    books = await _with_limit(books, entitled, day, uow)
    postings = settle(entitled, books, day, reached)
    blocked = None
    if pays_more(postings) or books.unsent:
        books = await _with_debts(books, entitled, day, uow)
        postings = settle(entitled, books, day, reached)
    if more := pays_more(postings):
        blocked = _out_of_bounds(postings) or _file_returned(books, payments)
    if more or _stays_unsent(books, postings):
        blocked = blocked or await uow.payees.blocked(entitled.key.party)
    chosen = [each for each in postings if not (more and blocked and waits(each, books))]
    lines = [line for each in chosen for line in await _post(each, entitled, payments, uow)]
    lines += await _call(entitled, called(entitled, books, chosen, day), uow)
    await uow.ledger.post(lines)
    if any(isinstance(each, OpenRecovery) for each in chosen):
        await settle_unsent_of(entitled.key.party, uow)
    if funds - {entitled.fund}:
        await _bring_over(entitled, uow)
    return blocked


async def _books(key: EntitlementKey, uow: BenefitsUnitOfWork) -> tuple[Books, Mapping[str, Sent], set[str]]:
    """What is posted, the payments in it by end-to-end id, which are locked, and the funds in whose books it stands."""
    payments = await uow.payments.lock(key)
    by_fund = await uow.ledger.net(key)
    net, recovery = (sum(each[side] for each in by_fund.values()) for side in (0, 1))
    return Books(net, recovery, tuple(each.payment for each in payments.values())), payments, set(by_fund)


async def _with_limit(books: Books, entitled: Entitled, day: date, uow: BenefitsUnitOfWork) -> Books:
    """How much may be kept against what is to come back of it: by the law of its Act, or as it was agreed.

    After a restore more came back than is open: a revision after the one that opened it may owe it again.
    """
    if books.recovery_sen < 0 and not entitled.is_loan:
        is_later = entitled.revision > await uow.recoveries.opened_by(entitled.key)
        return replace(books, unopened_sen=-books.recovery_sen) if is_later else books
    if books.recovery_sen <= 0:
        return books
    keep, agreed = await uow.recoveries.keep_of(entitled, day)
    return replace(books, keep=own_by_law(keep, agreed, entitled, book().on(day, day)))


async def _with_debts(books: Books, entitled: Entitled, day: date, uow: BenefitsUnitOfWork) -> Books:
    """What else is to come back from the party, with how much of this may be kept against it."""
    law = book().on(day, day)
    debts = [by_law(debt, entitled, law) for debt in await uow.recoveries.list_open(entitled, day)]
    return replace(books, elsewhere=tuple([await _with_days(debt, entitled, day, uow) for debt in debts]))


async def _with_days(debt: OpenDebt, entitled: Entitled, day: date, uow: BenefitsUnitOfWork) -> OpenDebt:
    """With the days that were paid there, where a limit is on it and both make good the same loss."""
    if debt.keep.is_whole or debt.source is not Source.CLAIM or not entitled.is_benefit:
        return debt
    losses = {insured_loss(each.scheme, each.benefit, book().on(day, day)) for each in (debt.key, entitled.key)}
    return debt if len(losses) > 1 else replace(debt, paid=await uow.payments.list_paid_days(debt.key))


async def _with_instalments(books: Books, entitled: Entitled, uow: BenefitsUnitOfWork) -> Books:
    """Of a loan: what of it was called in, and what of that is to come back; the rest was paid beyond the loan.

    What comes back counts as instalments first (assumed).
    """
    if not entitled.is_loan:
        return books
    called_sen, overpaid_sen = await uow.ledger.loan(entitled.key)
    return replace(books, called_sen=called_sen, instalments_sen=max(0, books.recovery_sen - overpaid_sen))


async def _call(entitled: Entitled, call: CallIn | CallOff | None, uow: BenefitsUnitOfWork) -> list[Line]:
    """Ask for what of a loan is to be paid back by now, or for less; the line of the ledger that it makes."""
    if call is None:
        return []
    if isinstance(call, CallIn):
        await uow.recoveries.open(entitled, inject().get("traceparent"))
        await settle_unsent_of(entitled.key.party, uow)
        moved = transfer(TransferReason.CALLED_IN, call.amount_sen, entitled.fund)
    else:
        moved = called_off(call.amount_sen, entitled.fund)
    what = "loan_called_in" if isinstance(call, CallIn) else "loan_called_off"
    logged: dict[str, str | int] = {"claim": str(entitled.key.claim), "revision": entitled.revision}
    uow.decided(what, **logged, benefit=entitled.key.benefit, amount_sen=call.amount_sen)
    return [Line(moved, entitled.key, entitled.revision)]


async def settle_unsent_of(party: str, uow: BenefitsUnitOfWork) -> None:
    """Leave to be settled again what of a party is in no bank file yet: what is to come back is set off against it too.

    Also against what is owed under another Act: it may be agreed.
    """
    for key in sorted(await uow.payments.list_unsent_of(party)):
        await uow.due.at(SettleEntitlement.of(key), now())


async def _bring_over(entitled: Entitled, uow: BenefitsUnitOfWork) -> None:
    """What other funds bore, or money that came back left with them, is borne by the one that bears the benefit now."""
    moved = list(fund_changed(entitled.fund, await uow.ledger.net(entitled.key)))
    await uow.ledger.post([Line(each, entitled.key, entitled.revision) for each in moved])
    for each in moved:
        logged: dict[str, str | int] = {"claim": str(entitled.key.claim), "revision": entitled.revision}
        uow.decided(f"payment_{each.reason}", **logged, benefit=entitled.key.benefit, amount_sen=each.amount_sen)


def _out_of_bounds(postings: Sequence[Posting]) -> Waiting | None:
    """What no event and no bank file can hold would stop the payments of everybody: its owner corrects it first."""
    beyond = any(isinstance(each, Pay) and each.amount_sen > MOST_SEN for each in postings)
    return Waiting(WaitingReason.AMOUNT_OUT_OF_BOUNDS) if beyond else None


def _file_returned(books: Books, payments: Mapping[str, Sent]) -> Waiting | None:
    """A file that the bank refused as a whole is mended by a person before anything of it is paid again."""
    unreplaced = (payments[each.key.end_to_end_id] for each in books.unreplaced)
    held = any(each.refused_with_file is FileRefusal.HELD for each in unreplaced)
    return Waiting(WaitingReason.FILE_RETURNED) if held else None


def _stays_unsent(books: Books, postings: Sequence[Posting]) -> bool:
    """Whether a payment is in no bank file yet, or what is left of it: it waits for the account as a new one would."""
    voided = {each.key for each in postings if isinstance(each, Void)}
    left = any(isinstance(each, Pay) for each in postings)
    return left or any(each.key not in voided for each in books.unsent)


async def _post(
    posting: Posting, entitled: Entitled, payments: Mapping[str, Sent], uow: BenefitsUnitOfWork
) -> list[Line]:
    """Do what a posting says; the lines of the ledger that it makes."""
    payment, trace, others, fund = None, inject().get("traceparent"), list[Line](), entitled.fund
    match posting:
        case Pay():
            payment, reason = await uow.payments.add(posting, entitled, trace, uow.cause), TransferReason.INSTRUCTED
        case Void(key):
            payment, reason = payments[key.end_to_end_id].id, TransferReason.VOIDED
            fund = payments[key.end_to_end_id].fund
            await uow.payments.void(payment)
        case OpenRecovery():
            reason = TransferReason.RECOVERY_OPENED
            await uow.recoveries.open(entitled, trace)
        case ReduceRecovery():
            reason = TransferReason.RECOVERY_REDUCED
        case SetOff(debt, amount):
            reason = TransferReason.SET_OFF
            come_back = transfer(TransferReason.RECOVERY_SET_OFF, amount, debt.fund)
            others = [Line(come_back, debt.key, debt.revision)]
    logged: dict[str, str | int] = {"claim": str(entitled.key.claim), "revision": entitled.revision}
    uow.decided(f"payment_{reason}", **logged, benefit=entitled.key.benefit, amount_sen=posting.amount_sen)
    grants = granted_on(entitled.key.benefit, is_benefit=entitled.is_benefit)
    moved = transfer(reason, posting.amount_sen, fund, grants=grants)
    return [Line(moved, entitled.key, entitled.revision, payment), *others]


async def _wait(
    command: SettleEntitlement,
    waiting: Sequence[Waiting],
    by_calendar: set[Subject],
    falls_due: date | None,
    uow: BenefitsUnitOfWork,
) -> None:
    """Leave the command for what wakes it, for the day on which more falls due, or for whichever comes first."""
    subjects = by_calendar | {_WAKES[each.reason](command.party) for each in waiting if each.reason in _WAKES}
    ends = [each.until for each in waiting if each.until is not None]
    if falls_due:
        ends.append(datetime.combine(falls_due, time.min, BUSINESS_ZONE))
    if subjects or ends:
        await uow.due.when(command, subjects, min(ends, default=None))
