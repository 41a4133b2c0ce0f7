"""Open a search for work after a rehabilitation that ended in fitness for other or modified work."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.jobs.domain.seeker import NEEDS_A_JOB, Seeker
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import derived_id


@dataclass(frozen=True)
class OpenSearch:
    """The person who left a centre, and how."""

    person: int
    referral: UUID
    claim: UUID
    outcome: str
    discharged_on: date


async def open_search(command: OpenSearch, uow: JobsUnitOfWork) -> None:
    """Open a search, once for each referral, and none for a person whose search is open."""
    if command.outcome not in NEEDS_A_JOB:
        return
    seeker = Seeker(
        id=derived_id("seeker", command.referral),
        person=command.person,
        referral=command.referral,
        claim=command.claim,
        outcome=command.outcome,
        discharged_on=command.discharged_on,
        opened_at=now(),
    )
    await uow.seekers.open(seeker)
