"""What claims decided (topic ``claim.assessed``): the whole entitlement, of which only the newest revision counts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.benefits.commands.settle_entitlement import SettleEntitlement
from services.benefits.domain.subjects import assessment
from services.benefits.storage.known_entitlements import Decided
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.claim_assessed import AssessmentEvent, ClaimDecidedV1, ClaimRefusedV1, EntitlementV1
from shared.contracts.envelope import Event
from shared.kernel.clock import now

_ASSESSED = {"claim", "person", "revision", "scheme", "contingency", "happened_on", "decided_at", "decision_hash"}


async def apply(events: Sequence[Event], uow: BenefitsUnitOfWork) -> None:
    """Keep the newest revision of each claim, a lower or equal one changes nothing; wake what waits for it again."""
    newest: dict[UUID, AssessmentEvent] = {}
    for event in events:
        if isinstance(event, AssessmentEvent):
            known = newest.get(event.claim)
            if known is None or known.revision < event.revision:
                newest[event.claim] = event
    await uow.known_entitlements.keep([_decided(event) for event in newest.values()])
    await uow.due.wake({assessment(claim) for claim in newest})


async def handle(event: Event, uow: BenefitsUnitOfWork) -> None:
    """Settle each benefit that the claim names or ever named: a benefit that is left out is owed no more."""
    if isinstance(event, AssessmentEvent):
        for benefit in sorted(await uow.settlements.benefits_of(event.claim)):
            await uow.due.at(SettleEntitlement(event.claim, benefit), now())


def _decided(event: AssessmentEvent) -> Decided:
    assessment = {name: getattr(event, name) for name in _ASSESSED}
    if isinstance(event, ClaimRefusedV1):
        return Decided({**assessment, "provisional": False, "refused_for": event.reason, "refused_law": event.law})
    entitlements = event.entitlements if isinstance(event, ClaimDecidedV1) else ()
    provisional = isinstance(event, ClaimDecidedV1) and event.provisional
    return Decided(
        {**assessment, "provisional": provisional, "refused_for": None, "refused_law": None},
        [_entitlement(event.claim, each) for each in entitlements],
        [period for each in entitlements for period in _periods(event.claim, each)],
    )


def _entitlement(claim: UUID, stated: EntitlementV1) -> dict[str, Any]:
    return {"claim": claim, "benefit": stated.benefit, "law": stated.law, "amount_sen": stated.amount_sen}


def _periods(claim: UUID, stated: EntitlementV1) -> list[dict[str, Any]]:
    return [
        {
            "claim": claim,
            "benefit": stated.benefit,
            "first_day": period.first,
            "last_day": period.last,
            **period.model_dump(include={"days", "daily_rate_sen", "amount_sen"}),
        }
        for period in stated.periods
    ]
