"""The ledger: the trial balance."""

from typing import Any

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy import Row

from services.benefits.api.dependencies import CommittedBeforeAnswer
from services.benefits.domain.ledger import Account
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
    def of(cls, row: Row[Any]) -> "BalanceOut":
        """From its row."""
        return cls(
            account=row.code,
            about=row.about,
            debits=Money.of(row.debit_sen),
            credits=Money.of(row.credit_sen),
            balance=SignedMoney.of(row.debit_sen - row.credit_sen),
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
async def read_balances(uow: CommittedBeforeAnswer) -> TrialBalanceOut:
    """All that was booked until now, by account."""
    rows = await uow.ledger.balances()
    return TrialBalanceOut(
        accounts=[BalanceOut.of(row) for row in rows],
        debits=Money.of(sum(row.debit_sen for row in rows)),
        credits=Money.of(sum(row.credit_sen for row in rows)),
    )
