"""Brings the books of an entitlement to what its newest revision states (rules S4), as due work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from services.benefits.domain.ledger import TransferReason, transfer
from services.benefits.domain.settlement import (
    Books,
    Entitled,
    OpenRecovery,
    Pay,
    Posting,
    ReduceRecovery,
    Void,
    settle,
)
from services.benefits.domain.subjects import assessment, payee
from services.benefits.storage.ledger import Line
from services.benefits.storage.payments import Sent
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import BUSINESS_ZONE, today
from shared.kernel.subjects import Subject
from shared.telemetry.messaging import inject


@dataclass(frozen=True)
class SettleEntitlement:
    """One benefit of a claim."""

    claim: UUID
    benefit: str


async def settle_entitlement(command: SettleEntitlement, uow: BenefitsUnitOfWork) -> None:
    """Post the difference; what cannot be paid waits for the payee, what is not due yet for its day.

    What claims decided is waited for too, while it is not known again.
    """
    standing = await uow.settlements.lock(command.claim, command.benefit, today())
    if standing is None:
        await uow.due.when(command, {assessment(command.claim)}, None)
        return
    # The clocks of two workers may differ by seconds around midnight: a day that was reached is not taken back.
    entitled, day = standing.entitled, max(today(), standing.settled_on)
    payments = await uow.payments.lock(command.claim, command.benefit)
    net, recovery = await uow.ledger.net(command.claim, command.benefit)
    books = Books(net, recovery, tuple(each.payment for each in payments.values()))
    postings = settle(entitled, books, day)
    held = any(isinstance(each, Pay) for each in postings) and not await uow.payees.can_be_paid(entitled.person)
    chosen = [each for each in postings if not (held and isinstance(each, Pay))]
    await uow.ledger.post([await _post(each, entitled, payments, uow) for each in chosen])
    await uow.settlements.settled(entitled, day)
    await _wait(command, {payee(entitled.person)} if held else set(), entitled.falls_due(day), uow)


async def _post(posting: Posting, entitled: Entitled, payments: Mapping[str, Sent], uow: BenefitsUnitOfWork) -> Line:
    """Do what a posting says; the line of the ledger that it makes."""
    payment, trace = None, inject().get("traceparent")
    match posting:
        case Pay():
            payment, reason = await uow.payments.add(posting, trace, uow.cause), TransferReason.INSTRUCTED
        case Void(key):
            payment, reason = payments[key.end_to_end_id].id, TransferReason.VOIDED
            await uow.payments.void(payment)
        case OpenRecovery():
            reason = TransferReason.RECOVERY_OPENED
            await uow.recoveries.open(entitled, trace)
        case ReduceRecovery():
            reason = TransferReason.RECOVERY_REDUCED
    about: dict[str, str | int] = {"claim": str(entitled.claim), "revision": entitled.revision}
    uow.decided(f"payment_{reason}", **about, benefit=entitled.benefit, amount_sen=posting.amount_sen)
    moved = transfer(reason, posting.amount_sen)
    return Line(moved, entitled.claim, entitled.benefit, entitled.revision, payment)


async def _wait(
    command: SettleEntitlement, subjects: set[Subject], falls_due: date | None, uow: BenefitsUnitOfWork
) -> None:
    """Leave the command for a subject, for the day on which more falls due, or for whichever comes first."""
    if subjects or falls_due:
        deadline = datetime.combine(falls_due, time.min, BUSINESS_ZONE) if falls_due else None
        await uow.due.when(command, subjects, deadline)
