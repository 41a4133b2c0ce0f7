"""Orders that raise benefits by the month: entered by one officer, and let count by two."""

from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer, by_one_officer
from services.benefits.api.fields import MONTHLY_BENEFIT, BenefitName, OfficerOrBank, PaidMoney
from services.benefits.commands.state_increase import StateIncrease
from services.benefits.commands.state_increase import state_increase as handle_increase
from services.benefits.domain.increases import Factor, IncreaseOrder
from services.benefits.queries import increases
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.security.scopes import Party, officers_only, requires
from shared.web.fields import Day, Flag
from shared.web.money import In, Money, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["increases"])

# Two officers look at all of them in one task.
_MOST_FACTORS = 40


class FactorIn(In):
    """What is given to a benefit that began in certain years."""

    benefit: str = Field(pattern="^[a-z][a-z_]{0,99}$", max_length=100, examples=[MONTHLY_BENEFIT])
    began_from: int = Field(
        strict=True, ge=1900, le=2100, description="The first year in which it began.", examples=[2015]
    )
    began_to: int = Field(strict=True, ge=1900, le=2100, description="The last year.", examples=[2020])
    percent: str = Field(
        pattern=r"^[0-9]{1,2}(\.[0-9]{1,4})?$", max_length=7, description="Of what it was.", examples=["2.5"]
    )
    least: PaidMoney | None = Field(default=None, description="What it is by the month at least; null: no such sum.")

    def factor(self) -> Factor:
        """As the order has it."""
        least = None if self.least is None else self.least.sen
        return Factor(self.benefit, self.began_from, self.began_to, Fraction(self.percent), least)


class IncreaseIn(In):
    """An order as its instrument has it."""

    model_config = examples(
        {
            "instrument": "P.U.(A) 999/2026",
            "law": "Act 4 (increases by order)",
            "in_force": "2026-07-01",
            "factors": [
                {
                    "benefit": MONTHLY_BENEFIT,
                    "began_from": 2013,
                    "began_to": 2025,
                    "percent": "2.5",
                    "least": {"amount": "550.00", "currency": "MYR"},
                },
            ],
        },
        {
            "instrument": "P.U.(A) 1000/2026",
            "law": "Act 4 (increases by order)",
            "in_force": "2026-07-01",
            "factors": [],
            "replaces": "0197b6a0-6c00-7000-8000-000000000001",
            "withdrawn": True,
        },
    )

    instrument: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./()-]{0,59}$",
        max_length=60,
        description="The instrument's number, as it was gazetted.",
        examples=["P.U.(A) 999/2026"],
    )
    law: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 .,;()/'-]{0,199}$", max_length=200, description="Under which it is made."
    )
    in_force: Day = Field(description="From which day on it counts; months that were paid since get the difference.")
    factors: list[FactorIn] = Field(max_length=_MOST_FACTORS)
    replaces: UUID | None = Field(
        default=None,
        description="The order in whose place it stands.",
        examples=["0197b6a0-6c00-7000-8000-000000000001"],
    )
    withdrawn: Flag = Field(default=False, description="Whether what it replaces gives nothing, nor does this.")

    def order(self, officer: str) -> IncreaseOrder:
        """As an officer enters it."""
        factors = tuple(each.factor() for each in self.factors)
        stated = (self.instrument, self.law, self.in_force, officer, now(), factors)
        return IncreaseOrder(new_id(), *stated, self.replaces, self.withdrawn)


class FactorOut(Out):
    """What is given to a benefit that began in certain years."""

    benefit: BenefitName
    began_from: int = Field(ge=1900, le=2100)
    began_to: int = Field(ge=1900, le=2100)
    percent: str = Field(max_length=20, examples=["2.5"])
    least: Money | None

    @classmethod
    def of(cls, factor: Factor) -> "FactorOut":
        """From what is kept of it."""
        least = None if factor.least_sen is None else Money.of(factor.least_sen)
        years = {"began_from": factor.began_from, "began_to": factor.began_to}
        return cls(benefit=factor.benefit, **years, percent=factor.written, least=least)


class IncreaseOut(Out):
    """An order, and whether two officers let it count."""

    order: UUID
    instrument: str = Field(max_length=60, examples=["P.U.(A) 999/2026"])
    law: str = Field(max_length=200)
    in_force: date
    factors: list[FactorOut] = Field(max_length=_MOST_FACTORS)
    replaces: UUID | None
    withdrawn: bool
    stated_by: OfficerOrBank
    stated_at: datetime
    counts: bool | None = Field(description="Null while it waits for two officers.")

    @classmethod
    def of(cls, order: IncreaseOrder) -> "IncreaseOut":
        """From what is kept of it."""
        return cls(
            order=order.id,
            instrument=order.instrument,
            law=order.law,
            in_force=order.in_force,
            factors=[FactorOut.of(each) for each in order.factors],
            replaces=order.replaces,
            withdrawn=order.withdrawn,
            stated_by=order.stated_by,
            stated_at=order.stated_at,
            counts=order.counts,
        )


@router.post("/v1/increases", summary="Enter an order that raises benefits", **by_one_officer("increase", 404, 409))
async def state_increase(body: IncreaseIn, uow: CommittedBeforeAnswer, caller: Party) -> IncreaseOut:
    """Enter an order as its instrument has it. It counts when two officers have let it (`GET /v1/tasks`): then each
    benefit by the month that it raises is settled, and what was paid since its first day gets the difference, once."""
    return IncreaseOut.of(await handle_increase(StateIncrease(body.order(caller.subject), caller.party), uow))


@router.get(
    "/v1/increases",
    summary="List the orders that raise benefits",
    dependencies=[requires("benefits:increase:read"), Depends(officers_only)],
    responses=problems(400),
)
async def list_increases(listing: Listing, uow: CommittedBeforeAnswer) -> Page[IncreaseOut]:
    """All orders, oldest first, with what they give and whether they count."""
    found = await increases.list_increases(listing.after_id, listing.limit, uow)
    return listing.page(found, item=IncreaseOut.of)
