"""Providers' bills for treatments (Act 4 s.57): sent, corrected and withdrawn by the provider, decided by officers."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from pydantic import Field, JsonValue

from services.rehab.api.dependencies import CommittedBeforeAnswer
from services.rehab.api.fields import Schedule
from services.rehab.commands.correct_bill import CorrectBill
from services.rehab.commands.correct_bill import correct_bill as handle_correct_bill
from services.rehab.commands.review_bill import ReviewBill, review_bill
from services.rehab.commands.send_bill import SendBill
from services.rehab.commands.send_bill import send_bill as handle_send_bill
from services.rehab.commands.withdraw_bill import WithdrawBill
from services.rehab.commands.withdraw_bill import withdraw_bill as handle_withdraw_bill
from services.rehab.domain.bill import Bill, BillOutcome, BillState, Treatment
from services.rehab.domain.errors import ProvidersOnly
from services.rehab.queries import bills
from services.rehab.queries.bills import find_bill
from shared.kernel.identifiers import person_id, person_number
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import LARGEST_INTEGER, Day, DocumentNumber
from shared.web.ids import PersonFilter, PersonId
from shared.web.money import In, Money, Out, StatedMoney, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["bills"])

PROVIDER = "hospital"
_AMOUNT: dict[str, JsonValue] = {"amount": "185.00", "currency": "MYR"}

BillInPath = Annotated[UUID, Path(description="The bill.")]


class _Treated(In):
    """What a bill says of a treatment, new or corrected."""

    treatment: Treatment = Field(description="What the person was treated with.", examples=["physiotherapy"])
    treated_on: Day = Field(description="The day of the treatment, today at the latest.", examples=["2026-08-04"])
    amount: StatedMoney = Field(description="What the provider asks for, above zero.")


class TreatmentIn(_Treated):
    """What a provider says of a treatment."""

    model_config = examples({"treatment": "physiotherapy", "treated_on": "2026-08-04", "amount": _AMOUNT})


class BillIn(_Treated):
    """A bill."""

    model_config = examples(
        {
            "bill_number": "INV-2026-0042",
            "person": "P000000012T",
            "claim": "018f0000-0000-7000-8000-000000000001",
            "treatment": "physiotherapy",
            "treated_on": "2026-08-04",
            "amount": _AMOUNT,
        }
    )

    bill_number: DocumentNumber = Field(
        description="The provider's own number of the bill, which names nobody: sent again it is the same bill.",
        examples=["INV-2026-0042"],
    )
    person: PersonId
    claim: UUID | None = Field(
        default=None,
        description="The claim for which the person was treated, where known.",
        examples=["018f0000-0000-7000-8000-000000000001"],
    )

    def command(self, provider: str) -> SendBill:
        """The command of this request."""
        about = (provider, self.bill_number, person_number(self.person), self.claim)
        return SendBill(*about, self.treatment, self.treated_on, self.amount.sen)


class BillOut(Out):
    """A bill with what its provider said last, and what is owed for it."""

    bill: UUID = Field(description="The bill.")
    provider: str = Field(max_length=100, description="Kind and number.", examples=["hospital:1"])
    bill_number: str | None = Field(max_length=60, description="The provider's own; null where a restore lost it.")
    person: PersonId
    claim: UUID | None
    treatment: Treatment
    treated_on: date
    amount: Money = Field(description="What the provider asks for.")
    statement: int = Field(ge=1, le=LARGEST_INTEGER, description="How often the provider has said something of it.")
    state: BillState = Field(description="Whether what the provider said last waits for officers, or was decided.")
    owed: Money = Field(description="What is owed by what was decided last; while a correction waits, as before.")
    cap: Money | None = Field(description="The most that the schedule allows; null where nothing was approved.")
    schedule: Schedule | None = Field(description="The schedule of the cap.")
    refused_for: str | None = Field(max_length=100, description="Why nothing is owed any more.")
    sent_at: datetime

    @classmethod
    def of(cls, bill: Bill) -> Self:
        """The public form of a bill."""
        said, last = bill.newest, bill.decisions[-1].finding if bill.decisions else None
        cap_sen = last.cap_sen if last else None
        return cls(
            bill=bill.id,
            provider=bill.provider,
            bill_number=bill.number,
            person=person_id(bill.person),
            claim=bill.claim,
            treatment=said.treatment,
            treated_on=said.treated_on,
            amount=Money.of(said.amount_sen),
            statement=said.revision,
            state=bill.state,
            owed=Money.of(bill.owed_sen),
            cap=None if cap_sen is None else Money.of(cap_sen),
            schedule=last.schedule if last else None,
            refused_for=last.reason if last and last.outcome is not BillOutcome.APPROVED else None,
            sent_at=bill.sent_at,
        )


@router.get(
    "/v1/bills",
    summary="List bills",
    dependencies=[requires("rehab:bill:read"), reads(DataKind.HEALTH, DataKind.PAYMENT, of="person")],
    responses=problems(400),
)
async def list_bills(
    listing: Listing, uow: CommittedBeforeAnswer, caller: Party, person: PersonFilter = None
) -> Page[BillOut]:
    """A provider's own bills, for the organisation's officers all, of one person where that is asked for."""
    provider = None if caller.is_officer else caller.party
    found = await bills.list_bills(provider, person, listing.after_id, listing.limit, uow)
    return listing.page(found, item=BillOut.of)


@router.get(
    "/v1/bills/{bill}",
    summary="Read a bill",
    dependencies=[requires("rehab:bill:read"), reads(DataKind.HEALTH, DataKind.PAYMENT, of="person")],
    responses=problems(404),
)
async def read_bill(bill: BillInPath, uow: CommittedBeforeAnswer) -> BillOut:
    """One bill, for its provider and for officers."""
    return BillOut.of(await find_bill(bill, uow))


@router.post(
    "/v1/bills",
    status_code=201,
    summary="Send a bill",
    dependencies=[requires("rehab:bill:write"), Depends(idempotent)],
    responses=problems(400, 403, 409, 422),
)
async def send_bill(body: BillIn, uow: CommittedBeforeAnswer, caller: Party) -> BillOut:
    """Ask, as a provider, for what a person's treatment cost; two officers decide what of it is owed.

    The answer is the same whoever the person is, and whether there is one.
    """
    return BillOut.of(await find_bill(await handle_send_bill(body.command(_provider(caller)), uow), uow))


@router.post(
    "/v1/bills/{bill}/corrections",
    status_code=201,
    summary="Correct a bill",
    dependencies=[requires("rehab:bill:write"), Depends(idempotent)],
    responses=problems(400, 403, 404, 409, 422),
)
async def correct_bill(bill: BillInPath, body: TreatmentIn, uow: CommittedBeforeAnswer, caller: Party) -> BillOut:
    """Say something else of a treatment; what was approved before is owed until officers have decided it."""
    _provider(caller)
    await handle_correct_bill(CorrectBill(bill, body.treatment, body.treated_on, body.amount.sen), uow)
    return BillOut.of(await find_bill(bill, uow))


@router.post(
    "/v1/bills/{bill}/withdrawals",
    status_code=201,
    summary="Withdraw a bill",
    dependencies=[requires("rehab:bill:write"), Depends(idempotent)],
    responses=problems(403, 404, 409),
)
async def withdraw_bill(bill: BillInPath, uow: CommittedBeforeAnswer, caller: Party) -> BillOut:
    """Take a bill back: nothing of it is owed any more, and what was paid is to come back."""
    _provider(caller)
    await handle_withdraw_bill(WithdrawBill(bill), uow)
    return BillOut.of(await find_bill(bill, uow))


@router.post(
    "/v1/bills/{bill}/reviews",
    status_code=201,
    summary="Have a bill looked at again",
    dependencies=[
        requires("rehab:bill:review"),
        Depends(officers_only),
        Depends(idempotent),
        reads(DataKind.HEALTH, DataKind.PAYMENT, of="person"),
    ],
    responses=problems(404, 409),
)
async def start_review(bill: BillInPath, uow: CommittedBeforeAnswer) -> BillOut:
    """Ask officers, as one of them, to decide a bill once more; until they have, nothing changes."""
    await review_bill(ReviewBill(bill), uow)
    return BillOut.of(await find_bill(bill, uow))


def _provider(caller: Caller) -> str:
    """Who asks, as a party; raises ProvidersOnly."""
    if caller.party_kind != PROVIDER:
        raise ProvidersOnly()
    return caller.party
