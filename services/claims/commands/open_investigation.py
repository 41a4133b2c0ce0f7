"""An officer opens an investigation of a claim; how it ends two officers decide."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.ask_of_investigation import AskOfInvestigation, ask_of_investigation
from services.claims.domain.errors import ClaimUnknown, EvidenceWithoutRelation, InvestigationOpen
from services.claims.domain.investigation import InvestigatedFor, Investigation
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class OpenInvestigation:
    """A claim, and what of it is in doubt."""

    tenant: str
    by: str
    claim: UUID
    reason: InvestigatedFor


async def open_investigation(command: OpenInvestigation, uow: ClaimsUnitOfWork) -> Investigation:
    """Keep it and ask how it ends. Whatever a rule decides meanwhile is decided: one officer holds nothing up.

    Raises ClaimUnknown, EvidenceWithoutRelation while nobody knows whose claim it is, and InvestigationOpen.
    """
    claim = await uow.claims.find(command.claim)
    if claim is None:
        raise ClaimUnknown()
    if claim.relation is None:
        raise EvidenceWithoutRelation()
    # Of two who open one for the same reason the second finds it.
    stands = claim.joined_to or claim.id
    await uow.claims.lock(stands)
    if any(each.end is None and each.reason is command.reason for each in await uow.investigations.of(stands)):
        raise InvestigationOpen(facts={"reason": command.reason.value})
    opened = Investigation(new_id(), stands, command.reason, command.by, now())
    await uow.investigations.add(opened, command.tenant)
    await ask_of_investigation(AskOfInvestigation(opened.id), uow)
    return opened
