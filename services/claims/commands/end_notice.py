"""Two officers found that nothing lets the sender of a notice speak of anybody: it ends."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.claims.commands.follow_charter import FollowCharter
from services.claims.domain.claim import ClaimState
from services.claims.domain.errors import NoticeHasRelation
from services.claims.domain.relation import RELATION_DENIED
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class EndNotice:
    """The claim that the notice would have opened."""

    claim: UUID


async def end_notice(command: EndNotice, uow: ClaimsUnitOfWork) -> None:
    """End it without a relation; a fact that shows one later opens it all the same. Raises NoticeHasRelation."""
    claim, _ = await uow.claims.lock(command.claim)
    if claim.relation is not None:
        raise NoticeHasRelation()
    await uow.claims.save(replace(claim, state=ClaimState.NO_RELATION, reason=RELATION_DENIED))
    await uow.due.at(FollowCharter(claim.id), now())
