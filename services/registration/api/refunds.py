"""Refunds of contributions that were paid and not due: what of a month is too much, claiming it, what was decided."""

from typing import Annotated, Self

from fastapi import APIRouter, Depends
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.api.fields import MONTH_PATTERN
from services.registration.commands.claim_refund import ClaimRefund
from services.registration.commands.claim_refund import claim_refund as handle_claim_refund
from services.registration.domain.contribution import number_of
from services.registration.domain.refund import Refund, Share, basis
from services.registration.queries import refunds
from services.registration.queries.employers import find_employer
from shared.kernel.clock import today
from shared.kernel.funds import Fund
from shared.kernel.identifiers import employer_id, employer_number
from shared.kernel.periods import Month
from shared.security.scopes import Party, requires
from shared.web.ids import EmployerId
from shared.web.money import In, Money, Out, examples
from shared.web.paging import Listing, Page, Position
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["refunds"])

_Month = Annotated[str, Field(min_length=7, max_length=7, pattern=MONTH_PATTERN, examples=["2026-07"])]


class RefundClaimIn(In):
    """Whose month is claimed."""

    model_config = examples({"employer": "E0000000076", "month": "2026-07"})

    employer: EmployerId
    month: _Month = Field(description="The wage month.")


class RefundShareOut(Out):
    """What one fund had of the month."""

    fund: Fund
    declared: Money = Field(
        description="What the month declared for it at most, beyond what was taken over and is due."
    )
    due: Money = Field(description="What of it is due, or is not refunded.")
    refund: Money = Field(description="What is refunded from it, as two officers decided.")
    law: str = Field(max_length=500, description="Acts and sections.", examples=["Act 4, Third Schedule"])

    @classmethod
    def of(cls, share: Share, refund: Refund) -> Self:
        """From what is stored."""
        stated = refund.stated.get(share.fund)
        # Where less is due than was taken over, that much of what was taken over was declared too much.
        taken_sen = min(0, share.after_sen)
        law = basis(share.fund, refund.month, today()).law if stated is None else stated.law
        return cls(
            fund=share.fund,
            declared=Money.of(share.before_sen - taken_sen),
            due=Money.of(share.after_sen - taken_sen),
            refund=Money.of(refund.stated_sen(share.fund)),
            law=law,
        )


class RefundOut(Out):
    """What of an employer's month was declared too much, and how far that is refunded."""

    employer: EmployerId
    month: _Month
    claimed: bool = Field(description="Whether a claim waits for two officers.")
    claimable: bool = Field(description="Whether more may be claimed than is refunded.")
    banked: Money | None = Field(description="What is known to have been banked for the month; null where nothing is.")
    funds: list[RefundShareOut] = Field(max_length=len(Fund))

    @classmethod
    def of(cls, refund: Refund) -> Self:
        """From what is stored."""
        banked = refund.figures.banked_sen
        return cls(
            employer=employer_id(refund.employer),
            month=str(refund.month),
            claimed=refund.claim is not None,
            claimable=refund.is_claimable,
            banked=None if banked is None else Money.of(banked),
            funds=[RefundShareOut.of(share, refund) for share in refund.figures.shares],
        )


@router.get(
    "/v1/refunds",
    summary="List months of which contributions may be refunded",
    dependencies=[requires("registration:refund:read")],
    responses=problems(400, 422),
)
async def list_refunds(listing: Listing, uow: CommittedBeforeAnswer, looker: Looker) -> Page[RefundOut]:
    """The caller's own, by month; those of all employers for the organisation's officers."""
    employer, month = listing.after or (0, 0)
    found = await refunds.list_refunds((int(employer), int(month)), listing.limit, looker, uow)
    return listing.page(found, item=RefundOut.of, position=_position)


@router.post(
    "/v1/refunds",
    status_code=202,
    summary="Claim the refund of a month",
    dependencies=[requires("registration:refund:write"), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def claim_refund(body: RefundClaimIn, uow: CommittedBeforeAnswer, caller: Party, looker: Looker) -> RefundOut:
    """Claim what was paid for a month and is not due: the employer itself, or an officer for it.

    Two officers decide it in the queue `refund`. What is refunded goes to the employer, who deducted what the employees
    paid and gives it back to them.
    """
    employer = employer_number(body.employer)
    await find_employer(employer, looker, uow)
    officer = caller.subject if caller.is_officer else None
    claimed = ClaimRefund(employer, Month.of(body.month), caller.party, officer)
    return RefundOut.of(await handle_claim_refund(claimed, uow))


def _position(refund: Refund) -> Position:
    return [refund.employer, number_of(refund.month)]
