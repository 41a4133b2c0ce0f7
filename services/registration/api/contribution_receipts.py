"""What the bank received of contributions: stating it, and of which funds it is."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field, field_validator

from services.registration.api.dependencies import Banks, CommittedBeforeAnswer, Looker
from services.registration.commands.take_receipt import TakeReceipt, take_receipt
from services.registration.domain.contribution import FundSums, month_of, number_of
from services.registration.domain.errors import ReceiptOfBankOnly
from services.registration.domain.receipts import KeptReceipt, Receipt, ReceiptState, Unallocated
from services.registration.queries import receipts
from shared.kernel.clock import now
from shared.kernel.funds import Fund
from shared.kernel.identifiers import employer_id, employer_number
from shared.kernel.periods import Month
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.fields import Day, Text
from shared.web.ids import EmployerId
from shared.web.money import In, Money, Out, SignedMoney, StatedMoney, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

PATH = "/v1/contribution-receipts"

router = APIRouter(route_class=CommittingRoute, tags=["contribution receipts"])

ReceiptInPath = Annotated[UUID, Path(description="The receipt.")]
_MonthText = Annotated[str, Field(min_length=7, max_length=7, examples=["2026-06"])]


class ReceiptIn(In):
    """Money that reached the organisation's account for an employer's month."""

    model_config = examples(
        {
            "employer": "E0000000076",
            "month": "2026-06",
            "amount": {"amount": "83.25", "currency": "MYR"},
            "banked_on": "2026-07-14",
            "reference": "FPX 2026-07-14 000731",
        }
    )

    employer: EmployerId
    month: str = Field(
        min_length=7,
        max_length=7,
        pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$",
        description="The wage month for which it was paid.",
        examples=["2026-06"],
    )
    amount: StatedMoney
    banked_on: Day = Field(description="The bank's value day.", examples=["2026-07-14"])
    reference: Text = Field(
        min_length=1,
        max_length=140,
        description="The caller's own reference, once for each receipt.",
        examples=["FPX 2026-07-14 000731"],
    )

    @field_validator("amount")
    @classmethod
    def _is_something(cls, amount: StatedMoney) -> StatedMoney:
        if not amount.sen:
            raise ValueError("A receipt is of more than zero.")
        return amount

    def stated(self, caller: Caller, banks: frozenset[str]) -> Receipt:
        """As the caller states it now; raises PublicIdInvalid, or ReceiptOfBankOnly for none of the organisation's."""
        if not caller.is_officer and caller.party not in banks:
            raise ReceiptOfBankOnly()
        return Receipt(
            tenant=caller.party,
            employer=employer_number(self.employer),
            month=number_of(Month.of(self.month)),
            amount_sen=self.amount.sen,
            banked_on=self.banked_on,
            reference=self.reference,
            received_at=now(),
            officer=caller.subject if caller.is_officer else None,
        )


class FundShareOut(Out):
    """What of a receipt is one fund's; below zero where a correction moved it to another."""

    fund: Fund
    employer: SignedMoney
    employee: SignedMoney

    @classmethod
    def of(cls, share: FundSums) -> Self:
        """From what was found."""
        employer, employee = SignedMoney.of(share.employer_sen), SignedMoney.of(share.employee_sen)
        return cls(fund=share.fund, employer=employer, employee=employee)


class ReceiptOut(Out):
    """A receipt and of which funds it is."""

    receipt: UUID
    employer: EmployerId
    month: _MonthText
    amount: Money
    banked_on: date
    reference: str = Field(max_length=140, description="Empty where it was forgotten with a database.")
    received_at: datetime
    state: ReceiptState = Field(description="received: nobody has looked at it yet. unallocated: of no fund yet.")
    unallocated_for: Unallocated | None = Field(description="Why it is of no fund yet; a file of the month may tell.")
    funds: list[FundShareOut] = Field(max_length=20)

    @classmethod
    def of(cls, kept: KeptReceipt) -> Self:
        """From what is stored."""
        receipt, allocation = kept.receipt, kept.allocation
        return cls(
            receipt=kept.id,
            employer=employer_id(receipt.employer),
            month=str(month_of(receipt.month)),
            amount=Money.of(receipt.amount_sen),
            banked_on=receipt.banked_on,
            reference=receipt.reference,
            received_at=receipt.received_at,
            state=kept.state,
            unallocated_for=None if allocation is None else allocation.unallocated_for,
            funds=[] if allocation is None else [FundShareOut.of(each) for each in allocation.funds],
        )


@router.post(
    PATH,
    status_code=202,
    summary="State what the bank received",
    dependencies=[requires("registration:contribution_receipt:write"), Depends(idempotent)],
    responses=problems(400, 403, 409, 422),
)
async def report_receipt(
    body: ReceiptIn, uow: CommittedBeforeAnswer, caller: Party, banks: Banks, response: Response
) -> ReceiptOut:
    """Say what was banked for an employer's month: the organisation's own bank, or an officer. It is held against what
    is declared.

    What equals all that is declared for the month and not banked yet is of the funds in which it is declared; anything
    else is of none, until a file of the month makes it equal.
    """
    kept = await take_receipt(TakeReceipt(body.stated(caller, banks)), uow)
    response.headers["location"] = f"{PATH}/{kept.id}"
    return ReceiptOut.of(kept)


@router.get(
    f"{PATH}/{{receipt}}",
    summary="Read a receipt",
    dependencies=[requires("registration:contribution_receipt:read")],
    responses=problems(404),
)
async def read_receipt(receipt: ReceiptInPath, uow: CommittedBeforeAnswer, looker: Looker) -> ReceiptOut:
    """One that the caller stated, or of the caller's own contributions; any for the organisation's officers."""
    return ReceiptOut.of(await receipts.find_receipt(receipt, looker, uow))


@router.get(
    PATH,
    summary="List receipts",
    dependencies=[requires("registration:contribution_receipt:read")],
    responses=problems(400, 422),
)
async def list_receipts(
    listing: Listing,
    uow: CommittedBeforeAnswer,
    looker: Looker,
    state: Annotated[ReceiptState | None, Query(description="Those alone that stand there.")] = None,
) -> Page[ReceiptOut]:
    """Those that the caller stated, or of the caller's own contributions; all for the organisation's officers."""
    found = await receipts.list_receipts(state, listing.after_id, listing.limit, looker, uow)
    return listing.page(found, item=ReceiptOut.of)
