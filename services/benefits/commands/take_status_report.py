"""Takes the bank's answer to a bank file: what was settled, and what came back (rules S3, S5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from services.benefits.commands.settle_entitlement import SettleEntitlement
from services.benefits.commands.settle_unsent import SettleUnsent
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
from services.benefits.domain.entitled import Source
from services.benefits.domain.errors import BankFileUnknown, StatusReportForeign
from services.benefits.domain.ledger import TransferReason, granted_on, transfer
from services.benefits.domain.payments import Outcome, PaymentState
from services.benefits.events.benefit_paid import payment_answered
from services.benefits.storage.bank_files import BankFile
from services.benefits.storage.held_statuses import HeldStatus
from services.benefits.storage.ledger import Line
from services.benefits.storage.payments import FileRefusal, Sent
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.envelope import Cause
from shared.kernel.clock import business_day, now
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
    sent = await uow.payments.of_file(command.bank_file)
    failpoint("status_report.read")
    # A bank whose clock is ahead would make all that it says afterwards older than this.
    received_at = now()
    reported_at = min(report.created_at, received_at)
    judged = _judged(report, sent, reported_at, received_at)
    # Nothing of a file went or came back before the file was made, whatever day the bank's clock had.
    value_on = max(business_day(reported_at), business_day(found.created_at))
    await _publish(judged.answered, value_on, uow)
    await uow.payments.lock_file(command.bank_file)
    await uow.payments.answer([(each.stood, each.sent) for each in judged.answered], reported_at)
    await uow.payments.confirm(judged.repeated, reported_at)
    await uow.ledger.post(_line(each, value_on) for each in judged.answered)
    await uow.bank_files.answered(command.bank_file, received_at)
    await _hold(found, report, judged.held, uow)
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
    own = _of_the_batch(report)
    unknown = next((said for said in own if said.outcome is None), None)
    if unknown is not None:
        yield HeldStatus(None, unknown.code, HeldReason.STATUS_UNKNOWN)
    elif len(set(own)) > 1:
        yield HeldStatus(None, own[-1].code, HeldReason.STATUS_CONTRADICTED)
    if report.group is not None and report.group.outcome is None:
        yield HeldStatus(None, report.group.code, HeldReason.STATUS_UNKNOWN)


def _of_the_file(report: StatusReport) -> Said | None:
    """What holds for each transaction that is not named: a file of ours has one batch, whose status is the closer.

    Where that is not known or contradicts itself, the word on the whole file does not stand in for it.
    """
    own = _of_the_batch(report)
    words = set(own) if own else {report.group}
    word = words.pop()
    return word if word is not None and word.outcome is not None and not words else None


def _of_the_batch(report: StatusReport) -> list[Said]:
    """What is said of our one batch; more than once, where a report repeats it."""
    return [said for batch, said in report.batches if batch == report.original_message_id]


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


def _line(answered: Answered, value_on: date) -> Line:
    payment = answered.sent.payment
    reversed_ = answered.stood is PaymentState.SETTLED
    reason = TransferReason.REVERSED if reversed_ else _REASONS[payment.state]
    grants = granted_on(payment.key.entitlement.benefit, is_benefit=answered.sent.source is Source.CLAIM)
    moved = transfer(reason, payment.amount_sen, answered.sent.fund, grants=grants)
    return Line(moved, payment.key.entitlement, payment.key.revision, answered.sent.id, value_on)


async def _hold(file: BankFile, report: StatusReport, held: Sequence[HeldStatus], uow: BenefitsUnitOfWork) -> None:
    """Keep what is held and tell of it at once, whatever the file's state; what is known already is not told again."""
    kept = await uow.held_statuses.add(file, report, held)
    if kept:
        await uow.bank_files.hold(file.id)
        reasons = ",".join(sorted({each.reason for each in held}))
        uow.decided("bank_status_held", bank_file=str(file.id), count=kept, reason=reasons)


async def _publish(judged: Sequence[Answered], value_on: date, uow: BenefitsUnitOfWork) -> None:
    """Publish what was answered; due work is taken before the payments and in one order, as settling takes them."""
    # An account that refused one payment holds back all that goes to it. What is in no file yet the bank does not see:
    # the worker looks for it.
    for party in sorted({each.sent.party for each in judged if each.sent.is_refused_by_account}):
        await uow.due.at(SettleUnsent(party), now())
    for each in sorted(judged, key=lambda each: each.sent.payment.key.entitlement):
        await _publish_one(each.sent, value_on, uow)


async def _publish_one(answered: Sent, value_on: date, uow: BenefitsUnitOfWork) -> None:
    """Publish within the story that the payment belongs to; what came back is owed again, a loan is called in."""
    key, state = answered.payment.key, answered.payment.state
    uow.cause = Cause(answered.correlation_id)
    about: dict[str, str | int] = {
        "jaring.instruction": str(answered.id),
        "jaring.amount_sen": answered.payment.amount_sen,
    }
    with child_of(answered.traceparent, f"{state} payment", about):
        uow.publish(payment_answered(answered, value_on))
        if state is PaymentState.RETURNED or answered.is_of_loan:
            await uow.due.at(SettleEntitlement.of(key.entitlement), now())
