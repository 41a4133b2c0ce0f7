"""Topic ``claim.assessed``: what a board advised for rehabilitation, stated alike at first and when republished."""

from services.claims.domain.boards import BoardCase
from services.claims.domain.claim import Claim
from shared.contracts.claim_assessed import RehabilitationAdvisedV1


def rehabilitation_advised(case: BoardCase, claim: Claim) -> list[RehabilitationAdvisedV1]:
    """Of a case that was decided, if the board advised anything: of the claim that stands for its event."""
    found, day = case.result, case.sits_on
    if found is None or day is None or not found.advice:
        return []
    return [
        RehabilitationAdvisedV1(
            person=claim.stated_of,
            claim=claim.joined_to or claim.id,
            case=case.id,
            revision=case.revision,
            happened_on=claim.happened_on,
            sat_on=day,
            advice=tuple(each.value for each in found.advice),
        )
    ]
