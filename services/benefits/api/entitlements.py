"""Entitlements: what claims decided, and what became of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer
from services.benefits.api.fields import (
    BenefitName,
    ClaimOrPayable,
    LawText,
    PartyInPath,
    PartyName,
    Revision,
    SchemeName,
)
from services.benefits.domain.entitled import EntitlementKey, Source, Term
from services.benefits.domain.waiting import WaitingReason
from services.benefits.queries import entitlements
from services.benefits.queries.entitlements import EntitlementRead
from shared.kernel.funds import Fund
from shared.kernel.reading import DataKind
from shared.law.act4.increases.orders import Raised
from shared.law.decision import Per
from shared.security.scopes import Party, officers_only, requires
from shared.web.ids import OnePerson
from shared.web.money import Money, Out
from shared.web.paging import Listing, Page, Position
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["entitlements"])


class TermOut(Out):
    """An amount for each day or month from a first to a last day, or once."""

    per: Per = Field(description="For what the amount is owed.")
    first: date
    last: date | None = Field(description="Null while it is open, and of a term that is owed once.")
    amount: Money = Field(description="For each day or month, or once.")
    whole: Money | None = Field(description="All that it adds up to; null while it is open.")

    @classmethod
    def of(cls, term: Term) -> "TermOut":
        """From what is read of it."""
        whole = None if term.whole_sen is None else Money.of(term.whole_sen)
        return cls(per=term.per, first=term.first, last=term.last, amount=Money.of(term.sen), whole=whole)


class WaitingOut(Out):
    """Something that is owed or claimed and waits, with its reason."""

    reason: WaitingReason = Field(description="Why it waits.")
    first: date | None = Field(description="The first day that waits; null where the payment of all days does.")
    last: date | None = Field(description="The last day that waits.")
    until: datetime | None = Field(description="When it ends by itself; null where it does not.")

    @classmethod
    def of(cls, stated: dict[str, Any]) -> "WaitingOut":
        """From what settling noted."""
        return cls(reason=stated["reason"], first=stated["first"], last=stated["last"], until=stated["until"])


class IncreaseGivenOut(Out):
    """What an order gives to a benefit by the month."""

    order: UUID
    instrument: str = Field(max_length=60, description="The instrument's number.", examples=["P.U.(A) 999/2026"])
    law: str = Field(max_length=200, description="Under which it is made.", examples=["Act 4"])
    in_force: date = Field(description="From which day on it counts.")
    before: Money = Field(description="By the month, until then.")
    after: Money = Field(description="By the month, from the first whole month on.")

    @classmethod
    def of(cls, raised: Raised) -> "IncreaseGivenOut":
        """From what is worked out of it."""
        given, sums = raised.increase, (raised.before_sen, raised.after_sen)
        before, after = map(Money.of, sums)
        about = {"order": given.order, "instrument": given.instrument, "law": given.law, "in_force": given.in_force}
        return cls(**about, before=before, after=after)


class EntitlementOut(Out):
    """What is owed a party by the newest revision of a claim or of another owner's payable, and what became of it."""

    claim: ClaimOrPayable
    owner: str = Field(max_length=100, description="The service that states it as owed.", examples=["claims"])
    source: Source = Field(description="Under what it is owed: a claim, or a payable that its owner states by itself.")
    scheme: SchemeName
    benefit: BenefitName
    party: PartyName
    fund: Fund = Field(description="The fund that bears it.")
    revision: Revision
    law: LawText | None = Field(description="Null for a benefit that the newest revision leaves out.")
    event: str = Field(max_length=100, description="What happened, or the payable's kind.", examples=["accident"])
    happened_on: date
    decided_at: datetime
    decision_hash: str | None = Field(
        max_length=128, description="SHA-256 of the decision's record; null as the law is.", examples=["ab" * 32]
    )
    provisional: bool = Field(description="Whether a fact that is to come may change the amounts.")
    refused_for: str | None = Field(
        max_length=100, description="Why it is refused, or owed no more.", examples=["not_covered"]
    )
    terms: list[TermOut] = Field(max_length=10_000)
    repayment: list[TermOut] = Field(max_length=10_000, description="Of a loan: what the party pays back, and when.")
    amount: Money = Field(description="What all terms that have an end add up to.")
    settled_revision: Revision | None = Field(description="Up to which revision the books are right.")
    settled: Money = Field(description="What reached the payee.")
    pending: Money = Field(description="What is instructed and not settled.")
    recovery: Money = Field(description="What is to come back (Act 4 s.50).")
    set_off: Money = Field(description="What was set off against another recovery of the party (Act 4 s.50(1A)).")
    waiting: list[WaitingOut] = Field(max_length=10_000, description="What waits, and why.")
    increases: list[IncreaseGivenOut] = Field(
        max_length=10_000, description="What orders give to it, beyond its terms, in the order of their days."
    )

    @classmethod
    def of(cls, read: EntitlementRead) -> "EntitlementOut":
        """From what is read of it."""
        return cls(
            claim=read.key.claim,
            owner=read.owner,
            source=read.source,
            scheme=read.key.scheme,
            benefit=read.key.benefit,
            party=read.key.party,
            fund=read.fund,
            revision=read.revision,
            law=read.law,
            event=read.event,
            happened_on=read.happened_on,
            decided_at=read.decided_at,
            decision_hash=read.decision_hash,
            provisional=read.provisional,
            refused_for=read.refused_for,
            terms=[TermOut.of(term) for term in read.terms],
            repayment=[TermOut.of(term) for term in read.repayment],
            amount=Money.of(read.amount_sen),
            settled_revision=read.settled_revision,
            settled=Money.of(read.settled_sen),
            pending=Money.of(read.pending_sen),
            recovery=Money.of(read.recovery_sen),
            set_off=Money.of(read.set_off_sen),
            waiting=[WaitingOut.of(stated) for stated in read.waiting],
            increases=[IncreaseGivenOut.of(raised) for raised in read.raised],
        )


@router.get(
    "/v1/entitlements",
    summary="List a person's entitlements",
    dependencies=[
        requires("benefits:entitlement:read"),
        Depends(officers_only),
        reads(DataKind.PAYMENT, DataKind.CLAIM, of=("person", "party")),
    ],
    responses=problems(400),
)
async def list_entitlements(person: OnePerson, listing: Listing, uow: CommittedBeforeAnswer) -> Page[EntitlementOut]:
    """Every benefit that a claim of the person, or of another for the person, names or ever named."""
    found = await entitlements.list_entitlements(person, _after(listing.after), listing.limit, uow)
    return listing.page(found, item=EntitlementOut.of, position=_position)


@router.get(
    "/v1/parties/{party}/entitlements",
    summary="List what is owed to a party",
    dependencies=[
        requires("benefits:entitlement:read"),
        Depends(officers_only),
        reads(DataKind.PAYMENT, DataKind.CLAIM, of=("party", "claim")),
    ],
    responses=problems(400),
)
async def list_entitlements_of_party(
    party: PartyInPath, listing: Listing, uow: CommittedBeforeAnswer
) -> Page[EntitlementOut]:
    """Every benefit or payable that is or was owed to a party of any kind: an employer, a hospital, a person."""
    found = await entitlements.list_entitlements_of_party(party, _after(listing.after), listing.limit, uow)
    return listing.page(found, item=EntitlementOut.of, position=_position)


@router.get(
    "/v1/me/entitlements",
    summary="List what is owed to oneself",
    dependencies=[requires("benefits:me:read"), reads(DataKind.PAYMENT, DataKind.CLAIM, of=("party", "claim"))],
    responses=problems(400),
)
async def list_own_entitlements(listing: Listing, uow: CommittedBeforeAnswer, caller: Party) -> Page[EntitlementOut]:
    """Every benefit that is or was owed to the caller: what was decided, raised and paid of it, and what waits."""
    found = await entitlements.list_entitlements_of_party(caller.party, _after(listing.after), listing.limit, uow)
    return listing.page(found, item=EntitlementOut.of, position=_position)


def _after(position: Position | None) -> EntitlementKey | None:
    return None if position is None else EntitlementKey(UUID(str(position[0])), *map(str, position[1:]))


def _position(read: EntitlementRead) -> Position:
    return [str(read.key.claim), read.key.scheme, read.key.benefit, read.key.party]
