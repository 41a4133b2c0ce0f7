"""State all confirmed placements again, from the tables of jobs (rules M8)."""

from dataclasses import dataclass
from uuid import UUID

from services.jobs.commands.events import events_of
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.kernel.clock import now

PORTION = 500


@dataclass(frozen=True)
class AnnounceJobs:
    """The run, and the last placement that it has stated."""

    run: str
    after: UUID | None = None


async def announce_jobs(command: AnnounceJobs, uow: JobsUnitOfWork) -> None:
    """State one portion of the placements with the revisions they had, and leave the next one for later."""
    placements = await uow.placements.confirmed_after(command.after, PORTION)
    uow.announce(command.run, [event for placement in placements for event in events_of(placement)])
    if len(placements) == PORTION:
        await uow.due.at(AnnounceJobs(command.run, placements[-1].id), now())
