"""Topic ``claim.assessed``: how the claim stands, and whether its referral still has a reason."""

from collections.abc import Sequence

from services.rehab.commands.settle_referral import SettleReferral, settle_referral
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.contracts.envelope import Event


async def apply(events: Sequence[Event], uow: RehabUnitOfWork) -> None:
    """Assessments by claim; the higher revision wins."""
    told = [event for event in events if isinstance(event, ClaimAssessedV1)]
    forgotten = await uow.erased_persons.forgotten([event.person for event in told])
    await uow.known_claims.keep_assessments([event for event in told if event.person not in forgotten])


async def handle(event: Event, uow: RehabUnitOfWork) -> None:
    """Settle the claim's referral by the newest assessment that is known, which may be a later one than this."""
    if isinstance(event, ClaimAssessedV1):
        await settle_referral(SettleReferral(event.claim), uow)
