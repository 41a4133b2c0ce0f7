"""Takes the bank's answer to a bank file: what was settled, and what came back (rules S3, S5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.benefits.commands.settle_entitlement import SettleEntitlement
from services.benefits.domain.answers import (
    NO_CODE,
    Effect,
    HeldReason,
    Said,
    Stands,
    Status,
    StatusReport,
    effect,
)
from services.benefits.domain.errors import BankFileUnknown, StatusReportForeign
from services.benefits.domain.ledger import TransferReason, transfer
from services.benefits.domain.payments import Outcome, PaymentState
from services.benefits.events.benefit_paid import payment_answered
from services.benefits.storage.held_statuses import HeldStatus
from services.benefits.storage.ledger import Line
from services.benefits.storage.payments import FileRefusal, Sent
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.failpoints import failpoint
from shared.telemetry.messaging import child_of

_STATES = {Outcome.SETTLED: PaymentState.SETTLED, Outcome.RETURNED: PaymentState.RETURNED}
_REASONS = {PaymentState.SETTLED: TransferReason.SETTLED, PaymentState.RETURNED: TransferReason.RETURNED}


@dataclass(frozen=True)
class TakeStatusReport:
    """A report about a bank file."""

    bank_file: UUID
    report: StatusReport


@dataclass(frozen=True)
class Taken:
    """How many payments the report moved on, how many the bank still works on, how many it repeated, what is held."""

    settled: int
    returned: int
    pending: int
    repeated: int
    held: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A payment as it stands after an answer that moved it on, and how it stood before."""

    stood: PaymentState
    sent: Sent


@dataclass
class Judged:
    """What each status of a report does."""

    answered: list[Answered] = field(default_factory=list)
    repeated: list[UUID] = field(default_factory=list)
    held: list[HeldStatus] = field(default_factory=list)
    pending: int = 0

    def taken(self) -> Taken:
        """The counts."""
        states = [each.sent.payment.state for each in self.answered]
        settled, returned = (states.count(state) for state in (PaymentState.SETTLED, PaymentState.RETURNED))
        return Taken(settled, returned, self.pending, len(self.repeated), len(self.held))


async def take_status_report(command: TakeStatusReport, uow: BenefitsUnitOfWork) -> Taken:
    """Move on what the report answers, book it and publish it; hold what is unknown; a repeat changes nothing.

    Raises BankFileUnknown, StatusReportForeign; then nothing is written.
    """
    found, report = await uow.bank_files.lock(command.bank_file), command.report
    if found is None:
        raise BankFileUnknown(facts={"bank_file": str(command.bank_file)})
    if found.message_id != report.original_message_id:
        raise StatusReportForeign(facts={"bank_file": str(command.bank_file)})
    sent = await uow.payments.lock_file(command.bank_file)
    failpoint("status_report.read")
    # A bank whose clock is ahead would make all that it says afterwards older than this.
    received_at = now()
    reported_at = min(report.created_at, received_at)
    judged = _judged(report, sent, reported_at, received_at)
    await uow.payments.answer([(each.stood, each.sent) for each in judged.answered], reported_at)
    await uow.payments.confirm(judged.repeated, reported_at)
    await uow.ledger.post(map(_line, judged.answered))
    for each in judged.answered:
        await _publish(each.sent, uow)
    await uow.held_statuses.add(found, report, judged.held)
    await uow.bank_files.answered(command.bank_file, received_at)
    failpoint("status_report.taken")
    return judged.taken()


def _judged(report: StatusReport, sent: Mapping[str, Sent], reported_at: datetime, received_at: datetime) -> Judged:
    judged = Judged(held=list(_held_of_the_file(report)))
    whole = _of_the_file(report)
    named: dict[str, list[Status]] = {}
    for status in report.statuses:
        if status.end_to_end_id is None or status.end_to_end_id not in sent:
            code = NO_CODE if status.said is None else status.said.code
            judged.held.append(HeldStatus(status.end_to_end_id, code, HeldReason.TRANSACTION_UNKNOWN))
        else:
            named.setdefault(status.end_to_end_id, []).append(status)
    for id_, stands in sent.items():
        statuses = named.get(id_, [])
        reason = _unfit(statuses, whole, stands)
        if reason is not None:
            codes = {status.said.code if status.said else NO_CODE for status in statuses}
            judged.held += [HeldStatus(id_, code, reason) for code in sorted(codes)]
        elif said := next((status.said for status in statuses if status.said), whole):
            of_file = all(status.said is None for status in statuses)
            _judge(judged, stands, said, _Report(reported_at, received_at, of_file))
    return judged


def _held_of_the_file(report: StatusReport) -> Iterator[HeldStatus]:
    """What is said of the whole file or of a batch and is not known here."""
    for batch, said in report.batches:
        if batch != report.original_message_id:
            yield HeldStatus(None, said.code, HeldReason.BATCH_UNKNOWN)
        elif said.outcome is None:
            yield HeldStatus(None, said.code, HeldReason.STATUS_UNKNOWN)
    if report.group is not None and report.group.outcome is None:
        yield HeldStatus(None, report.group.code, HeldReason.STATUS_UNKNOWN)


def _of_the_file(report: StatusReport) -> Said | None:
    """What holds for each transaction that is not named: a file of ours has one batch, whose status is the closer."""
    own = [said for batch, said in report.batches if batch == report.original_message_id]
    return next((said for said in (*own, report.group) if said is not None and said.outcome is not None), None)


def _unfit(statuses: list[Status], whole: Said | None, stands: Sent) -> HeldReason | None:
    """Why what is said of one transaction cannot be taken."""
    if any(sen != stands.payment.amount_sen for status in statuses for sen in status.amounts):
        return HeldReason.AMOUNT_DIFFERS
    said = {status.said or whole for status in statuses}
    if len(said) > 1:
        return HeldReason.STATUS_CONTRADICTED
    if any(each is None or each.outcome is None for each in said):
        return HeldReason.STATUS_UNKNOWN
    return None


@dataclass(frozen=True, slots=True)
class _Report:
    """When the bank made the report and we received it, and whether it speaks of the whole file."""

    reported_at: datetime
    received_at: datetime
    of_file: bool


def _judge(judged: Judged, stands: Sent, said: Said, report: _Report) -> None:
    """Note what a status that is known does to a payment."""
    if said.outcome is None:
        raise ValueError("a status that is not known is held")
    state = stands.payment.state
    what = effect(Stands(state, stands.reported_at), said.outcome, report.reported_at, report.of_file)
    match what:
        case Effect.MOVES | Effect.REVERSES:
            payment = replace(stands.payment, state=_STATES[said.outcome])
            with_file = FileRefusal.HELD if report.of_file and payment.state is PaymentState.RETURNED else None
            answered = replace(stands, payment=payment, reason=said.reason, answered_at=report.received_at)
            judged.answered.append(Answered(state, replace(answered, refused_with_file=with_file)))
        case Effect.REPEATS:
            judged.repeated.append(stands.id)
        case Effect.PENDING:
            judged.pending += not report.of_file or state is PaymentState.SENT
        case Effect.CONTRADICTS:
            id_ = stands.payment.key.end_to_end_id
            judged.held.append(HeldStatus(id_, said.code, HeldReason.STATUS_CONTRADICTED))


def _line(answered: Answered) -> Line:
    payment = answered.sent.payment
    reversed_ = answered.stood is PaymentState.SETTLED
    moved = transfer(TransferReason.REVERSED if reversed_ else _REASONS[payment.state], payment.amount_sen)
    return Line(moved, payment.key.claim, payment.key.benefit, payment.key.revision, answered.sent.id)


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
