"""The trial balance: every account with all that was debited and credited, of all funds or of one."""

from dataclasses import dataclass

from sqlalchemy import text

from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.money import Sen

_BALANCES = text("""
    SELECT account.code, account.about, coalesce(sum(moved.debit_sen), 0) AS debit_sen,
           coalesce(sum(moved.credit_sen), 0) AS credit_sen
    FROM account LEFT JOIN (
        SELECT side.code, side.debit_sen, side.credit_sen FROM transfer CROSS JOIN LATERAL (
            VALUES (debit, amount_sen, 0), (credit, 0, amount_sen)) AS side (code, debit_sen, credit_sen)
        WHERE CAST(:fund AS text) IS NULL OR fund = :fund) AS moved USING (code)
    GROUP BY account.code, account.about ORDER BY account.code
""")


@dataclass(frozen=True, slots=True)
class BalanceRead:
    """The sums of one account."""

    code: str
    about: str
    debit_sen: Sen
    credit_sen: Sen


async def list_balances(fund: str | None, uow: BenefitsUnitOfWork) -> list[BalanceRead]:
    """Every account by its code, also those that nothing was booked on; of one fund where it is named."""
    found = await uow.connection.execute(_BALANCES, {"fund": fund})
    return [BalanceRead(row.code, row.about, int(row.debit_sen), int(row.credit_sen)) for row in found]
