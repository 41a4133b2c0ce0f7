"""Topic ``claim.assessed``: how the claim stands, whether its referral has a reason, and what a board advises."""

from collections.abc import Sequence

from services.rehab.commands.open_referral import OpenReferral, open_referral
from services.rehab.commands.settle_referral import SettleReferral, settle_referral
from services.rehab.domain.referral import Advised
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.contracts.claim_assessed import ClaimAssessedV1, RehabilitationAdvisedV1
from shared.contracts.envelope import Event


async def apply(events: Sequence[Event], uow: RehabUnitOfWork) -> None:
    """Assessments by claim, advice by case; the higher revision wins."""
    told = [event for event in events if isinstance(event, ClaimAssessedV1 | RehabilitationAdvisedV1)]
    forgotten = await uow.erased_persons.forgotten([event.person for event in told])
    kept = [event for event in told if event.person not in forgotten]
    await uow.known_claims.keep_assessments([event for event in kept if isinstance(event, ClaimAssessedV1)])
    await uow.known_claims.keep_advice([event for event in kept if isinstance(event, RehabilitationAdvisedV1)])


async def handle(event: Event, uow: RehabUnitOfWork) -> None:
    """Settle the claim's referral by the newest assessment that is known, which may be a later one than this; open the
    one that a board advises.
    """
    if isinstance(event, ClaimAssessedV1):
        await settle_referral(SettleReferral(event.claim), uow)
    if isinstance(event, RehabilitationAdvisedV1):
        await open_referral(OpenReferral(event.claim, event.person, Advised(event.case, event.sat_on)), uow)
