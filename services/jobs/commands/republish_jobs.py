"""State all confirmed placements again, from the tables of jobs (rules M8)."""

from dataclasses import dataclass
from uuid import UUID

from services.jobs.events.job_placed import events_of
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.kernel.clock import now
from shared.persistence.following import RepublishErasures

PAGE_SIZE = 500


@dataclass(frozen=True)
class RepublishJobs:
    """The run, and the last placement that it has stated."""

    run: str
    after: UUID | None = None


async def republish_jobs(command: RepublishJobs, uow: JobsUnitOfWork) -> None:
    """Republish one page with the revisions it had, and leave the next for later; how erasures are followed beside."""
    if command.after is None:
        await uow.due.at(RepublishErasures(command.run), now())
    placements = await uow.placements.list_published(command.after, PAGE_SIZE)
    uow.republish(command.run, [event for placement in placements for event in events_of(placement)])
    if len(placements) == PAGE_SIZE:
        await uow.due.at(RepublishJobs(command.run, placements[-1].id), now())
