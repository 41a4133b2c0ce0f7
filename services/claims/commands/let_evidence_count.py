"""Two officers let a statement of a claim count that waited for a person."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.assess_claim import AssessClaim
from services.claims.domain.collectors.loss import woken_by
from services.claims.domain.errors import EvidenceNotChangeable, EvidenceOfAnotherClaim, EvidenceOfOneself
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import derived_id


@dataclass(frozen=True)
class LetEvidenceCount:
    """A statement of a claim, or of a notice that joined it; ``cause`` is the same each time it is approved."""

    cause: UUID
    claim: UUID
    evidence: UUID
    tenant: str
    approved_by: str


async def let_evidence_count(command: LetEvidenceCount, uow: ClaimsUnitOfWork) -> None:
    """Append the approval, and have the claim assessed again.

    Raises EvidenceOfAnotherClaim, EvidenceNotChangeable for an approval, and EvidenceOfOneself.
    """
    target = await uow.evidence.find(command.evidence)
    of_claim = None if target is None else await uow.claims.find(target.claim)
    if target is None or of_claim is None or command.claim not in (of_claim.id, of_claim.joined_to):
        raise EvidenceOfAnotherClaim()
    if target.kind is EvidenceKind.APPROVAL:
        raise EvidenceNotChangeable()
    if target.stated_by == command.approved_by:
        raise EvidenceOfOneself()
    id_, kind, by = derived_id("evidence_approved", command.cause), EvidenceKind.APPROVAL, command.approved_by
    await uow.evidence.add(
        Evidence(id_, target.claim, command.tenant, kind, now(), about=target.id, stated_by=by),
    )
    await uow.due.at(AssessClaim(command.claim), now())
    await uow.due.wake(woken_by(target.kind, of_claim.person))
