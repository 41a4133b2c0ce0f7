"""Brings the books of an entitlement to what its newest revision states (rules S4), as due work."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from services.benefits.domain.entitled import Entitled, EntitlementKey
from services.benefits.domain.ledger import TransferReason, fund_changed, transfer
from services.benefits.domain.settlement import (
    Books,
    OpenRecovery,
    Pay,
    Posting,
    ReduceRecovery,
    SetOff,
    Void,
    settle,
)
from services.benefits.domain.subjects import assessment, owed_days, payee
from services.benefits.domain.waiting import Waiting, WaitingReason
from services.benefits.storage.ledger import Line
from services.benefits.storage.payments import FileRefusal, Sent
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import BUSINESS_ZONE, now, today
from shared.kernel.subjects import Subject
from shared.law.act4.owing.rules import insured_loss
from shared.law.book import book
from shared.telemetry.messaging import inject

# What another transaction does for the same party is done soon.
BUSY_PAUSE = timedelta(milliseconds=50)
# What ends is settled first: what it lets go, and what is to come back of it, is then what another benefit is owed.
_FIRST = timedelta(milliseconds=1)
_WAKES = {
    WaitingReason.DAY_OWED_BY_ANOTHER_CLAIM: owed_days,
    WaitingReason.ACCOUNT_MISSING: payee,
    WaitingReason.ACCOUNT_RETURNED: payee,
    WaitingReason.ACCOUNT_HELD: payee,
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


async def settle_soon(source: UUID, owed: Collection[EntitlementKey], uow: BenefitsUnitOfWork) -> None:
    """Leave to be settled all that a claim or payable names or ever named: what is not owed now is owed no more."""
    at = now()
    for key in sorted(await uow.settlements.keys_of(source)):
        await uow.due.at(SettleEntitlement.of(key), at if key in owed else at - _FIRST)


async def settle_entitlement(command: SettleEntitlement, uow: BenefitsUnitOfWork) -> None:
    """Post the difference; what cannot be paid waits with its reason, what is not due yet for its day.

    What claims decided is waited for too, while it is not known again.
    """
    if not await uow.settlements.lock_party(command.party):
        await uow.due.at(command, now() + BUSY_PAUSE)
        return
    standing = await uow.settlements.lock(command.key, today())
    if standing is None:
        await uow.due.when(command, {assessment(command.claim)}, None)
        return
    # The clocks of two workers may differ by seconds around midnight: a day that was reached is not taken back.
    day = max(today(), standing.settled_on)
    due_until = standing.entitled.due_until(day, standing.due_until)
    entitled = await _take_days(standing.entitled, day, uow)
    blocked = await _settle(entitled, day, due_until, uow)
    held = [Waiting(WaitingReason.DAY_OWED_BY_ANOTHER_CLAIM, each.first, each.last) for each in entitled.held]
    waiting = [*held, *([blocked] if blocked else [])]
    await uow.settlements.settled(entitled, day, due_until, waiting)
    await _wait(command, waiting, standing.entitled.falls_due(day), uow)


async def _take_days(stated: Entitled, day: date, uow: BenefitsUnitOfWork) -> Entitled:
    """Take the days that no other benefit of the party has; what this one lets go is free for those that wait."""
    loss = _loss_of(stated, day)
    taken = await uow.owed_days.list_of_loss(stated.key.party, loss)
    own = tuple(each.days for each in taken if each.key == stated.key)
    owed = stated.without([each.days for each in taken if each.key != stated.key])
    if owed.days != own:
        await uow.owed_days.replace(owed, loss)
        if owed.lets_go(own):
            await uow.due.wake({owed_days(owed.key.party)})
    return owed


def _loss_of(stated: Entitled, day: date) -> str:
    """What its days make good: of a benefit as the book has it; a payable is no benefit, and shares with none."""
    key = stated.key
    return insured_loss(key.scheme, key.benefit, book().on(day, day)) if stated.is_benefit else f"payable/{key.claim}"


async def _settle(entitled: Entitled, day: date, due_until: date | None, uow: BenefitsUnitOfWork) -> Waiting | None:
    """Post what is to be posted; what payments wait for, when they do."""
    payments = await uow.payments.lock(entitled.key)
    by_fund = await uow.ledger.net(entitled.key)
    net, recovery = (sum(each[side] for each in by_fund.values()) for side in (0, 1))
    books = Books(net, recovery, tuple(each.payment for each in payments.values()))
    postings = settle(entitled, books, day, due_until)
    blocked = None
    if _pays(postings):
        books = replace(books, elsewhere=tuple(await uow.recoveries.list_open(entitled)))
        postings = settle(entitled, books, day, due_until)
    if _pays(postings):
        blocked = _file_returned(books, payments)
    if _pays(postings) or _stays_unsent(books, postings):
        blocked = blocked or await uow.payees.blocked(entitled.key.party)
    chosen = [each for each in postings if not (blocked and isinstance(each, Pay))]
    await uow.ledger.post([line for each in chosen for line in await _post(each, entitled, payments, uow)])
    if by_fund.keys() - {entitled.fund}:
        await _bring_over(entitled, uow)
    return blocked


async def _bring_over(entitled: Entitled, uow: BenefitsUnitOfWork) -> None:
    """What other funds bore, or money that came back left with them, is borne by the one that bears the benefit now."""
    moved = list(fund_changed(entitled.fund, await uow.ledger.net(entitled.key)))
    await uow.ledger.post([Line(each, entitled.key, entitled.revision) for each in moved])
    for each in moved:
        logged: dict[str, str | int] = {"claim": str(entitled.key.claim), "revision": entitled.revision}
        uow.decided(f"payment_{each.reason}", **logged, benefit=entitled.key.benefit, amount_sen=each.amount_sen)


def _file_returned(books: Books, payments: Mapping[str, Sent]) -> Waiting | None:
    """A file that the bank refused as a whole is mended by a person before anything of it is paid again."""
    unreplaced = (payments[each.key.end_to_end_id] for each in books.unreplaced)
    held = any(each.refused_with_file is FileRefusal.HELD for each in unreplaced)
    return Waiting(WaitingReason.FILE_RETURNED) if held else None


def _stays_unsent(books: Books, postings: Sequence[Posting]) -> bool:
    """Whether a payment is in no bank file yet and is not withdrawn: it waits for the account as a new one would."""
    voided = {each.key for each in postings if isinstance(each, Void)}
    return any(each.key not in voided for each in books.unsent)


def _pays(postings: Sequence[Posting]) -> bool:
    return any(isinstance(each, Pay) for each in postings)


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
    moved = transfer(reason, posting.amount_sen, fund)
    return [Line(moved, entitled.key, entitled.revision, payment), *others]


async def _wait(
    command: SettleEntitlement, waiting: Sequence[Waiting], falls_due: date | None, uow: BenefitsUnitOfWork
) -> None:
    """Leave the command for what wakes it, for the day on which more falls due, or for whichever comes first."""
    subjects: set[Subject] = {_WAKES[each.reason](command.party) for each in waiting}
    ends = [each.until for each in waiting if each.until is not None]
    if falls_due:
        ends.append(datetime.combine(falls_due, time.min, BUSINESS_ZONE))
    if subjects or ends:
        await uow.due.when(command, subjects, min(ends, default=None))
