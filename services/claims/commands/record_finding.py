"""What two officers found of a claim counts at once: one proposed it, the other approved it."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.assess_claim import AssessClaim
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import derived_id


@dataclass(frozen=True)
class RecordFinding:
    """A fact of a claim's questions and what was found of it; ``cause`` is the same each time it is approved."""

    cause: UUID
    claim: UUID
    tenant: str
    proposed_by: str
    approved_by: str
    fact: str
    found: str


def finding_id(cause: UUID) -> UUID:
    """The finding that a cause records."""
    return derived_id("finding", cause)


async def record_finding(command: RecordFinding, uow: ClaimsUnitOfWork) -> None:
    """Append the finding and its approval, and have the claim assessed again."""
    claim, tenant = command.claim, command.tenant
    id_, stated = finding_id(command.cause), {"fact": command.fact, "found": command.found}
    found = Evidence(id_, claim, tenant, EvidenceKind.FINDING, now(), stated=stated, stated_by=command.proposed_by)
    approval = found.approved(derived_id("finding_approved", command.cause), now(), tenant, command.approved_by)
    await uow.evidence.add(found, approval)
    await uow.due.at(AssessClaim(claim), now())
