"""The books as they count on a day and as they were known at an instant: by account, and by fund."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, text

from services.benefits.domain.ledger import Account, TransferReason
from services.benefits.storage.ledger import CLOSED_UNTIL, COMMITTED_WITHIN
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import BUSINESS_ZONE, business_day
from shared.kernel.funds import CLEARING, Fund
from shared.kernel.money import Sen

# What is booked bears an instant of before its commit; ten seconds more are for the commit itself. The API may not look
# how long the worker's transactions are open.
CERTAIN_AFTER = COMMITTED_WITHIN + timedelta(seconds=10)
# The two axes: what has its value day until a day counts on it, and what was booked until an instant was known then.
_MOVED = """
    WITH moved AS (
        SELECT fund, debit, credit, cause, sum(amount_sen) AS sen
        FROM (SELECT fund, debit, credit, cause, amount_sen FROM ledger_day
              WHERE booked_on < :closed_until AND (CAST(:on AS date) IS NULL OR value_on <= :on)
              UNION ALL
              SELECT fund, debit, credit, cause, amount_sen FROM transfer
              WHERE (CAST(:since AS timestamptz) IS NULL OR booked_at >= :since)
                    AND (CAST(:known_at AS timestamptz) IS NULL OR booked_at <= :known_at)
                    AND (CAST(:on AS date) IS NULL OR value_on <= :on)) AS booked
        GROUP BY fund, debit, credit, cause)
"""
_BALANCES = text(f"""
    {_MOVED}
    SELECT account.code, account.about, coalesce(sum(side.debit_sen), 0) AS debit_sen,
           coalesce(sum(side.credit_sen), 0) AS credit_sen
    FROM account LEFT JOIN (
        SELECT code, debit_sen, credit_sen FROM moved CROSS JOIN LATERAL (
            VALUES (debit, sen, 0), (credit, 0, sen)) AS side (code, debit_sen, credit_sen)
        WHERE CAST(:fund AS text) IS NULL OR fund = :fund) AS side USING (code)
    GROUP BY account.code, account.about ORDER BY account.code
""")  # noqa: S608 - constants
_BY_FUND = text(f"""
    {_MOVED}
    SELECT fund, side.code, cause, sum(side.sen) AS sen
    FROM moved CROSS JOIN LATERAL (VALUES (debit, moved.sen), (credit, -moved.sen)) AS side (code, sen)
    GROUP BY fund, side.code, cause
""")  # noqa: S608 - a constant

_EXPENSES = {Account.BENEFIT_EXPENSE, Account.PAYABLE_EXPENSE}
_PAID = {TransferReason.SETTLED, TransferReason.REVERSED}
_REPAID = {
    *(TransferReason.REPAID, TransferReason.REPAID_BEYOND),
    *(TransferReason.REPAID_COUNTERED, TransferReason.REPAID_BEYOND_COUNTERED),
}


@dataclass(frozen=True, slots=True)
class AsOf:
    """What counts until a day, or all; as it was known at an instant, or is now."""

    on: date | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BalanceRead:
    """The sums of one account."""

    code: str
    about: str
    debit_sen: Sen
    credit_sen: Sen


@dataclass(frozen=True, slots=True)
class FundRead:
    """What came in for a fund, what went out, and what it has; sums of debits less credits by account and cause."""

    fund: str
    moved: Mapping[tuple[str, str], Sen]

    @property
    def declared_sen(self) -> Sen:
        """Contributions, as employers declared them and corrected them."""
        return self._sum(Account.CONTRIBUTIONS_RECEIVABLE, {TransferReason.CONTRIBUTIONS})

    @property
    def banked_sen(self) -> Sen:
        """Contributions that came."""
        return self._sum(Account.BANK, {TransferReason.CONTRIBUTIONS_BANKED})

    @property
    def granted_sen(self) -> Sen:
        """What it bears: benefits and payables that are instructed or set off, less what is to come back."""
        return sum(sen for (account, _), sen in self.moved.items() if account in _EXPENSES)

    @property
    def paid_sen(self) -> Sen:
        """What reached payees' accounts, less what came back from them."""
        return -self._sum(Account.BANK, _PAID)

    @property
    def repaid_sen(self) -> Sen:
        """What was paid back to it."""
        return self._sum(Account.BANK, _REPAID)

    @property
    def owed_by_funds_sen(self) -> Sen:
        """What other funds owe it; below zero: what it owes them."""
        return self._sum(Account.RECOVERIES_SET_OFF)

    @property
    def balance_sen(self) -> Sen:
        """What it has by its books: what was declared, less what it bears."""
        return self.declared_sen - self.granted_sen

    @property
    def at_bank_sen(self) -> Sen:
        """What of it is at the bank: what was banked and repaid, less what was paid."""
        return self._sum(Account.BANK)

    def _sum(self, account: Account, causes: set[TransferReason] | None = None) -> Sen:
        of_account = ((cause, sen) for (code, cause), sen in self.moved.items() if code == account)
        return sum(sen for cause, sen in of_account if causes is None or cause in causes)


async def list_balances(fund: str | None, as_of: AsOf, uow: BenefitsUnitOfWork) -> list[BalanceRead]:
    """Every account by its code, also those that nothing was booked on; of one fund where it is named."""
    found = await uow.connection.execute(_BALANCES, {**await _asked(as_of, uow), "fund": fund})
    return [BalanceRead(row.code, row.about, int(row.debit_sen), int(row.credit_sen)) for row in found]


async def list_funds(as_of: AsOf, uow: BenefitsUnitOfWork) -> list[FundRead]:
    """Every fund, also those in which nothing was booked, and then what is of none yet."""
    moved: dict[str, dict[tuple[str, str], Sen]] = {fund: {} for fund in (*Fund, CLEARING)}
    for row in await uow.connection.execute(_BY_FUND, await _asked(as_of, uow)):
        moved[row.fund].update([_moved_of(row)])
    return [FundRead(fund, sums) for fund, sums in moved.items()]


async def _asked(as_of: AsOf, uow: BenefitsUnitOfWork) -> dict[str, Any]:
    """Both axes, and from which day on transfers are read: from that of the instant, of which only a part was known."""
    day: date | None = (await uow.connection.execute(CLOSED_UNTIL)).scalar_one()
    if day is not None and as_of.known_at is not None:
        day = min(day, business_day(as_of.known_at))
    since = None if day is None else datetime.combine(day, time.min, BUSINESS_ZONE)
    return {"on": as_of.on, "known_at": as_of.known_at, "closed_until": day, "since": since}


def _moved_of(row: Row[Any]) -> tuple[tuple[str, str], Sen]:
    return (row.code, row.cause), int(row.sen)
