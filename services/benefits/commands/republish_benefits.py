"""States again how every payment ended, what came back and what is agreed about what is to, what counts of payees,
which orders raise benefits, and what payees were asked for (rules M8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from services.benefits.events.benefit_paid import (
    benefits_increased,
    certificate_asked,
    money_came_back,
    money_unallocated,
    party_stated,
    payment_answered,
    recovery_agreed,
    repayment_countered,
)
from services.benefits.storage.repayments import Repaid
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.envelope import Event
from shared.kernel.clock import now
from shared.persistence.following import RepublishErasures

PAGE_SIZE = 500


class Stated(StrEnum):
    """What is stated again, one after the other."""

    PAYMENTS = "payments"
    REPAYMENTS = "repayments"
    AGREEMENTS = "agreements"
    UNALLOCATED = "unallocated"
    STATEMENTS = "statements"
    INCREASES = "increases"
    CERTIFICATES = "certificates"


_NEXT = dict(pairwise(Stated))


@dataclass(frozen=True)
class RepublishBenefits:
    """The run, what of it is being stated, and the last of these that was."""

    run: str
    what: Stated = Stated.PAYMENTS
    after: UUID | None = None


async def republish_benefits(command: RepublishBenefits, uow: BenefitsUnitOfWork) -> None:
    """Republish a page, and leave the rest of the run for later."""
    if command == RepublishBenefits(command.run):
        await uow.due.at(RepublishErasures(command.run), now())
    page = await _page(command, uow)
    uow.republish(command.run, [event for _, told in page for event in told])
    if len(page) == PAGE_SIZE:
        await uow.due.at(RepublishBenefits(command.run, command.what, page[-1][0]), now())
    elif command.what in _NEXT:
        await uow.due.at(RepublishBenefits(command.run, _NEXT[command.what]), now())


async def _page(command: RepublishBenefits, uow: BenefitsUnitOfWork) -> list[tuple[UUID, list[Event]]]:
    """The next ids, in their order, and what is told of each."""
    match command.what:
        case Stated.PAYMENTS:
            answered = await uow.payments.list_published(command.after, PAGE_SIZE)
            return [(each[0].id, [payment_answered(*each)]) for each in answered]
        case Stated.REPAYMENTS:
            repaid = await uow.repayments.list_repaid(command.after, PAGE_SIZE)
            return [(each.repayment.id, list(_told(each))) for each in repaid]
        case Stated.AGREEMENTS:
            agreed = await uow.agreements.list_released(command.after, PAGE_SIZE)
            return [(each.agreement.id, [recovery_agreed(each)]) for each in agreed]
        case Stated.UNALLOCATED:
            found = await uow.repayments.list_of_nobody(command.after, PAGE_SIZE)
            return [(each.id, [money_unallocated(each, countered=countered)]) for each, countered in found]
        case Stated.STATEMENTS:
            said = await uow.statements.list_counting(command.after, PAGE_SIZE)
            return [(each.id, [party_stated(each.statement, each.counted_at)]) for each in said]
        case Stated.INCREASES:
            orders = await uow.increases.list_counting(command.after, PAGE_SIZE)
            return [(order.id, [benefits_increased(order, at)]) for order, at in orders]
        case Stated.CERTIFICATES:
            asked = await uow.conditions.list_requests(command.after, PAGE_SIZE)
            return [(each.id_of(key), [certificate_asked(key, each)]) for key, each in asked]


def _told(repaid: Repaid) -> Iterator[Event]:
    """What came in, and that it did not after all."""
    yield money_came_back(repaid)
    if repaid.is_countered:
        yield repayment_countered(repaid)
