"""Knows payments again from what benefits itself published, after its database was put back (rules M8)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.benefits.commands.render_lost_file import RenderLostFile
from services.benefits.commands.settle_entitlement import SettleEntitlement
from services.benefits.commands.settle_unsent import SettleUnsent
from services.benefits.domain.entitled import EntitlementKey, Source
from services.benefits.domain.ledger import TransferReason, granted_on, transfer
from services.benefits.domain.parties import Capacity
from services.benefits.domain.payments import PaymentKey, PaymentKind, PaymentState
from services.benefits.domain.settlement import Pay
from services.benefits.storage.bank_files import Rendered
from services.benefits.storage.ledger import Line
from services.benefits.storage.payments import FileRefusal
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.benefit_paid import (
    PaymentEvent,
    PaymentInstructed,
    PaymentReturned,
    PaymentSettled,
    PaymentStated,
)
from shared.contracts.envelope import Event
from shared.kernel.clock import business_day, now

_REASONS = {PaymentState.SETTLED: TransferReason.SETTLED, PaymentState.RETURNED: TransferReason.RETURNED}
_REVERSED = TransferReason.REVERSED


@dataclass(frozen=True)
class RecallPayments:
    """What benefits published, and its database does not know; its files are for this bank."""

    events: Sequence[Event]
    bank: str


class PaymentUnheardOf(RuntimeError):
    """The bank answered a payment that nothing instructed: somebody must look before anything is paid."""


async def recall_payments(command: RecallPayments, uow: BenefitsUnitOfWork) -> None:
    """Know again what may be at the bank, and what it answered: none of it is ever paid a second time."""
    for event in command.events:
        if isinstance(event, PaymentInstructed):
            await _instructed(event, command.bank, uow)
        elif isinstance(event, PaymentSettled | PaymentReturned):
            await _answered(event, uow)


async def _instructed(event: PaymentInstructed, bank: str, uow: BenefitsUnitOfWork) -> None:
    sums = (event.file_sha256, event.file_transactions, event.file_sum_sen)
    await uow.bank_files.recall(Rendered(event.bank_file, event.happened_at, *sums), bank)
    pay = Pay(_key(event), event.amount_sen)
    place = {
        "tenant": bank,
        "bank_file": event.bank_file,
        "payee_version": event.payee_version,
        "owner": event.owner,
        "source": Source.told(event.source, event.owner),
        "person": event.person if isinstance(event, PaymentEvent) else None,
        "fund": event.fund,
    }
    if await uow.payments.recall(event.instruction, pay, place, event.happened_at):
        await uow.settlements.overtake(_entitlement(event))
        await uow.ledger.post([_line(event, TransferReason.INSTRUCTED)])
    if await uow.payees.lost(event.party, event.payee_version, bank, is_own=event.capacity == Capacity.OWN):
        # What is in no bank file yet says why it waits.
        await uow.due.at(SettleUnsent(event.party), now())
    await uow.due.at(RenderLostFile(event.bank_file), now())


async def _answered(event: PaymentSettled | PaymentReturned, uow: BenefitsUnitOfWork) -> None:
    payments = await uow.payments.lock(_entitlement(event))
    stands = next((each for each in payments.values() if each.id == event.instruction), None)
    if stands is None or stands.payment.state is PaymentState.UNSENT:
        raise PaymentUnheardOf(f"payment {event.instruction}")
    state = PaymentState.RETURNED if isinstance(event, PaymentReturned) else PaymentState.SETTLED
    stood = stands.payment.state
    # A payment that came back after it was settled is told of twice, in this order; read again, neither is news.
    if stood in (state, PaymentState.RETURNED):
        return
    answered = replace(stands, payment=replace(stands.payment, state=state))
    if isinstance(event, PaymentReturned):
        # Whether an officer has released the file since is not told: it is held until one does.
        with_file = FileRefusal.HELD if event.with_file else None
        answered = replace(answered, reason=event.reason, refused_with_file=with_file)
    at = event.happened_at
    await uow.payments.answer([(stood, replace(answered, answered_at=at))], at)
    if answered.is_refused_by_account:
        await uow.due.at(SettleUnsent(answered.party), now())
    if answered.is_of_loan:
        # What of it is to be paid back by now is asked for when it is known to have reached the party.
        await uow.due.at(SettleEntitlement.of(_entitlement(event)), now())
    await uow.ledger.post([_line(event, _REVERSED if stood is PaymentState.SETTLED else _REASONS[state])])


def _key(event: PaymentInstructed) -> PaymentKey:
    cause = (_entitlement(event), PaymentKind(event.kind), event.claim_revision)
    return PaymentKey(*cause, event.period_first, event.period_last, event.replaces)


def _entitlement(event: PaymentStated) -> EntitlementKey:
    return EntitlementKey(event.claim, event.scheme, event.benefit, event.party)


def _line(event: PaymentInstructed | PaymentSettled | PaymentReturned, reason: TransferReason) -> Line:
    grants = granted_on(event.benefit, is_benefit=Source.told(event.source, event.owner) is Source.CLAIM)
    moved = transfer(reason, event.amount_sen, event.fund, grants=grants)
    about = (_entitlement(event), event.claim_revision, event.instruction)
    return Line(moved, *about, event.value_on or business_day(event.happened_at))
