"""Knows bills again from the payables that rehab itself published, after a restore (rules M8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.rehab.domain import subjects
from services.rehab.domain.bill import TAKEN_BACK, Bill, BillOutcome, Decision, Finding, Statement, Treatment
from services.rehab.domain.queues import BILL
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.contracts.envelope import Event
from shared.contracts.payable_stated import RehabPayableStatedV1
from shared.tasks.opening import CloseTask, close_task


@dataclass(frozen=True)
class RecallBills:
    """What rehab published, and its database does not know."""

    events: Sequence[Event]


async def recall_bills(command: RecallBills, uow: RehabUnitOfWork) -> None:
    """What was owed to whom is known again, and the bill is not taken as a new one; a lower revision changes nothing.

    Its number, the treatment, the cap and who looked at it were never published. What no officer had decided is lost:
    its provider sends it again. No officer is asked any more about what others had decided.
    """
    for event in command.events:
        if isinstance(event, RehabPayableStatedV1):
            await _recall(event, uow)


async def _recall(event: RehabPayableStatedV1, uow: RehabUnitOfWork) -> None:
    await uow.bills.add(Bill(event.payable, event.party, None, event.person or 0, None, event.stated_at))
    known = await uow.bills.lock(event.payable)
    stands = known.published
    if stands is not None and (stands.payable_revision or 0) >= event.revision:
        return
    statement = await _stated(event, known, uow)
    owed = (event.money_sen or None, event.stated_at, event.decision_hash, event.revision)
    decision = Decision(len(known.decisions) + 1, statement, _finding(event), *owed)
    await uow.bills.decide(known, decision)
    await close_task(CloseTask(BILL, subjects.bill(known.id), "decided"), uow)


async def _stated(event: RehabPayableStatedV1, known: Bill, uow: RehabUnitOfWork) -> int:
    """The statement that was decided; where a correction was lost with the database, what is known of it is added."""
    newest = known.statements[-1] if known.statements else None
    if newest is not None and newest.treated_on == event.arose_on and newest.amount_sen >= event.money_sen:
        return newest.revision
    number = 1 if newest is None else newest.revision + 1
    treatment = Treatment.OTHER if newest is None else newest.treatment
    await uow.bills.state(known, Statement(number, treatment, event.arose_on, event.money_sen, event.stated_at))
    return number


def _finding(event: RehabPayableStatedV1) -> Finding:
    if event.terms:
        return Finding(BillOutcome.APPROVED)
    ended_by_provider = event.withdrawn_for == TAKEN_BACK
    return Finding(BillOutcome.WITHDRAWN if ended_by_provider else BillOutcome.REFUSED, reason=event.ended_for)
