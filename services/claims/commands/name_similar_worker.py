"""The wages of a person in similar work stand in where no month has a contribution (Act 4, Fourth Schedule para 4A)."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.record_finding import RecordFinding, record_finding
from services.claims.domain.claim import Claim
from services.claims.domain.collectors.employments import with_employers
from services.claims.domain.collectors.event import SIMILAR_WORK
from services.claims.domain.errors import SimilarWorkerWithoutWages
from services.claims.domain.standing import standing
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import today
from shared.kernel.money import Sen, ringgit
from shared.kernel.periods import Month
from shared.law.act4.wage_base.employments import average_in_similar_work
from shared.law.book import book
from shared.law.errors import NoWageMonth


@dataclass(frozen=True)
class NameSimilarWorker:
    """A person in similar work with the same employer, or else with another in the locality."""

    cause: UUID
    claim: UUID
    person: int
    tenant: str
    proposed_by: str
    approved_by: str


async def name_similar_worker(command: NameSimilarWorker, uow: ClaimsUnitOfWork) -> None:
    """Record the average of that person's assumed wages, which nobody types; raises SimilarWorkerWithoutWages."""
    claim, _ = await uow.claims.lock(command.claim)
    found = ringgit(await average_of_similar_worker(command.person, claim, uow))
    both = (command.tenant, command.proposed_by, command.approved_by)
    await record_finding(RecordFinding(command.cause, command.claim, *both, SIMILAR_WORK.fact, found), uow)


async def average_of_similar_worker(person: int, claim: Claim, uow: ClaimsUnitOfWork) -> Sen:
    """By the law of the accident's day, from what is known of the person now; raises SimilarWorkerWithoutWages."""
    # No employment speaks of what officers found.
    counts = standing((await uow.evidence.of(claim)).evidence, ())
    cause = await uow.evidence.cause_of(claim, counts.cause)
    day = claim.happened_on if cause is None else cause.happened_on
    known = await uow.known_persons.of(person, Month.of(day).last_day)
    wages = [each for each in known.lines if each.wage > 0 and each.month < Month.of(day)]
    try:
        return average_in_similar_work(with_employers(known.spells, wages, day), day, book().on(day, today()))
    except NoWageMonth as fault:
        raise SimilarWorkerWithoutWages() from fault
