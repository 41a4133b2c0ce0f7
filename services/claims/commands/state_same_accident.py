"""Two officers found that notices of adjacent days are about one accident, and on which of the days it happened."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.record_finding import RecordFinding, record_finding
from services.claims.domain.adjacent import SAME_ACCIDENT, is_next_to
from services.claims.domain.claim import Claim, ClaimKind
from services.claims.domain.errors import AccidentNotAdjacent
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


@dataclass(frozen=True)
class StateSameAccident:
    """The claim of the task and the other one; ``is_other_day``: the other one's day is that of the accident."""

    cause: UUID
    claim: UUID
    other: UUID
    is_other_day: bool
    tenant: str
    proposed_by: str
    approved_by: str


async def state_same_accident(command: StateSameAccident, uow: ClaimsUnitOfWork) -> None:
    """Record it of the claim that joins the other one when it is assessed; raises AccidentNotAdjacent."""
    claim, _ = await uow.claims.lock(command.claim)
    other = await uow.claims.find(command.other)
    if other is None or not (_stands(claim) and _stands(other) and _is_next(claim, other)):
        raise AccidentNotAdjacent()
    joins, stays = (claim, other) if command.is_other_day else (other, claim)
    both = (command.tenant, command.proposed_by, command.approved_by)
    await record_finding(RecordFinding(command.cause, joins.id, *both, SAME_ACCIDENT, str(stays.id)), uow)


def _stands(claim: Claim) -> bool:
    return claim.kind is ClaimKind.ACCIDENT and claim.relation is not None and claim.joined_to is None


def _is_next(claim: Claim, other: Claim) -> bool:
    return claim.person == other.person and is_next_to(claim.happened_on, other.happened_on)
