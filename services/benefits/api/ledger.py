"""The ledger: the trial balance, of all funds or of one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer
from services.benefits.domain.ledger import Account
from services.benefits.queries.ledger import BalanceRead, list_balances
from shared.kernel.funds import Fund
from shared.security.scopes import officers_only, requires
from shared.web.money import Money, Out, SignedMoney
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["ledger"])


class BalanceOut(Out):
    """One account: all that was debited and credited, and the difference."""

    account: Account
    about: str = Field(max_length=200, description="What the account holds.", examples=["Benefits granted"])
    debits: Money
    credits: Money
    balance: SignedMoney = Field(description="Debits less credits.")

    @classmethod
    def of(cls, read: BalanceRead) -> "BalanceOut":
        """From its sums."""
        return cls(
            account=read.code,
            about=read.about,
            debits=Money.of(read.debit_sen),
            credits=Money.of(read.credit_sen),
            balance=SignedMoney.of(read.debit_sen - read.credit_sen),
        )


class TrialBalanceOut(Out):
    """Every account; debits and credits come to the same by construction."""

    accounts: list[BalanceOut] = Field(max_length=1000)
    debits: Money
    credits: Money


@router.get(
    "/v1/ledger/balances",
    summary="Read the trial balance",
    dependencies=[requires("benefits:ledger:read"), Depends(officers_only)],
)
async def read_balances(
    uow: CommittedBeforeAnswer, fund: Annotated[Fund | None, Query(description="What this fund bears alone.")] = None
) -> TrialBalanceOut:
    """All that was booked until now, by account."""
    balances = await list_balances(fund, uow)
    return TrialBalanceOut(
        accounts=[BalanceOut.of(each) for each in balances],
        debits=Money.of(sum(each.debit_sen for each in balances)),
        credits=Money.of(sum(each.credit_sen for each in balances)),
    )
