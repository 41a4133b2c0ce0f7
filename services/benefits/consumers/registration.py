"""Which numbers are one person's (topic ``registration``): one party, whom nothing is paid while officers look; and who
has died, by the word of a public register."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from services.benefits.commands.settle_entitlement import SettleEntitlement, settle_party_soon
from services.benefits.commands.undo_set_off import UndoSetOff, undo_set_off
from services.benefits.domain.parties import party_of
from services.benefits.domain.subjects import owed_days, payee
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.registration import PeopleTakenOverV1, PersonMergeEvent, PersonRegisteredV1, told_singly
from shared.kernel.clock import now


async def apply(
    events: Sequence[PersonMergeEvent | PersonRegisteredV1 | PeopleTakenOverV1], uow: BenefitsUnitOfWork
) -> None:
    """Keep how numbers stand and who has died, and settle again all that is owed to any of them; the higher revision
    wins."""
    merges = [event for event in events if isinstance(event, PersonMergeEvent)]
    words = _words_on_deaths([event for event in told_singly(events) if isinstance(event, PersonRegisteredV1)])
    merged = {party_of(number) for event in merges for number in (event.person, event.survivor)}
    changed = await _changed(words, uow) if words else set()
    # Before everything else: whoever settles one of them now does not know yet that it is the other one too, nor that
    # it has died.
    locked = await uow.known_merges.lock(merged | changed) if merged | changed else set()
    if merges:
        await _apply_merges(merges, locked, uow)
    if words:
        await _apply_deaths(words, changed, uow)


def _words_on_deaths(events: Sequence[PersonRegisteredV1]) -> dict[str, PersonRegisteredV1]:
    """The newest of each of whom a register says that the person died, or of whom something changed: what is said first
    of somebody who lives is kept of nobody."""
    told = [event for event in events if event.died_on is not None or event.revision > 1]
    return {party_of(event.person): event for event in sorted(told, key=lambda event: event.revision)}


async def _changed(words: Mapping[str, PersonRegisteredV1], uow: BenefitsUnitOfWork) -> set[str]:
    """Of whom they say otherwise than was known."""
    known = await uow.known_deaths.days_of(sorted(words))
    return {party for party, event in words.items() if known.get(party) != event.died_on}


async def _apply_deaths(
    words: Mapping[str, PersonRegisteredV1], changed: Collection[str], uow: BenefitsUnitOfWork
) -> None:
    await uow.known_deaths.keep({party: (event.died_on, event.revision) for party, event in words.items()})
    by_any_number = await uow.known_merges.parties_of(changed)
    await uow.known_deaths.follow(by_any_number)
    for party in sorted({*changed} | await uow.payees.received_for(by_any_number)):
        await settle_party_soon(party, uow)


async def _apply_merges(events: Sequence[PersonMergeEvent], locked: set[str], uow: BenefitsUnitOfWork) -> None:
    """What was set off between two that are split stands no more; who died under one number has under the other."""
    await uow.known_merges.keep([_merge(event) for event in events])
    concerned = locked | await uow.known_merges.parties_of(locked)
    await uow.known_deaths.follow(concerned)
    if any(not event.merged and event.held_until is None for event in events):
        await undo_set_off(UndoSetOff(concerned), uow)
    # Who receives for another may have died by the other number.
    receive = await uow.payees.received_for(concerned)
    for key in sorted(await uow.settlements.keys_of_parties(concerned | await uow.known_merges.parties_of(receive))):
        await uow.due.at(SettleEntitlement.of(key), now())
    await uow.due.wake({subject(party) for party in concerned for subject in (payee, owed_days)})


def _merge(event: PersonMergeEvent) -> dict[str, Any]:
    return event.model_dump(include={"person", "survivor", "merged", "held_until", "revision"})
