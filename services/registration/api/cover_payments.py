"""Payments for cover: who took what for whom and when, one by one or by the thousand; and what becomes of one."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field, JsonValue

from services.registration.api.dependencies import Banks, CommittedBeforeAnswer
from services.registration.commands.state_payment_reversal import StatePaymentReversal, state_payment_reversal
from services.registration.commands.take_cover_payments import (
    TakeCoverPayments,
    TakenPayment,
    take_cover_payments,
)
from services.registration.domain.cover_payment import (
    Channel,
    CoverPayment,
    PaymentState,
    ReversalReason,
    StatedPayment,
)
from services.registration.queries.scheme_cover import find_cover_payment, find_cover_payments
from shared.kernel.clock import BUSINESS_ZONE
from shared.kernel.identifiers import person_id
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.fields import DocumentNumber, Instant, Whole
from shared.web.ids import PersonId
from shared.web.money import In, Money, Out, StatedMoney, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["cover payments"])

PATH = "/v1/cover-payment-batches"
MOST_AT_ONCE = 1_000
LARGEST_BYTES = 1 << 20
_Word = Annotated[str, Field(max_length=60)]
_Receipt = Annotated[
    str,
    Field(
        pattern=r"^[A-Z0-9][A-Z0-9./-]{0,39}$",
        max_length=40,
        description="The number of the receipt: each payment of a party has one of its own.",
        examples=["R-2026-000193"],
    ),
]
PaymentInPath = Annotated[UUID, Path(description="The payment for cover.")]
_PAYMENT: dict[str, JsonValue] = {
    "registration": "019c0f6e-1111-7000-8000-00000000000a",
    "channel": "agent",
    "receipt_number": "R-2026-000193",
    "payer": "agent:5",
    "paid_at": "2026-08-14T10:30:00+08:00",
    "months": 12,
    "amount": {"amount": "157.20", "currency": "MYR"},
}


class CoverPaymentIn(In):
    """A payment for cover."""

    model_config = examples(_PAYMENT)

    registration: UUID = Field(description="For which registration it was paid.", examples=[_PAYMENT["registration"]])
    channel: Channel = Field(
        description="house: into the organisation's account, which its bank states as it happens. "
        "agent: a collecting agent took it, and states when."
    )
    receipt_number: _Receipt
    payer: str = Field(
        pattern=r"^[a-z]{1,20}:[1-9][0-9]{0,17}$",
        max_length=40,
        description="The party that paid, kind:number.",
        examples=["person:12"],
    )
    paid_at: Instant | None = Field(
        default=None,
        description="When it was paid, to the minute, with its offset. From agents only: the house's is the clock's.",
        examples=["2026-08-14T10:30:00+08:00"],
    )
    months: Whole = Field(ge=1, le=120, description="The months paid for in advance.", examples=[12])
    amount: StatedMoney

    def stated(self) -> StatedPayment:
        """What is stated."""
        return StatedPayment(
            self.registration, self.channel, self.receipt_number, self.payer, self.months, self.amount.sen, self.paid_at
        )


class CoverPaymentBatchIn(In):
    """Many payments at once; each is taken or refused by itself."""

    model_config = examples({"payments": [_PAYMENT]})

    payments: list[CoverPaymentIn] = Field(min_length=1, max_length=MOST_AT_ONCE)


class PaymentReversalIn(In):
    """That a payment was none."""

    model_config = examples({"reason": "bounced", "evidence": "BR-2026-0193"})

    reason: ReversalReason = Field(
        description="bounced: the money never came. wrong_person: it was paid for somebody else. "
        "stated_twice: it was stated under another number too."
    )
    evidence: DocumentNumber


class CoverPaymentOut(Out):
    """A payment for cover, as it stands."""

    payment: UUID
    registration: UUID
    person: PersonId
    scheme: _Word = Field(examples=["act789"])
    activity: _Word | None = Field(description="Null where the scheme has none.")
    channel: Channel
    receipt_number: str | None = Field(max_length=40, description="Null where a restored database knows it without.")
    payer: _Word
    stated_by: _Word = Field(examples=["agent:5"])
    paid_at: datetime
    reported_at: datetime
    begins_at: datetime = Field(description="From when on it covers for certain.")
    months: Whole = Field(ge=1, le=120, description="The months paid for in advance.", examples=[12])
    amount: Money
    income: Money = Field(description="The monthly income that it insures.")
    state: PaymentState = Field(
        description="counts; reported_late: two officers look at the time before the report; late_refused: it counts "
        "as paid when it was reported; reversal_stated: two officers look whether it was none; reversed."
    )

    @classmethod
    def of(cls, paid: CoverPayment) -> Self:
        """From what is stored."""
        choice = paid.choice
        return cls(
            payment=paid.id,
            registration=paid.registration,
            person=person_id(paid.person),
            scheme=choice.scheme,
            activity=choice.activity or None,
            channel=paid.channel,
            receipt_number=paid.receipt,
            payer=paid.payer,
            stated_by=paid.tenant,
            paid_at=paid.paid_at.astimezone(BUSINESS_ZONE),
            reported_at=paid.reported_at.astimezone(BUSINESS_ZONE),
            begins_at=paid.begins_at.astimezone(BUSINESS_ZONE),
            months=paid.months,
            amount=Money.of(paid.amount_sen),
            income=Money.of(paid.income_sen),
            state=paid.state,
        )


class TakenPaymentOut(Out):
    """What became of one payment of a batch: it is in the ledger, or is refused."""

    receipt_number: str = Field(max_length=40)
    payment: UUID | None = Field(description="Null where it is refused.")
    state: PaymentState | None
    refused: _Word | None = Field(description="The code of the error.", examples=["amount_not_due"])
    detail: str | None = Field(max_length=300, description="What is amiss, such as what is due.")

    @classmethod
    def of(cls, taken: TakenPayment) -> Self:
        """From what became of it."""
        paid, refused = taken.payment, taken.refused
        return cls(
            receipt_number=taken.stated.receipt,
            payment=None if paid is None else paid.id,
            state=None if paid is None else paid.state,
            refused=None if refused is None else refused.code,
            detail=None if refused is None else refused.detail or refused.title,
        )


class CoverPaymentBatchOut(Out):
    """What became of each, in the order in which they were sent."""

    payments: list[TakenPaymentOut] = Field(max_length=MOST_AT_ONCE)


@router.post(
    "/v1/cover-payments",
    status_code=201,
    summary="State a payment for cover",
    dependencies=[requires("registration:cover_payment:write"), Depends(idempotent)],
    responses=problems(400, 403, 404, 409, 422),
)
async def report_cover_payment(
    body: CoverPaymentIn, uow: CommittedBeforeAnswer, caller: Party, banks: Banks
) -> CoverPaymentOut:
    """Cover begins with the instant of payment. The amount is what the statute book says for class and months.

    One that is reported later than the scheme's hours covers from the report on; two officers look at the time before.
    The same receipt again changes nothing.
    """
    (taken,) = await _take([body], uow, caller, banks)
    if taken.payment is None:
        raise taken.refused or AssertionError("a payment that is not taken is refused")
    return CoverPaymentOut.of(taken.payment)


@router.post(
    PATH,
    status_code=200,
    summary="State many payments for cover",
    dependencies=[requires("registration:cover_payment:write"), Depends(idempotent)],
    responses=problems(400, 409, 413, 422),
)
async def report_cover_payments(
    body: CoverPaymentBatchIn, uow: CommittedBeforeAnswer, caller: Party, banks: Banks
) -> CoverPaymentBatchOut:
    """Up to a thousand, each with an answer of its own."""
    taken = await _take(body.payments, uow, caller, banks)
    return CoverPaymentBatchOut(payments=[TakenPaymentOut.of(each) for each in taken])


@router.get(
    "/v1/cover-payments",
    summary="List payments for cover",
    dependencies=[requires("registration:cover_payment:read"), reads(DataKind.WAGE, of="person")],
    responses=problems(400, 422),
)
async def list_cover_payments(
    listing: Listing,
    uow: CommittedBeforeAnswer,
    registration: Annotated[UUID | None, Query(description="Only of this registration.")] = None,
) -> Page[CoverPaymentOut]:
    """A party those that it stated, a person those for itself, officers all of them."""
    found = await find_cover_payments(registration, listing.after_id, listing.limit, uow)
    return listing.page(found, item=CoverPaymentOut.of)


@router.get(
    "/v1/cover-payments/{payment}",
    summary="Read a payment for cover",
    dependencies=[requires("registration:cover_payment:read"), reads(DataKind.WAGE, of="person")],
    responses=problems(404, 422),
)
async def read_cover_payment(payment: PaymentInPath, uow: CommittedBeforeAnswer) -> CoverPaymentOut:
    """For the party that stated it, the person, and officers."""
    return CoverPaymentOut.of(await find_cover_payment(payment, uow))


@router.post(
    "/v1/cover-payments/{payment}/reversal",
    status_code=202,
    summary="State that a payment for cover was none",
    dependencies=[requires("registration:cover_payment:write"), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def state_cover_payment_reversal(
    payment: PaymentInPath, body: PaymentReversalIn, uow: CommittedBeforeAnswer, caller: Party
) -> CoverPaymentOut:
    """For the party that stated it, and officers. It covers as before until two officers have let it count."""
    said = StatePaymentReversal(payment, body.reason, body.evidence, caller.party, caller.officer)
    return CoverPaymentOut.of(await state_payment_reversal(said, uow))


async def _take(
    bodies: list[CoverPaymentIn], uow: CommittedBeforeAnswer, caller: Caller, banks: frozenset[str]
) -> list[TakenPayment]:
    stated = [each.stated() for each in bodies]
    return await take_cover_payments(TakeCoverPayments(stated, caller.party, caller.party in banks), uow)
