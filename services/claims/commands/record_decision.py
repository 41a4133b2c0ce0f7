"""Keeps a decision and announces it, unless it says the same as the last one."""

from dataclasses import replace

from services.claims.domain.claim import Claim, ClaimState
from services.claims.domain.temporary_disablement import CONTINGENCY, Assessment
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.claim_assessed import (
    AssessmentEvent,
    ClaimDecidedV1,
    ClaimRefusedV1,
    EntitlementV1,
    PayablePeriodV1,
)
from shared.kernel.clock import now
from shared.kernel.release import CODE_VERSION
from shared.law.decision import DecisionRecord

SCHEME = "act4"
BENEFIT = "temporary_disablement"


async def record_decision(
    claim: Claim, assessment: Assessment, last: DecisionRecord | None, uow: ClaimsUnitOfWork
) -> None:
    """Append the decision as the claim's next revision and announce the whole entitlement; ``last`` came before it."""
    state = ClaimState.DECIDED if assessment.entitled else ClaimState.REFUSED
    stands = replace(claim, state=state, reason=assessment.reason or None)
    if last is not None and assessment.record.same_as(last):
        if stands != claim:
            # An officer was needed in between, for a fact that is right again.
            await uow.claims.save(stands)
        return
    revised = replace(stands, revision=claim.revision + 1)
    event = announcement(revised, assessment)
    await uow.claims.save(revised)
    await uow.claims.add_decision(
        claim.id,
        {
            "revision": revised.revision,
            "hash": assessment.record.hash,
            "body": assessment.record.canonical,
            "envelope": {"code_version": CODE_VERSION, "decided_by": "rule", "decided_at": event.decided_at},
            "event_type": event.type(),
            "event": event.data(),
        },
    )
    uow.publish(event)


def announcement(claim: Claim, assessment: Assessment) -> AssessmentEvent:
    """What the platform is told of a decision."""
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
    return ClaimDecidedV1(**common, provisional=assessment.provisional, entitlements=(entitlement(assessment),))


def entitlement(assessment: Assessment) -> EntitlementV1:
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
