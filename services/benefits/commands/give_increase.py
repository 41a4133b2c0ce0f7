"""Settles all that an order raises, page by page: what was paid since its first day gets the difference, once.

Each page leaves its settlings and the next page in one transaction: whoever is killed goes on where it was. What an
order gives is read at every settling, so that a benefit that is settled before its page comes has it already, and its
page then finds nothing to pay.
"""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.commands.settle_entitlement import SettleEntitlement
from services.benefits.domain.entitled import EntitlementKey
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now

_FIRST = UUID(int=0)
# One page is left as due work in one statement.
_PAGE = 1_000


@dataclass(frozen=True)
class GiveIncrease:
    """An order, and the last entitlement that was reached."""

    order: UUID
    claim: UUID = _FIRST
    scheme: str = ""
    benefit: str = ""
    party: str = ""


async def give_increase(command: GiveIncrease, uow: BenefitsUnitOfWork) -> None:
    """Leave a page to be settled, and the next page. Raises IncreaseOrderUnknown."""
    order = await uow.increases.get(command.order)
    # What an order no longer gives, in whose place this one stands, is settled too.
    before = None if order.replaces is None else await uow.increases.get(order.replaces)
    orders = [order] if before is None else [order, before]
    benefits = sorted({factor.benefit for each in orders for factor in each.factors})
    after = EntitlementKey(command.claim, command.scheme, command.benefit, command.party)
    in_force = min(each.in_force for each in orders)
    page = await uow.increases.concerned(benefits, in_force, after, _PAGE)
    await uow.due.all_at([SettleEntitlement.of(key) for key in page], now())
    if len(page) == _PAGE:
        last = page[-1]
        await uow.due.at(GiveIncrease(order.id, last.claim, last.scheme, last.benefit, last.party), now())
