"""Enters a repayment that an officer saw: it counts when another officer has released it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.benefits.domain.errors import ReceivedBeforePaid, ReceivedInFuture, RecoveryUnknown, RepaymentEntered
from services.benefits.domain.recoveries import Repayment, Route, is_before
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import today
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen


@dataclass(frozen=True)
class EnterRepayment:
    """What came back of a recovery, on which day, by which route and receipt, and who says so."""

    recovery: UUID
    amount_sen: Sen
    received_on: date
    route: Route
    reference: str
    officer: str


async def enter_repayment(command: EnterRepayment, uow: BenefitsUnitOfWork) -> Repayment:
    """Keep it, once for a receipt; raises ReceivedInFuture, RecoveryUnknown, ReceivedBeforePaid, RepaymentEntered."""
    if command.received_on > today():
        raise ReceivedInFuture()
    recovery = await uow.recoveries.find(command.recovery)
    if recovery is None:
        raise RecoveryUnknown(facts={"recovery": str(command.recovery)})
    if is_before(command.received_on, await uow.ledger.first_day(recovery.key)):
        raise ReceivedBeforePaid()
    came_in = (command.amount_sen, command.received_on, command.route, command.reference)
    repayment = Repayment(await _id_of(command, uow), command.recovery, *came_in, command.officer)
    if not await uow.repayments.add(repayment):
        raise RepaymentEntered(facts={"repayment": str(repayment.id)})
    uow.decided("repayment_entered", repayment=str(repayment.id), amount_sen=repayment.amount_sen)
    return repayment


async def _id_of(command: EnterRepayment, uow: BenefitsUnitOfWork) -> UUID:
    """The id of a receipt, made of the one that was withdrawn or countered before it: of two officers who enter it at
    once the database refuses the second. What was withdrawn is not published: after a restore the receipt stands under
    another id than this would be."""
    receipt = (command.route, command.reference)
    id_, taken_back = await uow.repayments.of_receipt(*receipt) or (None, True)
    if not taken_back:
        raise RepaymentEntered(facts={"repayment": str(id_)})
    return derived_id("repayment", *receipt, id_ or 0)
