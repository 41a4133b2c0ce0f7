"""Topic ``registration``: spells of employment; the confirmed ones prove placements."""

from collections.abc import Sequence

from services.jobs.domain.subjects import spell_with
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.contracts.envelope import only
from shared.contracts.registration import PeopleTakenOverV1, SpellEvent


async def apply(events: Sequence[SpellEvent | PeopleTakenOverV1], uow: JobsUnitOfWork) -> None:
    """Spells by their id; the higher revision wins. Placements that wait for such a spell look again."""
    taken_over = only(events, PeopleTakenOverV1)
    told = [*only(events, SpellEvent), *(spell for each in taken_over for spell in each.spell_events())]
    forgotten = await uow.erased_persons.forgotten([event.person for event in told])
    spells = [event for event in told if event.person not in forgotten]
    await uow.known_spells.keep(spells)
    await uow.due.wake({spell_with(event.person, event.employer) for event in spells})
