"""Repayments: what came back of what is to come back, as officers enter and release it and the bank states it."""

from datetime import date, datetime
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.benefits.api.dependencies import Cipher, CommittedBeforeAnswer, by_another_officer, by_one_officer
from services.benefits.api.fields import OfficerOrBank, PaidMoney
from services.benefits.commands.enter_repayment import EnterRepayment, enter_repayment
from services.benefits.commands.release_repayment import ReleaseRepayment, release_repayment
from services.benefits.domain.recoveries import RepaymentState, Route, Word
from services.benefits.queries import repayments
from services.benefits.queries.repayments import RepaymentRead
from services.benefits.storage.repayments import written_place
from shared.kernel.reading import DataKind
from shared.security.fields import FieldCipher
from shared.security.scopes import Party, officers_only, requires
from shared.web.fields import Day, DocumentNumber
from shared.web.money import In, Money, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["repayments"])

StateFilter = Annotated[RepaymentState, Query(description="Repayments in this state.")]


class RepaymentIn(In):
    """Money that an officer saw come back."""

    model_config = examples(
        {
            "amount": {"amount": "200.00", "currency": "MYR"},
            "received_on": "2026-11-27",
            "route": "counter",
            "reference": "RCPT-20931",
        }
    )

    amount: PaidMoney
    received_on: Day = Field(description="The day on which it came in.")
    route: Literal[Route.COUNTER] = Field(description="At a counter: what is transferred, the bank states.")
    reference: DocumentNumber

    def command(self, recovery: UUID, officer: str) -> EnterRepayment:
        """As a command of the officer who sent it."""
        return EnterRepayment(recovery, self.amount.sen, self.received_on, self.route, self.reference, officer)


class EnteredOut(Out):
    """A repayment that was entered: it counts when another officer has released it."""

    repayment: UUID


class WordOut(Out):
    """What holds of a repayment: the word that was said of it first."""

    repayment: UUID
    word: Word


class RepaymentOut(Out):
    """Money that came in, and what became of it."""

    repayment: UUID
    recovery: UUID | None = Field(description="Null where no recovery has the reference that was written.")
    state: RepaymentState
    amount: Money
    repaid: Money = Field(description="What of it made the recovery smaller.")
    beyond: Money = Field(description="What of it is booked and belongs to no recovery: a person is to look.")
    received_on: date
    route: Route
    reference: str = Field(max_length=200, description="The receipt, or statement and line.", examples=["RCPT-20931"])
    written: str | None = Field(max_length=140, description="What the payer wrote, where the bank stated it.")
    entered_by: OfficerOrBank
    entered_at: datetime
    word: Word | None = Field(description="What was said of it, where an officer entered it.")
    said_by: OfficerOrBank | None
    counter_evidence: str | None = Field(max_length=40, description="By which document it did not come in after all.")
    counter_proposed_by: OfficerOrBank | None
    counter_released_by: OfficerOrBank | None = Field(description="Null while it waits for another officer.")

    @classmethod
    def of(cls, read: RepaymentRead, cipher: FieldCipher) -> "RepaymentOut":
        """From what is read of it."""
        line = read.statement_line
        return cls(
            repayment=read.id,
            recovery=read.recovery,
            state=RepaymentState(read.state),
            amount=Money.of(read.amount_sen),
            repaid=Money.of(read.repaid_sen),
            beyond=Money.of(read.beyond_sen),
            received_on=read.received_on,
            route=Route(read.route),
            reference=read.reference,
            written=(read.written or None) and line and cipher.decrypt(read.written, written_place(line)),
            entered_by=read.entered_by,
            entered_at=read.entered_at,
            word=None if read.word is None else Word(read.word),
            said_by=read.said_by,
            counter_evidence=read.counter_evidence,
            counter_proposed_by=read.counter_proposed_by,
            counter_released_by=read.counter_released_by,
        )


@router.get(
    "/v1/repayments",
    summary="List repayments in a state",
    dependencies=[requires("benefits:repayment:read"), Depends(officers_only), reads(DataKind.PAYMENT, of="recovery")],
    responses=problems(400),
)
async def list_repayments(
    listing: Listing, uow: CommittedBeforeAnswer, cipher: Cipher, state: StateFilter = RepaymentState.TO_BE_RELEASED
) -> Page[RepaymentOut]:
    """What waits for a second officer, what was more than open, what has a reference that no recovery has, and what was
    booked, withdrawn or countered; in the order of their ids."""
    found = await repayments.list_repayments(state, listing.after_id, listing.limit, uow)
    return listing.page(found, item=partial(RepaymentOut.of, cipher=cipher))


@router.post(
    "/v1/recoveries/{recovery}/repayments",
    summary="Enter a repayment",
    **by_one_officer("repayment", 404, 409),
)
async def enter_money_that_came_back(
    recovery: UUID, body: RepaymentIn, uow: CommittedBeforeAnswer, caller: Party
) -> EnteredOut:
    """Enter what came back of a recovery, each receipt once; it counts when another officer has released it."""
    repayment = await enter_repayment(body.command(recovery, caller.subject), uow)
    return EnteredOut(repayment=repayment.id)


@router.post(
    "/v1/repayments/{repayment}/releases",
    summary="Release a repayment",
    **by_another_officer("repayment"),
)
async def release_money_that_came_back(repayment: UUID, uow: CommittedBeforeAnswer, caller: Party) -> WordOut:
    """Say, as another officer than the one who entered it, that it came in; what is more than is open then is kept and
    listed."""
    word = await release_repayment(ReleaseRepayment(repayment, Word.RELEASED, caller.subject), uow)
    return WordOut(repayment=repayment, word=word)


@router.post(
    "/v1/repayments/{repayment}/withdrawals",
    summary="Withdraw a repayment",
    **by_one_officer("repayment", 404, 409),
)
async def withdraw_money_that_came_back(repayment: UUID, uow: CommittedBeforeAnswer, caller: Party) -> WordOut:
    """Say of a repayment that is not released that it was entered by mistake."""
    word = await release_repayment(ReleaseRepayment(repayment, Word.WITHDRAWN, caller.subject), uow)
    return WordOut(repayment=repayment, word=word)
