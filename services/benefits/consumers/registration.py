"""Which numbers are one person's (topic ``registration``): one party, whom nothing is paid while officers look."""

from collections.abc import Sequence
from typing import Any

from services.benefits.commands.settle_entitlement import SettleEntitlement
from services.benefits.commands.undo_set_off import UndoSetOff, undo_set_off
from services.benefits.domain.parties import party_of
from services.benefits.domain.subjects import owed_days, payee
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.registration import PersonMergeEvent
from shared.kernel.clock import now


async def apply(events: Sequence[PersonMergeEvent], uow: BenefitsUnitOfWork) -> None:
    """Keep how numbers stand, and settle again all that is owed to any of them; the higher revision wins.

    What was set off between two that are split stands no more.
    """
    parties = {party_of(number) for event in events for number in (event.person, event.survivor)}
    # Before everything else: whoever settles one of them now does not know yet that it is the other one too.
    before = await uow.known_merges.lock(parties)
    await uow.known_merges.keep([_merge(event) for event in events])
    concerned = before | await uow.known_merges.parties_of(parties)
    if any(not event.merged and event.held_until is None for event in events):
        await undo_set_off(UndoSetOff(concerned), uow)
    for key in sorted(await uow.settlements.keys_of_parties(concerned)):
        await uow.due.at(SettleEntitlement.of(key), now())
    await uow.due.wake({subject(party) for party in concerned for subject in (payee, owed_days)})


def _merge(event: PersonMergeEvent) -> dict[str, Any]:
    return event.model_dump(include={"person", "survivor", "merged", "held_until", "revision"})
