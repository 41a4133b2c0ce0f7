"""Knows bills again from the payables that rehab itself published, after a restore (rules M8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.rehab.domain.bill import TAKEN_BACK, Bill, BillOutcome, Decision, Finding, Statement, Treatment
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.contracts.envelope import Event
from shared.contracts.payable_stated import RehabPayableStatedV1


@dataclass(frozen=True)
class RecallBills:
    """What rehab published, and its database does not know."""

    events: Sequence[Event]


async def recall_bills(command: RecallBills, uow: RehabUnitOfWork) -> None:
    """What was owed to whom is known again, and the bill is not taken as a new one; a lower revision changes nothing.

    Its number, the treatment, the cap and who looked at it were never published. What no officer had decided is lost:
    its provider sends it again.
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
    if not known.statements:
        said = Statement(1, Treatment.OTHER, event.arose_on, event.money_sen, event.stated_at)
        await uow.bills.state(known, said)
    of_statement = known.newest.revision if known.statements else 1
    owed = (event.money_sen or None, event.stated_at, event.decision_hash, event.revision)
    decision = Decision(len(known.decisions) + 1, of_statement, _finding(event), *owed)
    await uow.bills.decide(known, decision)


def _finding(event: RehabPayableStatedV1) -> Finding:
    if event.terms:
        return Finding(BillOutcome.APPROVED)
    ended_by_provider = event.withdrawn_for == TAKEN_BACK
    return Finding(BillOutcome.WITHDRAWN if ended_by_provider else BillOutcome.REFUSED, reason=event.ended_for)
