"""Topic ``accident.reported``: a claim whose person is known, stated alike at first and when republished."""

from services.claims.domain.claim import Claim
from shared.contracts.accident_reported import AccidentPlace, AccidentReportedV1


def accident_reported(claim: Claim) -> AccidentReportedV1:
    """The notice behind a claim whose person is known."""
    return AccidentReportedV1(
        person=claim.stated_of,
        claim=claim.id,
        notice=claim.notice,
        revision=1,
        employer=claim.employer,
        happened_on=claim.happened_on,
        place=AccidentPlace(claim.place or ""),
        received_at=claim.received_at,
    )
