"""Keeps a decision and publishes it, unless it says the same as the last one."""

from dataclasses import dataclass, replace

from services.claims.domain import subjects
from services.claims.domain.claim import Claim, ClaimState
from services.claims.domain.contested import released
from services.claims.domain.temporary_disablement import Assessment
from services.claims.events.claim_assessed import claim_assessed
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.kernel.release import CODE_VERSION
from shared.law.decision import DecisionRecord


@dataclass(frozen=True)
class RecordDecision:
    """A claim, which the transaction holds, how it is assessed now, and the decision that came before, if one did."""

    claim: Claim
    assessment: Assessment
    last: DecisionRecord | None


async def record_decision(command: RecordDecision, uow: ClaimsUnitOfWork) -> None:
    """Append the decision as the claim's next revision and publish the whole entitlement."""
    claim, assessment, last = command.claim, command.assessment, command.last
    stands = _standing(claim, assessment)
    if last is not None and assessment.record.same_as(last):
        if stands != claim:
            # An officer was needed in between, for a fact that is right again; or other days wait.
            await uow.claims.save(stands)
    else:
        revised = replace(stands, revision=claim.revision + 1)
        event = claim_assessed(revised, assessment)
        await uow.claims.save(revised)
        await uow.claims.add_decision(claim.id, _columns(revised, assessment, event))
        uow.publish(event)
    if released(claim.held_days, stands.held_days):
        # Another claim of the person may have set such a day aside.
        await uow.due.wake({subjects.decided_days(claim.person or 0)})


def _standing(claim: Claim, assessment: Assessment) -> Claim:
    state = ClaimState.DECIDED if assessment.entitled else ClaimState.REFUSED
    reasons = ", ".join(filter(None, (assessment.reason, *assessment.looks)))
    return replace(
        claim,
        state=state,
        reason=reasons or None,
        decided_days=assessment.periods,
        waiting_days=assessment.waiting,
    )


def _columns(claim: Claim, assessment: Assessment, event: ClaimAssessedV1) -> dict[str, object]:
    return {
        "revision": claim.revision,
        "hash": assessment.record.hash,
        "body": assessment.record.canonical,
        "envelope": {"code_version": CODE_VERSION, "decided_by": "rule", "decided_at": event.decided_at},
        "event_type": event.type(),
        "event": event.data(),
    }
