"""What claims decided (topic ``claim.assessed``): everything that stands, of which only the newest revision counts."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.benefits.commands.settle_entitlement import SettleEntitlement
from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.subjects import assessment
from services.benefits.storage.known_entitlements import Decided
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.claim_assessed import ClaimAssessedV1, EntitlementV1, RefusalV1
from shared.contracts.envelope import Event
from shared.kernel.clock import now

_ASSESSED = {"claim", "person", "revision", "event", "happened_on", "decided_at", "revision_hash"}
_ENTITLED = {"scheme", "benefit", "party", "fund", "law", "decision_hash", "provisional"}
# What ends is settled first: what it lets go, and what is to come back of it, is then what another benefit is owed.
_FIRST = timedelta(milliseconds=1)


async def apply(events: Sequence[Event], uow: BenefitsUnitOfWork) -> None:
    """Keep the newest revision of each claim, a lower or equal one changes nothing; wake what waits for it again."""
    newest: dict[UUID, ClaimAssessedV1] = {}
    for event in events:
        if isinstance(event, ClaimAssessedV1):
            known = newest.get(event.claim)
            if known is None or known.revision < event.revision:
                newest[event.claim] = event
    await uow.known_entitlements.keep([_decided(event) for event in newest.values()])
    await uow.due.wake({assessment(claim) for claim in newest})


async def handle(event: Event, uow: BenefitsUnitOfWork) -> None:
    """Settle each benefit that the claim names or ever named: a benefit that is left out is owed no more."""
    if isinstance(event, ClaimAssessedV1):
        at, stands = now(), {_key(event.claim, each) for each in event.entitlements if each.terms}
        for key in sorted(await uow.settlements.keys_of(event.claim)):
            await uow.due.at(SettleEntitlement.of(key), at if key in stands else at - _FIRST)


def _key(claim: UUID, stated: EntitlementV1) -> EntitlementKey:
    return EntitlementKey(claim, stated.scheme, stated.benefit, stated.party)


def _decided(event: ClaimAssessedV1) -> Decided:
    # A party's own refusal is not told apart: one row says of the benefit why it is not owed.
    refused = {(each.scheme, each.benefit): each for each in event.refusals}
    return Decided(
        event.model_dump(include=_ASSESSED),
        [{"claim": event.claim, **each.model_dump(include=_ENTITLED)} for each in event.entitlements],
        [row for each in event.entitlements for row in _terms(event.claim, each)],
        [_refusal(event.claim, each) for each in refused.values()],
    )


def _terms(claim: UUID, stated: EntitlementV1) -> list[dict[str, Any]]:
    key = {"claim": claim, "scheme": stated.scheme, "benefit": stated.benefit, "party": stated.party}
    return [
        {**key, "number": number, "per": term.per, "sen": term.sen, "first_day": term.first, "last_day": term.last}
        for number, term in enumerate(stated.terms)
    ]


def _refusal(claim: UUID, refused: RefusalV1) -> dict[str, Any]:
    return {"claim": claim, **refused.model_dump()}
