"""What the bank received of contributions: stating it, and of which funds it is."""

from dataclasses import asdict
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field, field_validator

from services.registration.api.dependencies import Banks, CommittedBeforeAnswer, Looker
from services.registration.commands.propose_on_receipt import ProposeOnReceipt, propose_on_receipt
from services.registration.commands.release_on_receipt import ReleaseOnReceipt, release_on_receipt
from services.registration.commands.take_receipt import TakeReceipt, take_receipt
from services.registration.domain.contribution import FundSums, month_of, number_of
from services.registration.domain.errors import ReceiptOfBankOnly
from services.registration.domain.receipts import (
    Allocation,
    KeptReceipt,
    Receipt,
    ReceiptAct,
    ReceiptState,
    ReceiptWord,
    Unallocated,
)
from services.registration.queries import receipts
from services.registration.storage.persons import Viewer
from shared.kernel.clock import now
from shared.kernel.funds import Fund
from shared.kernel.identifiers import employer_id, employer_number
from shared.kernel.periods import Month
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import Day, DocumentNumber, Text
from shared.web.ids import EmployerId
from shared.web.money import In, Money, Out, SignedMoney, StatedMoney, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

PATH = "/v1/contribution-receipts"

router = APIRouter(route_class=CommittingRoute, tags=["contribution receipts"])


def _by_officer(action: str, *refusals: int) -> dict[str, Any]:
    dependencies = [
        requires(f"registration:contribution_receipt:{action}"),
        Depends(officers_only),
        Depends(idempotent),
    ]
    return {"status_code": 201, "dependencies": dependencies, "responses": problems(*refusals)}


# What one officer proposes of a receipt holds when another has released it.
_ONE_OFFICER = _by_officer("write", 403, 404, 409, 422)
_ANOTHER_OFFICER = _by_officer("release", 403, 404, 409)

ReceiptInPath = Annotated[UUID, Path(description="The receipt.")]
_Officer = Annotated[str, Field(max_length=255, description="An officer.", examples=["officer-7"])]
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


class ReceiptWordIn(In):
    """By which document an officer proposes something of a receipt."""

    model_config = examples({"evidence": "KB-2026-0193"})

    evidence: DocumentNumber


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


class ReceiptWordOut(Out):
    """What one officer proposes of a receipt and another releases."""

    evidence: str | None = Field(max_length=40, description="The document.", examples=["KB-2026-0193"])
    proposed_by: _Officer
    proposed_at: datetime
    released_by: _Officer | None = Field(description="Null while it waits for another officer.")
    released_at: datetime | None

    @classmethod
    def of(cls, word: ReceiptWord) -> Self:
        """From what is kept."""
        return cls(**asdict(word))


class ReceiptOut(Out):
    """A receipt and of which funds it is."""

    receipt: UUID
    employer: EmployerId
    month: _MonthText
    amount: Money
    banked_on: date
    reference: str = Field(
        max_length=140,
        description="For officers and who stated it: it may name somebody. Empty where it was forgotten with a "
        "database.",
    )
    received_at: datetime
    stated_by: str = Field(max_length=100, description="The bank, or the organisation.", examples=["bank:1"])
    state: ReceiptState = Field(
        description="to_be_released: an officer stated it. received: nobody has looked at it yet. unallocated: of no "
        "fund yet. countered: it was wrong."
    )
    unallocated_for: Unallocated | None = Field(description="Why it is of no fund; for officers alone.")
    funds: list[FundShareOut] = Field(max_length=20, description="For officers and the employer, who declared them.")
    officer: _Officer | None = Field(description="The officer who stated it; for officers alone.")
    words: dict[ReceiptAct, ReceiptWordOut] = Field(
        max_length=len(ReceiptAct), description="What officers propose and release of it; for officers alone."
    )

    @classmethod
    def of(cls, kept: KeptReceipt, looker: Viewer) -> Self:
        """From what is stored, as the looker may see it: the bank's words may name another than the employer, and of
        which funds it is, and why of none, tells what the employer declares."""
        receipt, allocation = kept.receipt, kept.allocation or Allocation()
        stated_it, paid_it = looker.tenant == receipt.tenant, looker.employer == receipt.employer
        return cls(
            receipt=kept.id,
            employer=employer_id(receipt.employer),
            month=str(month_of(receipt.month)),
            amount=Money.of(receipt.amount_sen),
            banked_on=receipt.banked_on,
            reference=receipt.reference if looker.officer or stated_it else "",
            received_at=receipt.received_at,
            stated_by=receipt.tenant,
            state=kept.state,
            unallocated_for=allocation.unallocated_for if looker.officer else None,
            funds=[FundShareOut.of(each) for each in allocation.funds] if looker.officer or paid_it else [],
            officer=receipt.officer if looker.officer else None,
            words={act: ReceiptWordOut.of(word) for act, word in kept.words.items()} if looker.officer else {},
        )


@router.post(
    PATH,
    status_code=202,
    summary="State what the bank received",
    dependencies=[requires("registration:contribution_receipt:write"), Depends(idempotent)],
    responses=problems(400, 403, 409, 422),
)
async def report_receipt(
    body: ReceiptIn, uow: CommittedBeforeAnswer, caller: Party, looker: Looker, banks: Banks, response: Response
) -> ReceiptOut:
    """Say what was banked for an employer's month: the organisation's own bank, or an officer. It is held against what
    is declared; what an officer states, when another officer has released it.

    What equals all that is declared for the month and not banked yet is of the funds in which it is declared. A part of
    that is of none until a file of the month makes it equal; what is more than was to come is of none until two
    officers find it to be the employer's own.
    """
    kept = await take_receipt(TakeReceipt(body.stated(caller, banks)), uow)
    response.headers["location"] = f"{PATH}/{kept.id}"
    return ReceiptOut.of(kept, looker)


@router.get(
    f"{PATH}/{{receipt}}",
    summary="Read a receipt",
    dependencies=[requires("registration:contribution_receipt:read")],
    responses=problems(404),
)
async def read_receipt(receipt: ReceiptInPath, uow: CommittedBeforeAnswer, looker: Looker) -> ReceiptOut:
    """One that the caller stated, or of the caller's own contributions; any for the organisation's officers."""
    return ReceiptOut.of(await receipts.find_receipt(receipt, looker, uow), looker)


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
    return listing.page(found, item=partial(ReceiptOut.of, looker=looker))


@router.post(
    f"{PATH}/{{receipt}}/releases",
    summary="Release an officer's receipt",
    **_ANOTHER_OFFICER,
)
async def release_receipt(
    receipt: ReceiptInPath, uow: CommittedBeforeAnswer, caller: Party, looker: Looker
) -> ReceiptOut:
    """Say, as another officer than the one who stated it, that it was banked: from now on it is held against what is
    declared, and known to refunds."""
    return await _released(receipt, ReceiptAct.RELEASE, uow, caller, looker)


@router.post(
    f"{PATH}/{{receipt}}/attributions",
    summary="Propose that a receipt is the employer's own",
    **_ONE_OFFICER,
)
async def propose_attribution(
    receipt: ReceiptInPath, body: ReceiptWordIn, uow: CommittedBeforeAnswer, caller: Party, looker: Looker
) -> ReceiptOut:
    """Propose that money which was not expected is the employer's own, paid for this month. It holds when another
    officer has released it; a proposal that stands already stays as it was."""
    return await _proposed(receipt, ReceiptAct.ATTRIBUTION, body, uow, caller, looker)


@router.post(
    f"{PATH}/{{receipt}}/attributions/releases",
    summary="Release that a receipt is the employer's own",
    **_ANOTHER_OFFICER,
)
async def release_attribution(
    receipt: ReceiptInPath, uow: CommittedBeforeAnswer, caller: Party, looker: Looker
) -> ReceiptOut:
    """Find so, as another officer than the one who proposed it: it is known as paid for the month, and of the funds of
    what it equals, now or with a later file."""
    return await _released(receipt, ReceiptAct.ATTRIBUTION, uow, caller, looker)


@router.post(
    f"{PATH}/{{receipt}}/counter-entries",
    summary="Propose a counter-entry",
    **_ONE_OFFICER,
)
async def propose_counter_entry(
    receipt: ReceiptInPath, body: ReceiptWordIn, uow: CommittedBeforeAnswer, caller: Party, looker: Looker
) -> ReceiptOut:
    """Propose that a receipt is wrong: nothing was banked by it, whoever stated it. It holds when another officer has
    released it; a proposal that stands already stays as it was."""
    return await _proposed(receipt, ReceiptAct.COUNTER_ENTRY, body, uow, caller, looker)


@router.post(
    f"{PATH}/{{receipt}}/counter-entries/releases",
    summary="Release a counter-entry",
    **_ANOTHER_OFFICER,
)
async def release_counter_entry(
    receipt: ReceiptInPath, uow: CommittedBeforeAnswer, caller: Party, looker: Looker
) -> ReceiptOut:
    """Find so, as another officer than the one who proposed it: all that the books have of it is reversed, and it
    stays so. What was banked indeed is stated under another reference."""
    return await _released(receipt, ReceiptAct.COUNTER_ENTRY, uow, caller, looker)


async def _proposed(
    receipt: UUID, act: ReceiptAct, body: ReceiptWordIn, uow: CommittedBeforeAnswer, caller: Caller, looker: Viewer
) -> ReceiptOut:
    proposed = ProposeOnReceipt(receipt, act, body.evidence, caller.subject, caller.party)
    return ReceiptOut.of(await propose_on_receipt(proposed, uow), looker)


async def _released(
    receipt: UUID, act: ReceiptAct, uow: CommittedBeforeAnswer, caller: Caller, looker: Viewer
) -> ReceiptOut:
    released = ReleaseOnReceipt(receipt, act, caller.subject, caller.party)
    return ReceiptOut.of(await release_on_receipt(released, uow), looker)
