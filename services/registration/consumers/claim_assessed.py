"""Which claims are open, and how far what is owed goes (topic ``claim.assessed``): an erasure waits for them."""

from collections.abc import Sequence
from datetime import date

from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.contracts.claim_assessed import ClaimAssessedV1, Per


async def apply(events: Sequence[ClaimAssessedV1], uow: RegistrationUnitOfWork) -> None:
    """Keep whether a claim is over; the higher revision wins."""
    await uow.known_claims.keep([_claim(event) for event in events])


def _claim(event: ClaimAssessedV1) -> dict[str, object]:
    terms = [term for each in event.entitlements for term in each.terms]
    goes_on = any(term.last is None and term.per is not Per.ONCE for term in terms)
    days: list[date] = [term.last or term.first for term in terms]
    return {
        "claim": event.claim,
        "person": event.person,
        "revision": event.revision,
        "is_open": bool(event.pending) or goes_on,
        "last_on": max(days, default=None),
    }
