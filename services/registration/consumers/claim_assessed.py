"""Which claims are open, and how far what is owed goes (topic ``claim.assessed``): an erasure waits for them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.contracts.claim_assessed import ClaimAssessedV1, Per, TermV1


async def apply(events: Sequence[ClaimAssessedV1], uow: RegistrationUnitOfWork) -> None:
    """Keep whether a claim is over with the insured person and with whom it is owed to; the higher revision wins."""
    await uow.known_claims.keep([row for event in events for row in _rows(event)])


def _rows(event: ClaimAssessedV1) -> list[dict[str, object]]:
    """What is pending may become owed to any of them; what is owed is open with whom it is owed to."""
    terms: dict[int, list[TermV1]] = defaultdict(list)
    for each in event.entitlements:
        kind, _, number = each.party.partition(":")
        if kind == "person":
            terms[int(number)] += each.terms
    terms[event.person] = [term for each in event.entitlements for term in each.terms]
    return [
        {
            "claim": event.claim,
            "person": person,
            "revision": event.revision,
            "is_open": bool(event.pending) or _goes_on(owed),
            "last_on": _last_on(owed),
        }
        for person, owed in terms.items()
    ]


def _goes_on(terms: Iterable[TermV1]) -> bool:
    return any(term.last is None and term.per is not Per.ONCE for term in terms)


def _last_on(terms: Iterable[TermV1]) -> date | None:
    return max((term.last or term.first for term in terms), default=None)
