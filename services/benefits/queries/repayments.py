"""Repayments by what became of them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from services.benefits.domain.recoveries import RepaymentState
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.money import Sen

# What stands in the ledger is booked, whatever was said of it: after a restore nothing else is known of it.
_READ = text("""
    SELECT * FROM (
        SELECT repayment.id, recovery, CASE
                   WHEN booked.repaid_sen + booked.beyond_sen > 0 THEN CASE
                       WHEN recovery IS NULL THEN 'unknown_reference'
                       WHEN booked.beyond_sen > 0 THEN 'more_than_open' ELSE 'repaid' END
                   WHEN word = 'withdrawn' THEN 'withdrawn'
                   WHEN word = 'released' OR route = 'bank_line' THEN 'to_be_booked'
                   ELSE 'to_be_released' END AS state,
               repayment.amount_sen, booked.repaid_sen, booked.beyond_sen, received_on, route, repayment.reference,
               statement_line.id AS statement_line, statement_line.written, entered_at
        FROM repayment LEFT JOIN repayment_word ON repayment_word.repayment = repayment.id
        LEFT JOIN statement_line ON statement_line.id = repayment.statement_line
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount_sen) FILTER (WHERE cause = 'repaid'), 0)::bigint AS repaid_sen,
                   coalesce(sum(amount_sen) FILTER (WHERE cause = 'repaid_beyond'), 0)::bigint AS beyond_sen
            FROM transfer WHERE transfer.repayment = repayment.id) AS booked) AS came_in
    WHERE state = :state AND (CAST(:after AS uuid) IS NULL OR id > :after) ORDER BY id LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class RepaymentRead:
    """A repayment as it stands."""

    id: UUID
    recovery: UUID | None
    state: str
    amount_sen: Sen
    repaid_sen: Sen
    beyond_sen: Sen
    received_on: date
    route: str
    reference: str
    statement_line: UUID | None
    written: bytes | None
    entered_at: datetime


async def list_repayments(
    state: RepaymentState, after: UUID | None, limit: int, uow: BenefitsUnitOfWork
) -> list[RepaymentRead]:
    """Repayments in a state in the order of their ids, after a position."""
    rows = await uow.connection.execute(_READ, {"state": state, "after": after, "limit": limit})
    return [RepaymentRead(*row) for row in rows]
