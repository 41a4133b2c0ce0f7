"""Takes the bank's answer to a bank file: what was settled, and what came back (rules S3, S5)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.benefits.commands.settle_entitlement import SettleEntitlement
from services.benefits.domain.errors import (
    BankFileUnknown,
    EndToEndIdUnknown,
    StatusContradicted,
    StatusReportForeign,
)
from services.benefits.domain.ledger import TransferReason, transfer
from services.benefits.domain.payments import Outcome, PaymentState, contradicts, moved_on
from services.benefits.events.benefit_paid import payment_answered
from services.benefits.files.pain_002 import Status, StatusReport
from services.benefits.storage.ledger import Line
from services.benefits.storage.payments import Sent
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.failpoints import failpoint
from shared.telemetry.messaging import child_of

_REASONS = {PaymentState.SETTLED: TransferReason.SETTLED, PaymentState.RETURNED: TransferReason.RETURNED}


@dataclass(frozen=True)
class TakeStatusReport:
    """A report about a bank file."""

    bank_file: UUID
    report: StatusReport


@dataclass(frozen=True)
class Taken:
    """How many payments the report moved on, how many the bank still works on, and how many it repeated."""

    settled: int
    returned: int
    pending: int
    repeated: int


async def take_status_report(command: TakeStatusReport, uow: BenefitsUnitOfWork) -> Taken:
    """Move on what the report answers, book it and publish it; a repeat changes nothing.

    Raises BankFileUnknown, StatusReportForeign, EndToEndIdUnknown, StatusContradicted; then nothing is written.
    """
    found = await uow.bank_files.lock(command.bank_file)
    if found is None:
        raise BankFileUnknown(facts={"bank_file": str(command.bank_file)})
    if found.message_id != command.report.original_message_id:
        raise StatusReportForeign(facts={"bank_file": str(command.bank_file)})
    sent = await uow.payments.lock_file(command.bank_file)
    failpoint("status_report.read")
    answered = _answered(command.report.statuses, sent, now())
    await uow.payments.answer(answered)
    await uow.ledger.post(map(_line, answered))
    for each in answered:
        await _publish(each, uow)
    await uow.bank_files.answered(command.bank_file, now())
    failpoint("status_report.taken")
    return _taken(command.report.statuses, answered)


def _answered(statuses: Sequence[Status], sent: Mapping[str, Sent], at: datetime) -> list[Sent]:
    """The payments that the statuses move on, as they stand afterwards."""
    unknown = sum(status.end_to_end_id not in sent for status in statuses)
    if unknown:
        raise EndToEndIdUnknown(f"{unknown} of {len(statuses)} transactions are not in the file.")
    moved = []
    for status in statuses:
        stands = sent[status.end_to_end_id]
        stood = stands.payment.state
        if contradicts(stood, status.outcome):
            raise StatusContradicted(facts={"payment": str(stands.id), "state": stood})
        if (state := moved_on(stood, status.outcome)) is not None:
            payment = replace(stands.payment, state=state)
            moved.append(replace(stands, payment=payment, reason=status.reason, answered_at=at))
    return sorted(moved, key=lambda each: each.id)


def _line(answered: Sent) -> Line:
    payment = answered.payment
    moved = transfer(_REASONS[payment.state], payment.amount_sen)
    return Line(moved, payment.key.claim, payment.key.benefit, payment.key.revision, answered.id)


async def _publish(answered: Sent, uow: BenefitsUnitOfWork) -> None:
    """Publish within the story that the payment belongs to; what came back is owed again."""
    key, state = answered.payment.key, answered.payment.state
    uow.cause = Cause(answered.correlation_id)
    about: dict[str, str | int] = {
        "jaring.instruction": str(answered.id),
        "jaring.amount_sen": answered.payment.amount_sen,
    }
    with child_of(answered.traceparent, f"{state} payment", about):
        uow.publish(payment_answered(answered))
        if state is PaymentState.RETURNED:
            await uow.due.at(SettleEntitlement(key.claim, key.benefit), now())


def _taken(statuses: Sequence[Status], answered: Sequence[Sent]) -> Taken:
    states = Counter(each.payment.state for each in answered)
    pending = sum(status.outcome is Outcome.PENDING for status in statuses)
    repeated = len(statuses) - len(answered) - pending
    return Taken(states[PaymentState.SETTLED], states[PaymentState.RETURNED], pending, repeated)
