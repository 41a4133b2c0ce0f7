"""Topic ``claim.assessed``: everything that stands, stated whole."""

from services.claims.domain.claim import Claim
from services.claims.domain.revision import revision_hash
from services.claims.domain.temporary_disablement import Assessment
from shared.contracts.claim_assessed import ClaimAssessedV1, EntitlementV1, Fund, Per, RefusalV1, TermV1
from shared.kernel.clock import now

SCHEME = "act4"
BENEFIT = "temporary_disablement"


def claim_assessed(claim: Claim, assessment: Assessment) -> ClaimAssessedV1:
    """What the platform learns of a decision: the whole entitlement, or the refusal."""
    return ClaimAssessedV1(
        person=claim.person or 0,
        claim=claim.id,
        revision=claim.revision,
        event=claim.kind.value,
        happened_on=claim.happened_on,
        decided_at=now(),
        revision_hash=revision_hash([assessment.record.hash]),
        entitlements=(_entitlement(claim, assessment),) if assessment.entitled else (),
        refusals=() if assessment.entitled else (_refusal(assessment),),
    )


def _entitlement(claim: Claim, assessment: Assessment) -> EntitlementV1:
    return EntitlementV1(
        scheme=SCHEME,
        benefit=BENEFIT,
        fund=Fund.EMPLOYMENT_INJURY,
        law=assessment.law,
        party=f"person:{claim.person}",
        decision_hash=assessment.record.hash,
        provisional=assessment.provisional,
        terms=tuple(
            TermV1(per=Per.DAY, sen=assessment.daily_rate, first=days.first, last=days.last)
            for days in assessment.periods
        ),
    )


def _refusal(assessment: Assessment) -> RefusalV1:
    return RefusalV1(
        scheme=SCHEME,
        benefit=BENEFIT,
        reason=assessment.reason,
        law=assessment.law,
        decision_hash=assessment.record.hash,
    )
