"""Two officers looked at certified days beyond those that are owed without a look, up to one of them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.claims.commands.record_finding import RecordFinding, record_finding
from services.claims.domain.collectors.event import LOOKED_AT
from services.claims.domain.errors import DaysNotToLookAt
from services.claims.domain.looked_at import FIRST_DAY, LAST_DAY
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


@dataclass(frozen=True)
class LookAtDays:
    """The question of a claim, and the last day at which was looked."""

    cause: UUID
    claim: UUID
    question: str
    last_day: date
    tenant: str
    proposed_by: str
    approved_by: str


async def look_at_days(command: LookAtDays, uow: ClaimsUnitOfWork) -> None:
    """Record up to which day, so that what is certified after it is looked at again; raises DaysNotToLookAt."""
    await uow.claims.lock(command.claim)
    questions = {each.question: each.facts for each in await uow.questions.of(command.claim)}
    facts, last_day = questions.get(command.question, {}), command.last_day.isoformat()
    if not str(facts.get(FIRST_DAY, "")) <= last_day <= str(facts.get(LAST_DAY, "")):
        raise DaysNotToLookAt(facts={"last_day": last_day})
    both = (command.tenant, command.proposed_by, command.approved_by)
    await record_finding(RecordFinding(command.cause, command.claim, *both, LOOKED_AT.fact, last_day), uow)
