"""Topic ``claim.assessed``: a decision, stated whole."""

from services.claims.domain.claim import Claim
from services.claims.domain.temporary_disablement import CONTINGENCY, Assessment
from shared.contracts.claim_assessed import (
    AssessmentEvent,
    ClaimDecidedV1,
    ClaimRefusedV1,
    EntitlementV1,
    PayablePeriodV1,
)
from shared.kernel.clock import now

SCHEME = "act4"
BENEFIT = "temporary_disablement"


def claim_assessed(claim: Claim, assessment: Assessment) -> AssessmentEvent:
    """What the platform learns of a decision: the whole entitlement, or the refusal."""
    common = {
        "person": claim.person,
        "claim": claim.id,
        "revision": claim.revision,
        "scheme": SCHEME,
        "contingency": CONTINGENCY,
        "happened_on": claim.happened_on,
        "decided_at": now(),
        "decision_hash": assessment.record.hash,
    }
    if not assessment.entitled:
        return ClaimRefusedV1(**common, reason=assessment.reason, law=assessment.law)
    return ClaimDecidedV1(**common, provisional=assessment.provisional, entitlements=(_entitlement(assessment),))


def _entitlement(assessment: Assessment) -> EntitlementV1:
    """The benefit, period by period."""
    rate = assessment.daily_rate
    return EntitlementV1(
        benefit=BENEFIT,
        law=assessment.law,
        amount_sen=assessment.amount,
        periods=tuple(
            PayablePeriodV1(
                first=days.first, last=days.last, days=len(days), daily_rate_sen=rate, amount_sen=len(days) * rate
            )
            for days in assessment.periods
        ),
    )
