"""The ledger: the trial balance, of all funds or of one, and what each fund has; on a day, as known at an instant."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer
from services.benefits.domain.errors import KnownAtUncertain
from services.benefits.domain.ledger import Account
from services.benefits.queries.ledger import CERTAIN_AFTER, AsOf, BalanceRead, FundRead
from services.benefits.queries.ledger import list_balances as list_balances_as_of
from services.benefits.queries.ledger import list_funds as list_funds_as_of
from shared.kernel.clock import now
from shared.kernel.funds import Fund
from shared.security.scopes import officers_only, requires
from shared.web.fields import Day, Instant
from shared.web.money import Money, Out, SignedMoney
from shared.web.problems import problems
from shared.web.routing import CommittingRoute

# What is of no fund yet.
Clearing = Literal["clearing"]

router = APIRouter(route_class=CommittingRoute, tags=["ledger"])


async def _as_of(
    on: Annotated[Day | None, Query(description="What counts until the end of this day; left out: all.")] = None,
    known_at: Annotated[
        Instant | None,
        Query(description="What was booked until this instant, more than a minute past; left out: until now."),
    ] = None,
) -> AsOf:
    if known_at is not None and known_at > now() - CERTAIN_AFTER:
        raise KnownAtUncertain()
    return AsOf(on, known_at)


BooksAsOf = Annotated[AsOf, Depends(_as_of)]


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


class FundOut(Out):
    """What came in for a fund, what went out, and what it has."""

    fund: Fund | Clearing = Field(description="clearing is no fund: money of which it is not known whose it is.")
    declared: SignedMoney = Field(description="Contributions as employers declared and corrected them.")
    banked: SignedMoney = Field(description="Contributions that came to the bank.")
    granted: SignedMoney = Field(description="What it bears: benefits and payables, less what is to come back.")
    paid: SignedMoney = Field(description="What reached payees' accounts, less what came back from them.")
    repaid: SignedMoney = Field(description="What was paid back to it.")
    owed_by_other_funds: SignedMoney = Field(description="Below zero: what it owes other funds.")
    balance: SignedMoney = Field(description="What it has by its books: declared less granted.")
    at_bank: SignedMoney = Field(description="What of it is at the bank; below zero: paid before it came.")

    @classmethod
    def of(cls, read: FundRead) -> "FundOut":
        """From its sums."""
        return cls(
            fund=read.fund,
            declared=SignedMoney.of(read.declared_sen),
            banked=SignedMoney.of(read.banked_sen),
            granted=SignedMoney.of(read.granted_sen),
            paid=SignedMoney.of(read.paid_sen),
            repaid=SignedMoney.of(read.repaid_sen),
            owed_by_other_funds=SignedMoney.of(read.owed_by_funds_sen),
            balance=SignedMoney.of(read.balance_sen),
            at_bank=SignedMoney.of(read.at_bank_sen),
        )


class FundsOut(Out):
    """Every fund, and what is of none yet."""

    funds: list[FundOut] = Field(max_length=100)


@router.get(
    "/v1/ledger/balances",
    summary="Read the trial balance",
    dependencies=[requires("benefits:ledger:read"), Depends(officers_only)],
    responses=problems(422),
)
async def read_balances(
    uow: CommittedBeforeAnswer,
    as_of: BooksAsOf,
    fund: Annotated[
        Fund | Clearing | None, Query(description="What this fund bears alone, or what is of none.")
    ] = None,
) -> TrialBalanceOut:
    """What was booked, by account: all of it, or what counts until a day, as it was known at an instant."""
    balances = await list_balances_as_of(fund, as_of, uow)
    return TrialBalanceOut(
        accounts=[BalanceOut.of(each) for each in balances],
        debits=Money.of(sum(each.debit_sen for each in balances)),
        credits=Money.of(sum(each.credit_sen for each in balances)),
    )


@router.get(
    "/v1/funds",
    summary="Read what each fund has",
    dependencies=[requires("benefits:ledger:read"), Depends(officers_only)],
    responses=problems(422),
)
async def list_funds(uow: CommittedBeforeAnswer, as_of: BooksAsOf) -> FundsOut:
    """Income as declared and as banked, what it bears and paid, and what funds owe each other: to a day, as known."""
    return FundsOut(funds=[FundOut.of(each) for each in await list_funds_as_of(as_of, uow)])
