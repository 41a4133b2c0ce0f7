"""Posts what an entitlement lacks in the books: payments, what is withdrawn, set off, called in; how far it is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.benefits.commands.gather_books import Gathered, Owed
from services.benefits.commands.tell_of_recovery import TellOfRecovery, tell_of_recovery
from services.benefits.domain.calendar import Reached
from services.benefits.domain.entitled import Entitled
from services.benefits.domain.ledger import (
    REDUCED,
    SET_OFF_ELSEWHERE,
    TransferReason,
    called_off,
    fund_changed,
    granted_on,
    transfer,
)
from services.benefits.domain.loans import CallIn, CallOff, called
from services.benefits.domain.setting_off import SetOff
from services.benefits.domain.settlement import (
    Books,
    OpenRecovery,
    Pay,
    Posting,
    ReduceRecovery,
    Void,
)
from services.benefits.domain.waiting import Waiting
from services.benefits.storage.ledger import Line
from services.benefits.storage.payments import Sent
from services.benefits.storage.settling import NewPayment, Settled
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.identifiers import new_id
from shared.telemetry.messaging import inject


@dataclass(frozen=True, slots=True)
class Difference:
    """What is to be posted of what the books say, and what payments wait for."""

    books: Books
    postings: Sequence[Posting]
    blocked: Waiting | None


@dataclass(frozen=True, slots=True)
class Noted:
    """Until when it is due, and what waits."""

    reached: Reached
    waiting: Sequence[Waiting]


@dataclass(frozen=True)
class PostDifference:
    """What is owed, the books as they were gathered, what is to be posted of them, and until when it is due."""

    owed: Owed
    gathered: Gathered
    difference: Difference
    noted: Noted


async def post_difference(command: PostDifference, uow: BenefitsUnitOfWork) -> bool:
    """Post what is to be posted, and how far it is settled now; whether anything came to light to come back."""
    owed, gathered, difference, noted = command.owed, command.gathered, command.difference, command.noted
    entitled, postings = owed.entitled, difference.postings
    posted = [await _posted(each, entitled, gathered.payments, uow) for each in postings]
    call = called(entitled, difference.books, postings, owed.day)
    opened = any(isinstance(each, OpenRecovery) for each in postings)
    if opens := isinstance(call, CallIn) or opened:
        await uow.recoveries.open(entitled, inject().get("traceparent"))
    settled = Settled(
        *(entitled, owed.day, noted.reached, noted.waiting),
        lines=[*(line for each in posted for line in each.lines), *_call(entitled, call, uow)],
        payments=[each.payment for each in posted if each.payment is not None],
        traceparent=inject().get("traceparent"),
        correlation_id=uow.cause.correlation_id,
        loss=owed.loss,
        days=() if owed.own else entitled.days,
    )
    await uow.settling.write(settled)
    if opened:
        await tell_of_recovery(TellOfRecovery(owed, gathered.books.net_sen), uow)
    if gathered.funds - {entitled.fund}:
        await _bring_over(entitled, uow)
    return opens


def _call(entitled: Entitled, call: CallIn | CallOff | None, uow: BenefitsUnitOfWork) -> list[Line]:
    """Ask for what of a loan is to be paid back by now, or for less; the line of the ledger that it makes."""
    if call is None:
        return []
    if isinstance(call, CallIn):
        moved = transfer(TransferReason.CALLED_IN, call.amount_sen, entitled.fund)
    else:
        moved = called_off(call.amount_sen, entitled.fund)
    what = "loan_called_in" if isinstance(call, CallIn) else "loan_called_off"
    logged: dict[str, str | int] = {"claim": str(entitled.key.claim), "revision": entitled.revision}
    uow.decided(what, **logged, benefit=entitled.key.benefit, amount_sen=call.amount_sen)
    return [Line(moved, entitled.key, entitled.revision)]


async def _bring_over(entitled: Entitled, uow: BenefitsUnitOfWork) -> None:
    """What other funds bore, or money that came back left with them, is borne by the one that bears the benefit now."""
    moved = list(fund_changed(entitled.fund, await uow.ledger.net(entitled.key)))
    await uow.ledger.post([Line(each, entitled.key, entitled.revision) for each in moved])
    for each in moved:
        logged: dict[str, str | int] = {"claim": str(entitled.key.claim), "revision": entitled.revision}
        uow.decided(f"payment_{each.reason}", **logged, benefit=entitled.key.benefit, amount_sen=each.amount_sen)


@dataclass(frozen=True, slots=True)
class _Posted:
    """What a posting makes: the lines of the ledger, and a payment."""

    lines: Sequence[Line]
    payment: NewPayment | None = None


async def _posted(
    posting: Posting, entitled: Entitled, payments: Mapping[str, Sent], uow: BenefitsUnitOfWork
) -> _Posted:
    """What a posting makes; what it withdraws is withdrawn."""
    payment, new, others, fund = None, None, list[Line](), entitled.fund
    match posting:
        case Pay():
            new = NewPayment(new_id(), posting)
            payment, reason = new.id, TransferReason.INSTRUCTED
        case Void(key):
            payment, reason = payments[key.end_to_end_id].id, TransferReason.VOIDED
            fund = payments[key.end_to_end_id].fund
            await uow.payments.void(payment)
        case OpenRecovery():
            reason = TransferReason.RECOVERY_OPENED
        case ReduceRecovery(again=again):
            reason = REDUCED[again]
        case SetOff(debt, amount, again):
            reason = TransferReason.SET_OFF
            come_back = transfer(SET_OFF_ELSEWHERE[again], amount, debt.fund)
            others = [Line(come_back, debt.key, debt.revision)]
    logged: dict[str, str | int] = {"claim": str(entitled.key.claim), "revision": entitled.revision}
    uow.decided(f"payment_{reason}", **logged, benefit=entitled.key.benefit, amount_sen=posting.amount_sen)
    grants = granted_on(entitled.key.benefit, is_benefit=entitled.is_benefit)
    moved = transfer(reason, posting.amount_sen, fund, grants=grants)
    return _Posted([Line(moved, entitled.key, entitled.revision, payment), *others], new)
