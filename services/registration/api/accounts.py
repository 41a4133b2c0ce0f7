"""Employers' accounts: what is declared, banked and outstanding of a month, its interest, arrears, and what to write on
a payment."""

from datetime import date
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.commands.claim_interest_waiver import ClaimInterestWaiver
from services.registration.commands.claim_interest_waiver import claim_interest_waiver as handle_claim
from services.registration.domain.arrears import Account, AccountState, due_on
from services.registration.domain.contribution import FundSums, number_of
from services.registration.queries import accounts
from services.registration.queries.employers import find_employer
from services.registration.storage.accounts import Arrears
from shared.kernel.clock import today
from shared.kernel.funds import Fund
from shared.kernel.identifiers import employer_id, employer_number
from shared.kernel.payment_reference import PaymentReference
from shared.kernel.periods import Month
from shared.security.scopes import Party, requires
from shared.web.ids import EmployerId, EmployerInPath
from shared.web.money import In, Money, Out, SignedMoney, examples
from shared.web.paging import Listing, Page, Position
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["employer accounts"])

_MONTH_PATTERN = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"
_Month = Annotated[str, Field(min_length=7, max_length=7, pattern=_MONTH_PATTERN, examples=["2026-07"])]
_MonthInQuery = Annotated[
    str,
    Query(min_length=7, max_length=7, pattern=_MONTH_PATTERN, description="The wage month.", examples=["2026-07"]),
]
_Law = Annotated[str, Field(max_length=1_000, description="Acts and sections.", examples=["Act 4, s.14A"])]


class DeclaredOut(Out):
    """What is declared for one fund, by who pays it."""

    fund: Fund
    employer: SignedMoney = Field(description="Below zero where less is declared than was taken over.")
    employee: SignedMoney

    @classmethod
    def of(cls, share: FundSums) -> Self:
        """From what is declared."""
        employer, employee = SignedMoney.of(share.employer_sen), SignedMoney.of(share.employee_sen)
        return cls(fund=share.fund, employer=employer, employee=employee)


class InterestOut(Out):
    """The interest on what of a month was paid late, or is not paid."""

    as_of: date = Field(description="The day up to which it is worked out here: today, or that of the last payment.")
    days_late: int = Field(ge=0, le=100_000, description="Days from the due day up to it.", examples=[31])
    worked_out: Money = Field(description="By the day, if what is outstanding were paid on that day.")
    law: _Law
    stated: Money = Field(description="What is charged so far: when all is paid, and at the end of each month.")
    stated_as_of: date | None
    waived: Money = Field(description="What of it two officers waived.")
    paid: Money
    outstanding: Money

    @classmethod
    def of(cls, account: Account) -> Self:
        """From what is stored, and worked out today."""
        day, stated = today(), account.stated
        as_of = day if account.outstanding_sen > 0 else account.paid_on or day
        due = due_on(account.month, day)
        interest = account.interest(as_of, day)
        return cls(
            as_of=as_of,
            days_late=0 if due is None or not account.owed_sen else max(0, (as_of - due).days),
            worked_out=Money.of(interest.amount_sen),
            law=interest.law,
            stated=Money.of(0 if stated is None else stated.amount_sen),
            stated_as_of=None if stated is None else stated.as_of,
            waived=Money.of(0 if stated is None else stated.waived_sen),
            paid=Money.of(account.interest_paid_sen),
            outstanding=Money.of(account.interest_left_sen),
        )


class AccountOut(Out):
    """What an employer owes and paid of a wage month."""

    employer: EmployerId
    month: _Month
    state: AccountState
    due_on: date | None = Field(description="The last day in time; null for a month of before the statute book.")
    declared: SignedMoney
    funds: list[DeclaredOut] = Field(max_length=len(Fund), description="What is declared, by fund.")
    assessed: Money = Field(description="What officers assessed of the month beyond what is declared.")
    banked: SignedMoney = Field(description="What is known to be banked of the contributions, of whichever fund.")
    outstanding: SignedMoney = Field(description="Declared or assessed, and not banked; below zero: too much.")
    interest: InterestOut
    waiver_claimed: bool = Field(description="Whether a claim that the interest be waived waits for two officers.")

    @classmethod
    def of(cls, account: Account) -> Self:
        """From what is stored."""
        day = today()
        return cls(
            employer=employer_id(account.employer),
            month=str(account.month),
            state=account.state(day),
            due_on=due_on(account.month, day),
            declared=SignedMoney.of(account.declared_sen),
            funds=[DeclaredOut.of(each) for each in account.funds(day)] if account.declared_sen else [],
            assessed=Money.of(account.assessed_sen),
            banked=SignedMoney.of(account.banked_sen),
            outstanding=SignedMoney.of(account.outstanding_sen),
            interest=InterestOut.of(account),
            waiver_claimed=account.appeal is not None,
        )


class PaymentReferenceOut(Out):
    """What to write on a payment, so that it is known at once whose and for which month it is."""

    employer: EmployerId
    month: _Month
    reference: str = Field(
        min_length=20,
        max_length=20,
        pattern=r"^RF[0-9]{2}E[0-9]{15}$",
        description="A creditor reference (ISO 11649) with two check digits. Blanks may stand in it.",
        examples=["RF30E000000007202607"],
    )


class InterestWaiverIn(In):
    """Of whose month it is claimed that the interest be waived."""

    model_config = examples({"employer": "E0000000076", "month": "2026-04"})

    employer: EmployerId
    month: _Month = Field(description="The wage month.")


@router.get(
    "/v1/employers/{employer}/account",
    summary="Read an employer's account of a month",
    dependencies=[requires("registration:account:read")],
    responses=problems(404, 422),
)
async def read_account(
    employer: EmployerInPath, month: _MonthInQuery, uow: CommittedBeforeAnswer, looker: Looker
) -> AccountOut:
    """The caller's own; any employer's for the organisation's officers. A payment counts once the worker has looked at
    its receipt, and interest is worked out by the law of each day of payment."""
    return AccountOut.of(await accounts.find_account(employer_number(employer), Month.of(month), looker, uow))


@router.get(
    "/v1/arrears",
    summary="List months in arrears",
    dependencies=[requires("registration:account:read")],
    responses=problems(400, 422),
)
async def list_arrears(
    listing: Listing,
    uow: CommittedBeforeAnswer,
    looker: Looker,
    of: Annotated[Arrears | None, Query(description="Contributions after their due day, or interest alone.")] = None,
    employer: Annotated[EmployerId | None, Query(description="One employer's.")] = None,
) -> Page[AccountOut]:
    """The caller's own, by month; those of all employers for the organisation's officers."""
    after_employer, after_month = listing.after or (0, 0)
    after, whose = (int(after_employer), int(after_month)), None if employer is None else employer_number(employer)
    found = await accounts.list_arrears(of, whose, after, listing.limit, looker, uow)
    return listing.page(found, item=AccountOut.of, position=_position)


@router.get(
    "/v1/employers/{employer}/payment-reference",
    summary="Read what to write on a payment",
    dependencies=[requires("registration:account:read")],
    responses=problems(404, 422),
)
async def read_payment_reference(
    employer: EmployerInPath, month: _MonthInQuery, uow: CommittedBeforeAnswer, looker: Looker
) -> PaymentReferenceOut:
    """The reference of an employer's month: the caller's own, or any for the organisation's officers."""
    number, of_month = employer_number(employer), Month.of(month)
    await find_employer(number, looker, uow)
    return PaymentReferenceOut(employer=employer, month=month, reference=str(PaymentReference(number, of_month)))


@router.post(
    "/v1/interest-waivers",
    status_code=202,
    summary="Claim that the interest of a month be waived",
    dependencies=[requires("registration:interest_waiver:write"), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def claim_interest_waiver(
    body: InterestWaiverIn, uow: CommittedBeforeAnswer, caller: Party, looker: Looker
) -> AccountOut:
    """Claim it as the employer, or as an officer for it. Two officers decide it in the queue `interest`; what is
    charged after that is not waived with it."""
    employer = employer_number(body.employer)
    await find_employer(employer, looker, uow)
    officer = caller.subject if caller.is_officer else None
    claimed = ClaimInterestWaiver(employer, Month.of(body.month), caller.party, officer)
    return AccountOut.of(await handle_claim(claimed, uow))


def _position(account: Account) -> Position:
    return [account.employer, number_of(account.month)]
