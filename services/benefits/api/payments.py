"""Payments: what was instructed, sent, settled, returned or withdrawn."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy import Row

from services.benefits.api.dependencies import CommittedBeforeAnswer
from services.benefits.api.fields import BenefitName, Revision, TraceId, trace_id
from services.benefits.domain.payments import PaymentKind, PaymentState
from services.benefits.queries.payments import payments_of
from shared.security.scopes import officers_only, requires
from shared.web.fields import LARGEST_INTEGER
from shared.web.ids import OnePerson
from shared.web.money import Money, Out
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["payments"])

EndToEndId = Annotated[str, Field(max_length=35, description="The id that the bank carries.", examples=["0f" * 16])]


class PaymentOut(Out):
    """One payment; its natural key is claim, benefit, period, person, kind, revision and what it replaces."""

    payment: UUID = Field(description="The payment's id, called instruction in events.")
    claim: UUID
    benefit: BenefitName
    revision: Revision
    kind: PaymentKind
    period_first: date
    period_last: date
    replaces: EndToEndId | None = Field(description="The payment that came back, for a reissue.")
    amount: Money
    state: PaymentState
    end_to_end_id: EndToEndId
    bank_file: UUID | None
    payee_version: int | None = Field(
        ge=1, le=LARGEST_INTEGER, description="The payee's version that it was sent with."
    )
    reason: str | None = Field(max_length=4, description="Why it came back (ISO 20022 code).", examples=["AC04"])
    created_at: datetime
    answered_at: datetime | None
    trace_id: TraceId

    @classmethod
    def of(cls, row: Row[Any]) -> "PaymentOut":
        """From its row."""
        return cls(
            payment=row.id,
            claim=row.claim,
            benefit=row.benefit,
            revision=row.revision,
            kind=row.kind,
            period_first=row.period_first,
            period_last=row.period_last,
            replaces=row.replaces or None,
            amount=Money.of(row.amount_sen),
            state=row.state,
            end_to_end_id=row.end_to_end_id,
            bank_file=row.bank_file,
            payee_version=row.payee_version,
            reason=row.reason,
            created_at=row.created_at,
            answered_at=row.answered_at,
            trace_id=trace_id(row.traceparent),
        )


@router.get(
    "/v1/payments",
    summary="List a person's payments",
    dependencies=[requires("benefits:payment:read"), Depends(officers_only)],
    responses=problems(400),
)
async def list_payments(person: OnePerson, listing: Listing, uow: CommittedBeforeAnswer) -> Page[PaymentOut]:
    """Every payment of a person, oldest first."""
    rows = await payments_of(person, listing.after_id, listing.limit, uow)
    return listing.page(rows, item=PaymentOut.of)
