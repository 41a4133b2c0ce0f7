"""Republish how erasures are followed, from rehab's own table (rules M8)."""

from dataclasses import dataclass

from services.rehab.events.rehab_erasure import erasure_followed
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.kernel.clock import now

PAGE_SIZE = 500


@dataclass(frozen=True)
class RepublishErasures:
    """The run, and the last person of whom it has stated it."""

    run: str
    after: int = 0


async def republish_erasures(command: RepublishErasures, uow: RehabUnitOfWork) -> None:
    """Republish one page with the revisions it had, and leave the next one for later."""
    told = await uow.erased_persons.list_published(command.after, PAGE_SIZE)
    uow.republish(command.run, [erasure_followed(each) for each in told])
    if len(told) == PAGE_SIZE:
        await uow.due.at(RepublishErasures(command.run, told[-1].person), now())
