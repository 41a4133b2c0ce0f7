"""Take back what was set off between two numbers that are not one person's after all (decision 72)."""

from collections.abc import Collection
from dataclasses import dataclass

from services.benefits.storage.unit_of_work import BenefitsUnitOfWork


@dataclass(frozen=True)
class UndoSetOff:
    """The parties of a split, which the transaction has locked."""

    parties: Collection[str]


async def undo_set_off(command: UndoSetOff, uow: BenefitsUnitOfWork) -> None:
    """What one is owed paid nothing of what the other is to pay back: it is owed and open again.

    Whoever settles them next finds the books as if it had never been set off.
    """
    for each in await uow.ledger.set_off_between(command.parties):
        await uow.ledger.post(each.undone())
        about: dict[str, str | int] = {"claim": str(each.paying.claim), "revision": each.paying_revision}
        uow.decided("set_off_undone", **about, benefit=each.paying.benefit, amount_sen=each.amount_sen)
