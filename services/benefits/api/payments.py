"""Payments: what was instructed, sent, settled, returned or withdrawn."""

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer
from services.benefits.api.fields import (
    BenefitName,
    ClaimOrPayable,
    EndToEndId,
    PartyInPath,
    PartyName,
    Revision,
    SchemeName,
    TraceId,
    trace_id,
)
from services.benefits.domain.payments import PaymentKind, PaymentState
from services.benefits.queries import payments
from services.benefits.queries.payments import PaymentRead
from shared.kernel.funds import Fund
from shared.kernel.reading import DataKind
from shared.security.scopes import officers_only, requires
from shared.web.fields import LARGEST_INTEGER
from shared.web.ids import OnePerson
from shared.web.money import Money, Out
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["payments"])


class PaymentOut(Out):
    """One payment; its natural key is claim, scheme, benefit, party, period, kind, revision and what it replaces."""

    payment: UUID = Field(description="The payment's id, called instruction in events.")
    claim: ClaimOrPayable
    scheme: SchemeName
    benefit: BenefitName
    party: PartyName
    fund: Fund = Field(description="The fund that bears it.")
    revision: Revision
    kind: PaymentKind
    period_first: date
    period_last: date
    replaces: EndToEndId | None = Field(description="The payment that it replaces, for a reissue.")
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
    def of(cls, read: PaymentRead) -> "PaymentOut":
        """From what is read of it."""
        return cls(
            payment=read.id,
            claim=read.claim,
            scheme=read.scheme,
            benefit=read.benefit,
            party=read.party,
            fund=read.fund,
            revision=read.revision,
            kind=read.kind,
            period_first=read.period_first,
            period_last=read.period_last,
            replaces=read.replaces or None,
            amount=Money.of(read.amount_sen),
            state=read.state,
            end_to_end_id=read.end_to_end_id,
            bank_file=read.bank_file,
            payee_version=read.payee_version,
            reason=read.reason,
            created_at=read.created_at,
            answered_at=read.answered_at,
            trace_id=trace_id(read.traceparent),
        )


@router.get(
    "/v1/payments",
    summary="List a person's payments",
    dependencies=[
        requires("benefits:payment:read"),
        Depends(officers_only),
        reads(DataKind.PAYMENT, of=("person", "party")),
    ],
    responses=problems(400),
)
async def list_payments(person: OnePerson, listing: Listing, uow: CommittedBeforeAnswer) -> Page[PaymentOut]:
    """Every payment under a claim of the person or to the person, oldest first."""
    found = await payments.list_payments(person, listing.after_id, listing.limit, uow)
    return listing.page(found, item=PaymentOut.of)


@router.get(
    "/v1/parties/{party}/payments",
    summary="List the payments to a party",
    dependencies=[
        requires("benefits:payment:read"),
        Depends(officers_only),
        reads(DataKind.PAYMENT, of=("party", "claim")),
    ],
    responses=problems(400),
)
async def list_payments_to_party(party: PartyInPath, listing: Listing, uow: CommittedBeforeAnswer) -> Page[PaymentOut]:
    """Every payment to a party of any kind, also those that are about no person, oldest first."""
    found = await payments.list_payments_to_party(party, listing.after_id, listing.limit, uow)
    return listing.page(found, item=PaymentOut.of)
