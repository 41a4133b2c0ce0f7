"""Two officers took back that a claim is about the accident of another claim: it stands for itself again."""

from dataclasses import dataclass, replace

from services.claims.commands.follow_merge import join_claim, stand_alone
from services.claims.domain import subjects
from services.claims.domain.adjacent import let_go
from services.claims.domain.claim import Claim, ClaimKind
from services.claims.domain.standing import standing
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


@dataclass(frozen=True)
class LeaveAccident:
    """A claim that joined another one; the transaction holds it with its person."""

    claim: Claim


async def leave_accident(command: LeaveAccident, uow: ClaimsUnitOfWork) -> Claim:
    """Have it stand for itself, or join the claim of its own day that does; else it is as it was.

    What had joined it on its own day follows it.
    """
    claim = command.claim
    other = None if claim.joined_to is None else await uow.claims.find(claim.joined_to)
    if claim.kind is not ClaimKind.ACCIDENT or other is None or other.happened_on == claim.happened_on:
        return claim
    twin = await uow.claims.of_event(claim, follow=False)
    if twin is not None:
        return await join_claim(claim, replace(claim, joined_to=twin.id), uow)
    stated = (await uow.evidence.of(other)).evidence
    if claim.id not in let_go(stated, standing(stated, ())):
        return claim
    stands = await stand_alone(claim, replace(claim, joined_to=None, joined_at_revision=0), uow)
    uow.decided("accident_left", claim=str(claim.id), other=str(other.id))
    await uow.due.wake({each(claim.insured) for each in subjects.OF_ACCIDENTS})
    return stands
