"""Two officers found that a claim is about the accident of another claim: it joins that one, as a second notice."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.claims.commands.follow_merge import join_claim
from services.claims.domain import subjects
from services.claims.domain.adjacent import is_next_to
from services.claims.domain.claim import Claim, ClaimKind
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


@dataclass(frozen=True)
class JoinAccident:
    """A claim, which the transaction holds with its person, and the claim that goes on."""

    claim: Claim
    other: UUID


async def join_accident(command: JoinAccident, uow: ClaimsUnitOfWork) -> bool:
    """Join it, with what had joined it; False where that claim stands for no accident of the person any more.

    Of a claim that is decided the evidence came behind the decision: what would lower or extend it waits for a person.
    """
    claim, other = command.claim, await uow.claims.find(command.other)
    if other is None or not _is_one_event(claim, other):
        return False
    await uow.claims.move_joined(claim, other)
    await join_claim(claim, replace(claim, joined_to=other.id, joined_at_revision=other.revision), uow)
    uow.decided("accident_joined", claim=str(claim.id), other=str(other.id))
    await uow.due.wake({each(claim.insured) for each in subjects.OF_ACCIDENTS})
    return True


def _is_one_event(claim: Claim, other: Claim) -> bool:
    """Whether it stands for an accident of the person on an adjacent day."""
    is_of_person = other.relation is not None and other.joined_to is None and other.person == claim.person
    is_accident = other.kind is ClaimKind.ACCIDENT and other.id != claim.id
    return is_of_person and is_accident and is_next_to(claim.happened_on, other.happened_on)
