"""Two officers found that nothing of a claim is decided here: it is decided outside, or its notice is lost for good."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.domain.errors import ClaimGoesOn
from services.claims.domain.queues import closed
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


@dataclass(frozen=True)
class CloseClaim:
    """A claim that stands in a queue as a whole."""

    claim: UUID


async def close_claim(command: CloseClaim, uow: ClaimsUnitOfWork) -> None:
    """Close it: what was published stands, and another notice of the event opens it again. Raises ClaimGoesOn."""
    claim, _ = await uow.claims.lock(command.claim)
    ended = closed(claim)
    if ended is None:
        raise ClaimGoesOn()
    await uow.claims.save(ended)
