"""What claims decided (topic ``claim.assessed``): everything that stands, of which only the newest revision counts."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from services.benefits.commands.settle_entitlement import settle_soon
from services.benefits.domain.entitled import CLAIMS, EntitlementKey, Source, Term
from services.benefits.domain.subjects import assessment
from services.benefits.storage.known_entitlements import Decided
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.claim_assessed import ClaimAssessedV1, EntitlementV1, RefusalV1, TermV1
from shared.contracts.envelope import Event
from shared.contracts.payable_stated import PayableStatedV1
from shared.law.decision import Per

Stated = TypeVar("Stated", ClaimAssessedV1, PayableStatedV1)

_ASSESSED = {"claim", "person", "revision", "event", "happened_on", "decided_at", "revision_hash", "superseded_by"}
_ENTITLED = {"scheme", "benefit", "party", "fund", "law", "decision_hash", "provisional", "whole_sen", "average_sen"}


async def apply(events: Sequence[Event], uow: BenefitsUnitOfWork) -> None:
    """Keep the newest revision of each claim, a lower or equal one changes nothing; wake what waits for it again."""
    assessed = newest((event for event in events if isinstance(event, ClaimAssessedV1)), lambda event: event.claim)
    await uow.known_entitlements.keep([_decided(event) for event in assessed])
    await uow.due.wake({assessment(event.claim) for event in assessed})


async def handle(event: Event, uow: BenefitsUnitOfWork) -> None:
    """Settle each benefit that the claim names or ever named: a benefit that is left out is owed no more.

    What was stated of a claim that joined another counts there from now on.
    """
    if isinstance(event, ClaimAssessedV1):
        await settle_soon(event.claim, uow)
        if event.superseded_by is not None:
            await settle_soon(event.superseded_by, uow)


def newest(stated: Iterable[Stated], of: Callable[[Stated], UUID]) -> list[Stated]:
    """Of each claim or payable what its highest revision states, of equal ones the first."""
    found: dict[UUID, Stated] = {}
    for event in sorted(stated, key=lambda event: event.revision, reverse=True):
        found.setdefault(of(event), event)
    return list(found.values())


def terms_of(stated: Sequence[TermV1]) -> tuple[Term, ...]:
    """The terms of an event."""
    return tuple(Term(Per(each.per), each.sen, each.first, each.last) for each in stated)


def _key(claim: UUID, stated: EntitlementV1) -> EntitlementKey:
    return EntitlementKey(claim, stated.scheme, stated.benefit, stated.party)


def _decided(event: ClaimAssessedV1) -> Decided:
    # A party's own refusal is not told apart: one row says of the benefit why it is not owed.
    refused = {(each.scheme, each.benefit): each for each in event.refusals}
    return Decided(
        {**event.model_dump(include=_ASSESSED), "owner": CLAIMS, "source": Source.CLAIM},
        [{"claim": event.claim, **each.model_dump(include=_ENTITLED)} for each in event.entitlements],
        {_key(event.claim, each): terms_of(each.terms) for each in event.entitlements},
        [_refusal(event.claim, each) for each in refused.values()],
    )


def _refusal(claim: UUID, refused: RefusalV1) -> dict[str, Any]:
    return {"claim": claim, **refused.model_dump()}
