"""Two officers looked at a doubt, and lift it: the answer stands as the law gives it."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.record_finding import RecordFinding, record_finding
from services.claims.domain.doubts import LIFTABLE, lifting
from services.claims.domain.errors import DoubtNotLiftable
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


@dataclass(frozen=True)
class LiftDoubt:
    """A doubt about a claim, by its reason."""

    cause: UUID
    claim: UUID
    doubt: str
    tenant: str
    proposed_by: str
    approved_by: str


async def lift_doubt(command: LiftDoubt, uow: ClaimsUnitOfWork) -> None:
    """Record that it is lifted; raises DoubtNotLiftable for what only a fact settles."""
    if command.doubt not in LIFTABLE:
        raise DoubtNotLiftable(facts={"doubt": command.doubt})
    claim, _ = await uow.claims.lock(command.claim)
    fact, found = lifting(command.doubt, claim)
    both = (command.tenant, command.proposed_by, command.approved_by)
    await record_finding(RecordFinding(command.cause, command.claim, *both, fact, found), uow)
