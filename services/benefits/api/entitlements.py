"""Entitlements: what claims decided, and what became of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer
from services.benefits.api.fields import BenefitName, LawText, Revision
from services.benefits.domain.waiting import WaitingReason
from services.benefits.queries import entitlements
from services.benefits.queries.entitlements import EntitlementRead
from shared.security.scopes import officers_only, requires
from shared.web.ids import OnePerson
from shared.web.money import Money, Out
from shared.web.paging import Listing, Page, Position
from shared.web.problems import problems
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["entitlements"])


class PeriodOut(Out):
    """Consecutive payable days, the first and the last included."""

    first: date
    last: date
    # As many as there are days: one that is certified too long must be readable to be corrected.
    days: int = Field(ge=1, le=date.max.toordinal(), description="Payable days.", examples=[27])
    daily_rate: Money
    amount: Money

    @classmethod
    def of(cls, stated: dict[str, Any]) -> "PeriodOut":
        """From its row."""
        return cls(
            first=stated["first_day"],
            last=stated["last_day"],
            days=stated["days"],
            daily_rate=Money.of(stated["daily_rate_sen"]),
            amount=Money.of(stated["amount_sen"]),
        )


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


class EntitlementOut(Out):
    """One benefit of a claim by its newest revision, and what became of it."""

    claim: UUID
    benefit: BenefitName
    revision: Revision
    law: LawText | None = Field(description="Null for a benefit that the newest revision leaves out.")
    scheme: str = Field(max_length=100, description="Under which scheme.", examples=["employment_injury"])
    contingency: str = Field(max_length=100, description="What happened.", examples=["accident"])
    happened_on: date
    decided_at: datetime
    decision_hash: str = Field(max_length=128, description="SHA-256 of the decision's record.", examples=["ab" * 32])
    provisional: bool = Field(description="Whether a wage month is rated by the last known class.")
    refused_for: str | None = Field(max_length=100, description="Why the claim is refused.", examples=["not_covered"])
    periods: list[PeriodOut] = Field(max_length=10_000)
    amount: Money = Field(description="The whole entitlement.")
    settled_revision: Revision | None = Field(description="Up to which revision the books are right.")
    settled: Money = Field(description="What reached the payee.")
    pending: Money = Field(description="What is instructed and not settled.")
    recovery: Money = Field(description="What is to come back (Act 4 s.50).")
    set_off: Money = Field(description="What was set off against a recovery of another claim (Act 4 s.50(1A)).")
    waiting: list[WaitingOut] = Field(max_length=10_000, description="What waits, and why.")

    @classmethod
    def of(cls, read: EntitlementRead) -> "EntitlementOut":
        """From what is read of it."""
        return cls(
            claim=read.claim,
            benefit=read.benefit,
            revision=read.revision,
            law=read.law,
            scheme=read.scheme,
            contingency=read.contingency,
            happened_on=read.happened_on,
            decided_at=read.decided_at,
            decision_hash=read.decision_hash,
            provisional=read.provisional,
            refused_for=read.refused_for,
            periods=[PeriodOut.of(stated) for stated in read.periods],
            amount=Money.of(read.amount_sen),
            settled_revision=read.settled_revision,
            settled=Money.of(read.settled_sen),
            pending=Money.of(read.pending_sen),
            recovery=Money.of(read.recovery_sen),
            set_off=Money.of(read.set_off_sen),
            waiting=[WaitingOut.of(stated) for stated in read.waiting],
        )


@router.get(
    "/v1/entitlements",
    summary="List a person's entitlements",
    dependencies=[requires("benefits:entitlement:read"), Depends(officers_only)],
    responses=problems(400),
)
async def list_entitlements(person: OnePerson, listing: Listing, uow: CommittedBeforeAnswer) -> Page[EntitlementOut]:
    """Every benefit that a claim of the person names or ever named."""
    found = await entitlements.list_entitlements(person, _after(listing.after), listing.limit, uow)
    return listing.page(found, item=EntitlementOut.of, position=_position)


def _after(position: Position | None) -> tuple[UUID, str] | None:
    return None if position is None else (UUID(str(position[0])), str(position[1]))


def _position(read: EntitlementRead) -> Position:
    return [str(read.claim), read.benefit]
