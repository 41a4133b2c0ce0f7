"""Has claims asked again that a release of the statute book touches: so many a second, and new claims first."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from services.claims.commands.assess_claim import AssessClaim
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.persistence.due_work import kind_of

# A second's claims at once would be a burst that new ones wait behind.
LOOKS_A_SECOND = 4


@dataclass(frozen=True)
class ReaskClaims:
    """Take the next claims off the list, until none is left."""


def reasking(a_second: int) -> Callable[[ReaskClaims, ClaimsUnitOfWork], Awaitable[None]]:
    """The handler of the command, with the number of claims that may be asked again in a second."""

    async def reask_claims(command: ReaskClaims, uow: ClaimsUnitOfWork) -> None:
        """Leave the assessment of the next claims, as many as there is room for beside what is due already."""
        at, share = now(), -(-a_second // LOOKS_A_SECOND)
        room = share - await uow.releases.count_due(kind_of(AssessClaim), at, share)
        for claim in await uow.releases.take_listed(room):
            await uow.due.at(AssessClaim(claim), at)
        if await uow.releases.is_any_listed():
            await uow.due.at(command, at + timedelta(seconds=share / a_second if a_second else 1))
        else:
            uow.decided("asked_again")

    return reask_claims
