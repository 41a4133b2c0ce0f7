"""Which letters arrived (topic ``claims.letter``): a certificate is missing once whoever was asked knows of it."""

from collections.abc import Sequence
from typing import Any

from services.benefits.commands.settle_entitlement import SettleEntitlement
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.letter_told import LetterToldV1
from shared.kernel.clock import now


async def apply(events: Sequence[LetterToldV1], uow: BenefitsUnitOfWork) -> None:
    """Keep what became of them, the higher revision counts; settle what they were about, as far as it is known."""
    await uow.letters_told.keep([_told(event) for event in events])
    for key in await uow.letters_told.asked_in([event.matter for event in events]):
        await uow.due.at(SettleEntitlement.of(key), now())


def _told(event: LetterToldV1) -> dict[str, Any]:
    return event.model_dump(include={"letter", "matter", "party", "told_on", "revision"})
