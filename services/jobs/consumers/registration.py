"""Topic ``registration``: spells of employment; the confirmed ones prove placements."""

from collections.abc import Sequence

from services.jobs.domain.placement import spell_fact
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.contracts.envelope import Event
from shared.contracts.registration import SpellEvent


async def apply(uow: JobsUnitOfWork, events: Sequence[Event]) -> None:
    """Spells by their id; the higher revision wins. Placements that wait for such a spell look again."""
    spells = [event for event in events if isinstance(event, SpellEvent)]
    await uow.spells.keep(spells)
    await uow.due.wake({spell_fact(event.person, event.employer) for event in spells})
