"""What owners state as owed beside benefits (topics ``*.payable``): of each payable only the newest revision counts.

A refund of registration, a provider's bill of rehab, a fee of jobs, a loan of claims: the topics have one shape, and
all is owed as what claims decides: kept in the same tables, settled by the same command.
"""

from collections.abc import Sequence

from services.benefits.commands.settle_entitlement import settle_soon
from services.benefits.consumers.claim_assessed import newest, terms_of
from services.benefits.domain.entitled import EntitlementKey, Source
from services.benefits.domain.subjects import assessment
from services.benefits.storage.known_entitlements import Decided
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.envelope import Event
from shared.contracts.payable_stated import PayableStatedV1

_OWED = {"scheme", "party", "fund", "law", "decision_hash", "provisional"}


async def apply(events: Sequence[Event], uow: BenefitsUnitOfWork) -> None:
    """Keep the newest revision of each payable, a lower or equal one changes nothing; wake what waits for it again."""
    payables = newest((event for event in events if isinstance(event, PayableStatedV1)), lambda event: event.payable)
    await uow.known_entitlements.keep([_decided(event) for event in payables])
    # Afterwards: keeping waits for a settling of the revision before, which may not have made its books yet.
    await uow.settlements.must_be_same_debt({_key(event): event.fund for event in payables})
    await uow.due.wake({assessment(event.payable) for event in payables})


async def handle(event: Event, uow: BenefitsUnitOfWork) -> None:
    """Settle the payable: what is withdrawn, or another takes the place of, is owed no more."""
    if isinstance(event, PayableStatedV1):
        await settle_soon(event.payable, uow)


def _key(event: PayableStatedV1) -> EntitlementKey:
    return EntitlementKey(event.payable, event.scheme, event.kind, event.party)


def _decided(event: PayableStatedV1) -> Decided:
    about = {"claim": event.payable, "benefit": event.kind}
    owed = {**about, **event.model_dump(include=_OWED), "whole_sen": None, "average_sen": None}
    ended = {name: owed[name] for name in ("claim", "scheme", "benefit", "law", "decision_hash")}
    return Decided(
        {
            "claim": event.payable,
            "owner": event.topic.owner,
            "source": Source.PAYABLE,
            "person": event.person,
            "revision": event.revision,
            "event": event.kind,
            "happened_on": event.arose_on,
            "decided_at": event.stated_at,
            "revision_hash": event.decision_hash,
            "superseded_by": None,
        },
        [owed] if event.terms else [],
        {_key(event): terms_of(event.terms)},
        [{**ended, "reason": event.ended_for}] if event.ended_for else [],
        {_key(event): terms_of(event.repayment)},
    )
