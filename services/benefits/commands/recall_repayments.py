"""Knows again what came back, from what benefits itself published, after its database was put back (rules M8).

Otherwise the recovery that settling opens again would be asked for a second time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.benefits.commands.book_repayment import post_countered, post_repaid
from services.benefits.domain.entitled import EntitlementKey, Source
from services.benefits.domain.ledger import TransferReason
from services.benefits.domain.recoveries import Recovery, Repayment, Route
from services.benefits.storage.repayments import Repaid
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.benefit_paid import MoneyUnallocatedV1, PaymentEvent, PaymentRecovered, RepaymentCountered
from shared.contracts.envelope import Event


@dataclass(frozen=True)
class RecallRepayments:
    """What benefits published, and its database does not know."""

    events: Sequence[Event]


async def recall_repayments(command: RecallRepayments, uow: BenefitsUnitOfWork) -> None:
    """Book again what came back, and counter what did not after all; until settling has opened the recovery again,
    less than nothing is open of it."""
    for event in command.events:
        if isinstance(event, PaymentRecovered):
            await _recall(event, uow)
        elif isinstance(event, MoneyUnallocatedV1):
            await _recall_unallocated(event, uow)


async def _recall(event: PaymentRecovered, uow: BenefitsUnitOfWork) -> None:
    if event.repayment is None or event.received_on is None:
        # Nothing published one without them.
        return
    recovery = _recovery(event)
    known = await uow.recoveries.recall(recovery, event.happened_at)
    await uow.settlements.recall(recovery, event.received_on)
    amount_sen = event.amount_sen + event.beyond_sen
    came_in = (amount_sen, event.received_on, Route(event.route), event.receipt or event.route)
    repayment = Repayment(event.repayment, known, *came_in, "")
    repaid = Repaid(repayment, recovery, event.amount_sen, event.beyond_sen)
    if await uow.repayments.add(repayment) or not await uow.repayments.is_booked(repayment.id):
        await post_repaid(repaid, uow)
    if isinstance(event, RepaymentCountered) and not await uow.repayments.is_countered(repayment.id):
        await post_countered(repaid, uow)
        await uow.counter_entries.recall(repayment.id)


async def _recall_unallocated(event: MoneyUnallocatedV1, uow: BenefitsUnitOfWork) -> None:
    came_in = (event.amount_sen, event.received_on, Route.BANK_LINE, event.reference)
    repayment = Repayment(event.repayment, None, *came_in, event.stated_by)
    if await uow.repayments.add(repayment) or not await uow.repayments.is_booked(repayment.id):
        await uow.repayments.wait_no_longer(repayment.id)
        await uow.ledger.post_beyond(repayment, repayment.amount_sen)
    if event.countered and not await uow.repayments.is_countered(repayment.id):
        await uow.ledger.post_beyond(repayment, repayment.amount_sen, TransferReason.REPAID_BEYOND_COUNTERED)
        await uow.counter_entries.recall(repayment.id)


def _recovery(event: PaymentRecovered) -> Recovery:
    key = EntitlementKey(event.claim, event.scheme, event.benefit, event.party)
    person = event.person if isinstance(event, PaymentEvent) else None
    about = (event.owner, Source.told(event.source, event.owner), person, event.fund, event.law, event.claim_revision)
    stood = event.settled_revision or event.claim_revision
    return Recovery(event.recovery, key, *about, open_sen=0, settled_revision=stood)
