"""Two officers found that a claim is about the accident of another claim: it joins that one, as a second notice."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.claims.commands.follow_evidence_request import FollowEvidenceRequest
from services.claims.commands.follow_merge import join_claim
from services.claims.domain import subjects
from services.claims.domain.adjacent import is_next_to
from services.claims.domain.claim import Claim, ClaimKind
from services.claims.domain.evidence_request import NOT_NEEDED, RequestState
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now


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
    await end_requests(claim.id, uow)
    await join_claim(claim, replace(claim, joined_to=other.id, joined_at_revision=other.revision), uow)
    uow.decided("accident_joined", claim=str(claim.id), other=str(other.id))
    person = claim.insured
    woken = (subjects.claims, subjects.revisions, subjects.decided_days, subjects.accidents)
    await uow.due.wake({each(person) for each in woken})
    return True


async def end_requests(claim: UUID, uow: ClaimsUnitOfWork) -> None:
    """Nothing is asked of it any more, and no officer is; the claim that goes on asks for itself."""
    waiting = await uow.evidence_requests.waiting_of(claim)
    await uow.due.all_at([FollowEvidenceRequest(each) for each in waiting], now())
    ended = [(each, RequestState.WAIVED, NOT_NEEDED, None) for each in waiting]
    await uow.evidence_requests.close(ended, now())


def _is_one_event(claim: Claim, other: Claim) -> bool:
    """Whether it stands for an accident of the person on an adjacent day."""
    is_of_person = other.relation is not None and other.joined_to is None and other.person == claim.person
    is_accident = other.kind is ClaimKind.ACCIDENT and other.id != claim.id
    return is_of_person and is_accident and is_next_to(claim.happened_on, other.happened_on)
