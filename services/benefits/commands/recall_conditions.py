"""Knows again what counts of payees, which orders raise benefits and what payees were asked for, after a restore.

Otherwise a benefit that two officers suspended would be paid, and a payee asked a second time (rules M8).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from services.benefits.commands.give_increase import GiveIncrease
from services.benefits.commands.settle_entitlement import settle_party_soon
from services.benefits.domain import queues, subjects
from services.benefits.domain.conditions import Request
from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.increases import Factor, IncreaseOrder
from services.benefits.domain.statements import CertificateKind, PartyStatement, StatementKind
from services.benefits.storage.statements import LET_AGAIN
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.benefit_paid import BenefitsIncreasedV1, CertificateAskedV1, PartyStatedV1
from shared.contracts.envelope import Event
from shared.kernel.clock import now
from shared.tasks.opening import CloseTask, close_task

# What waited in the backup, and was decided since.
KNOWN_AGAIN = "known_again"


@dataclass(frozen=True)
class RecallConditions:
    """What benefits published, and its database does not know."""

    events: Sequence[Event]


async def recall_conditions(command: RecallConditions, uow: BenefitsUnitOfWork) -> None:
    """Keep each as it counts; settle what it concerns, as far as that is known by now."""
    for event in command.events:
        match event:
            case PartyStatedV1():
                await _recall_statement(event, uow)
            case BenefitsIncreasedV1():
                await _recall_increase(event, uow)
            case CertificateAskedV1():
                await _recall_request(event, uow)


async def _recall_statement(event: PartyStatedV1, uow: BenefitsUnitOfWork) -> None:
    said = _statement(event)
    await uow.statements.recall(said, event.counted_at)
    if said.kind in queues.OF_KIND:
        about = subjects.party_statement(said.id)
        await close_task(CloseTask(queues.OF_KIND[said.kind], about, KNOWN_AGAIN), uow)
    await settle_party_soon(said.party, uow)


def _statement(event: PartyStatedV1) -> PartyStatement:
    key = None
    if event.claim is not None and event.scheme is not None and event.benefit is not None:
        key = EntitlementKey(event.claim, event.scheme, event.benefit, event.party)
    said = (event.says, event.first_on, event.last_on, event.holder, event.evidence)
    about = (LET_AGAIN["proposed_by"], event.stated_at, key, event.replaces, event.withdrawn)
    # That it counts stands with its answer.
    more = (None, event.earned_sen, event.average_sen)
    return PartyStatement(event.statement, StatementKind(event.kind), event.party, *said, *about, *more)


async def _recall_increase(event: BenefitsIncreasedV1, uow: BenefitsUnitOfWork) -> None:
    factors = tuple(
        Factor(each.benefit, each.began_from, each.began_to, Fraction(each.percent), each.least_sen)
        for each in event.factors
    )
    stated = (event.instrument, event.law, event.in_force, LET_AGAIN["proposed_by"], event.stated_at)
    order = IncreaseOrder(event.order, *stated, factors, event.replaces, event.withdrawn)
    await uow.increases.recall(order, event.counted_at)
    await close_task(CloseTask(queues.INCREASE_ORDER, subjects.increase_order(order.id), KNOWN_AGAIN), uow)
    await uow.due.at(GiveIncrease(order.id), now())


async def _recall_request(event: CertificateAskedV1, uow: BenefitsUnitOfWork) -> None:
    key = EntitlementKey(event.claim, event.scheme, event.benefit, event.party)
    request = Request(CertificateKind(event.certificate), event.due_on, event.asked_on, event.reminded_on)
    await uow.conditions.ask(key, [request])
    if request.reminded_on is not None:
        await uow.conditions.remind(key, [request])
