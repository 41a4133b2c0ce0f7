"""Record an interview of a job seeker with an employer."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.jobs.domain.seeker import Interview, InterviewMode, InterviewOutcome
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class RecordInterview:
    """Who met whom, when, how, and how it ended; ``tenant`` is the party that reports it."""

    seeker: UUID
    tenant: str
    employer: int
    held_on: date
    mode: InterviewMode
    outcome: InterviewOutcome


async def record_interview(command: RecordInterview, uow: JobsUnitOfWork) -> Interview:
    """Add the interview; raises SeekerUnknown, SeekerState, InterviewInFuture."""
    seeker = await uow.seekers.lock(command.seeker)
    interview = Interview(
        new_id(), command.seeker, command.employer, command.held_on, command.mode, command.outcome, now()
    )
    await uow.seekers.add_interview(seeker.interviewed(interview, today=today()), command.tenant)
    return interview
