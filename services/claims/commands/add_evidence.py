"""Evidence that is stated of a claim beside its notices: it counts when another officer approves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.claims.commands.assess_claim import AssessClaim
from services.claims.domain.errors import ClaimUnknown
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class AddEvidence:
    """What a party, and who of it, states of a claim."""

    tenant: str
    by: str
    claim: UUID
    kind: EvidenceKind
    stated: Mapping[str, Any]


async def add_evidence(command: AddEvidence, uow: ClaimsUnitOfWork) -> Evidence:
    """Append the statement and have the claim assessed again; raises ClaimUnknown."""
    if await uow.claims.find(command.claim) is None:
        raise ClaimUnknown()
    added = Evidence(
        new_id(), command.claim, command.tenant, command.kind, now(), stated=command.stated, stated_by=command.by
    )
    await uow.evidence.add(added)
    await uow.due.at(AssessClaim(command.claim), now())
    return added
