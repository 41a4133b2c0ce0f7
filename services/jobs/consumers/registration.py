"""Topic ``registration``: spells of employment, of which the confirmed ones prove placements, and who is one person."""

from collections.abc import Sequence

from services.jobs.commands.confirm_placement import ConfirmPlacement
from services.jobs.domain.subjects import spell_with
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.contracts.envelope import only
from shared.contracts.registration import PeopleTakenOverV1, PersonMergeEvent, SpellEvent
from shared.kernel.clock import now


async def apply(events: Sequence[SpellEvent | PeopleTakenOverV1 | PersonMergeEvent], uow: JobsUnitOfWork) -> None:
    """Spells by their id, and how numbers stand; the higher revision wins. Placements that wait for such a spell look
    again, and all of whoever is merged or split."""
    taken_over, merges = only(events, PeopleTakenOverV1), only(events, PersonMergeEvent)
    told = [*only(events, SpellEvent), *(spell for each in taken_over for spell in each.spell_events())]
    forgotten = await uow.erased_persons.forgotten([event.person for event in told])
    spells = [event for event in told if event.person not in forgotten]
    await uow.known_spells.keep(spells)
    await uow.due.wake({spell_with(event.person, event.employer) for event in spells})
    if merges:
        await _follow(merges, uow)


async def _follow(merges: Sequence[PersonMergeEvent], uow: JobsUnitOfWork) -> None:
    concerned = {number for event in merges for number in (event.person, event.survivor)}
    before = {number for each in concerned for number in await uow.known_merges.numbers_of(each)}
    await uow.known_merges.keep([_merge(event) for event in merges])
    after = {number for each in concerned for number in await uow.known_merges.numbers_of(each)}
    for placement in await uow.placements.list_of(sorted(before | after)):
        await uow.due.at(ConfirmPlacement(placement), now())


def _merge(event: PersonMergeEvent) -> dict[str, object]:
    return event.model_dump(include={"person", "survivor", "merged", "revision"})
