"""Two officers record what a forum ordered: what it states is evidence of the claim, on the forum's authority."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.claims.commands.assess_claim import AssessClaim
from services.claims.commands.follow_appeal import find_who_is_not_free
from services.claims.commands.name_similar_worker import average_of_similar_worker
from services.claims.commands.settle_medical_bill import SettleMedicalBill
from services.claims.domain.appeal import OVERTURNED, Appeal, Order
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import Claim
from services.claims.domain.collectors.event import SIMILAR_WORK
from services.claims.domain.collectors.ordered import check_order
from services.claims.domain.errors import AppealOfOneself, ClaimUnknown
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.domain.line_flips import check_line_order
from services.claims.domain.medical_bill import LineFinding, LineFound, LineOrder
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import derived_id
from shared.kernel.money import ringgit
from shared.kernel.officers import Officers, must_be_another


@dataclass(frozen=True)
class RecordOrder:
    """The order on an appeal, whom it names as a similar worker, and both officers; ``cause`` is the approval's."""

    cause: UUID
    appeal: UUID
    order: Order
    officers: Officers
    similar_worker: int | None = None


async def record_order(command: RecordOrder, uow: ClaimsUnitOfWork) -> None:
    """The claim is assessed again on what it states; what the order leaves as it was stands.

    Raises AppealOver, AppealBeforeBoard, AppealHeardAhead, AppealOfOneself, OrderContradicts, OrderFactNotOfClaim,
    OrderFactNotReadable, OrderAmountNotOfClaim and SimilarWorkerWithoutWages.
    """
    appeal, by = await uow.appeals.lock(command.appeal), command.officers
    must_be_another(by.proposed_by, await find_who_is_not_free(appeal, uow), AppealOfOneself)
    if appeal.bill is not None:
        await _of_line(command, appeal, appeal.bill, uow)
        return
    claim = await uow.claims.find(appeal.claim)
    if claim is None:
        raise ClaimUnknown()
    check_order(questions_of(claim.kind), command.order.facts, command.order.amounts)
    order = await _with_similar_worker(command, claim, uow)
    id_ = derived_id("order", command.cause) if order.outcome in OVERTURNED else None
    await uow.appeals.save(appeal.decided(order, id_, by), by.approved_by)
    if id_ is not None:
        await _let_count(id_, command, await _stated(appeal, order, uow), claim, uow)
    uow.decided("appeal_decided", appeal=str(appeal.id), forum=appeal.forum.value, outcome=order.outcome.value)


async def _of_line(command: RecordOrder, appeal: Appeal, of: UUID, uow: ClaimsUnitOfWork) -> None:
    """Of a line of a medical bill the order states facts, and the bill is settled again on them."""
    order, by = command.order, command.officers
    check_line_order(order)
    id_ = derived_id("order", command.cause) if order.outcome in OVERTURNED else None
    await uow.appeals.save(appeal.decided(order, id_, by), by.approved_by)
    if id_ is not None:
        # Before it is locked: its runner holds both so.
        await uow.due.at(SettleMedicalBill(of), now())
        bill, line = await uow.medical_bills.lock(of), appeal.line or 1
        said = LineOrder(appeal.id, appeal.forum.value, order.reference, order.facts)
        key = bill.statements[appeal.revision - 1].lines[line - 1].key
        found = LineFinding(key, LineFound.ORDERED, None, None, by.at, appeal.revision, line, by, said)
        await uow.medical_bills.find_of_line(id_, bill, found, by)
    uow.decided("appeal_decided", appeal=str(appeal.id), forum=appeal.forum.value, outcome=order.outcome.value)


async def _with_similar_worker(command: RecordOrder, claim: Claim, uow: ClaimsUnitOfWork) -> Order:
    """Nobody types the average: it is that of whom the order names."""
    if command.similar_worker is None:
        return command.order
    average = await average_of_similar_worker(command.similar_worker, claim, uow)
    return replace(command.order, facts={**command.order.facts, SIMILAR_WORK.fact: ringgit(average)})


async def _stated(appeal: Appeal, order: Order, uow: ClaimsUnitOfWork) -> Mapping[str, Any]:
    said: dict[str, Any] = {
        "forum": appeal.forum.value,
        "appeal": str(appeal.id),
        "outcome": order.outcome.value,
        "ordered_on": order.ordered_on.isoformat(),
        "reference": order.reference,
        "facts": dict(order.facts),
        "amounts": [dict(each) for each in order.amounts],
    }
    before = None if appeal.about is None else await uow.appeals.find(appeal.about)
    if before is not None and before.ordered is not None:
        # The order that is appealed stands no more.
        said["in_place_of"] = str(before.ordered)
    return said


async def _let_count(
    id_: UUID, command: RecordOrder, said: Mapping[str, Any], claim: Claim, uow: ClaimsUnitOfWork
) -> None:
    """What it states counts at once: two officers have said it already."""
    by = command.officers
    stated = Evidence(id_, claim.id, by.tenant, EvidenceKind.ORDER, now(), stated=said, stated_by=by.proposed_by)
    approval = stated.approved(derived_id("order_approved", command.cause), now(), by.tenant, by.approved_by)
    await uow.evidence.add(stated, approval)
    await uow.due.at(AssessClaim(claim.joined_to or claim.id), now())
