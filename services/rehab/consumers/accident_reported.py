"""Topic ``accident.reported``: what happened, and the early referral that it opens."""

from collections.abc import Sequence

from services.rehab.commands.open_referral import OpenReferral, open_referral
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.contracts.accident_reported import AccidentReportedV1
from shared.contracts.envelope import Event


async def apply(events: Sequence[Event], uow: RehabUnitOfWork) -> None:
    """Accidents by claim; the higher revision wins."""
    told = [event for event in events if isinstance(event, AccidentReportedV1)]
    forgotten = await uow.erased_persons.forgotten([event.person for event in told])
    await uow.known_claims.keep_accidents([event for event in told if event.person not in forgotten])


async def handle(event: Event, uow: RehabUnitOfWork) -> None:
    """Open the claim's referral, once."""
    if isinstance(event, AccidentReportedV1):
        await open_referral(OpenReferral(event.claim, event.person), uow)
