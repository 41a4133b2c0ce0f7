"""The ledger: transfers are added and never changed or deleted; the database's grants hold it to that (rules S2)."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.ledger import GRANTED, Transfer
from services.benefits.storage import tables as t
from shared.kernel.clock import business_day, now
from shared.kernel.identifiers import new_id
from shared.kernel.money import Sen

# What of a loan is called in stays granted: it is paid, and to come back.
_NET = text("""
    SELECT fund,
           coalesce(sum(CASE WHEN cause = 'called_in' THEN 0 WHEN debit = ANY(CAST(:granted AS text[])) THEN amount_sen
                             WHEN credit = ANY(CAST(:granted AS text[])) THEN -amount_sen END), 0)::bigint,
           coalesce(sum(CASE 'recoveries_receivable' WHEN debit THEN amount_sen WHEN credit THEN -amount_sen END),
                    0)::bigint
    FROM transfer WHERE claim = :claim AND scheme = :scheme AND benefit = :benefit AND party = :party
    GROUP BY fund
""")
# What was told of a file's month is booked already, in whichever sums: told again by fund, it is no more money.
_BOOK_ONCE = text("""
    INSERT INTO transfer (id, entry, debit, credit, amount_sen, cause, fund, booked_at, value_on, file, employer, month)
    SELECT * FROM unnest(CAST(:id AS uuid[]), CAST(:entry AS uuid[]), CAST(:debit AS text[]), CAST(:credit AS text[]),
                         CAST(:amount_sen AS bigint[]), CAST(:cause AS text[]), CAST(:fund AS text[]),
                         CAST(:booked_at AS timestamptz[]), CAST(:value_on AS date[]), CAST(:file AS uuid[]),
                         CAST(:employer AS bigint[]), CAST(:month AS text[]))
         AS brought (id, entry, debit, credit, amount_sen, cause, fund, booked_at, value_on, file, employer, month)
    WHERE NOT EXISTS (
        SELECT FROM transfer AS booked
        WHERE (booked.file, booked.employer, booked.month) = (brought.file, brought.employer, brought.month))
    ON CONFLICT DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class Line:
    """A transfer in the books of an entitlement, with the payment or the repayment that it is about, if it is of one.

    ``value_on`` is the day on which it counts, where that is another than the day on which it is booked: money counts
    when it came or went, however late that is known.
    """

    transfer: Transfer
    key: EntitlementKey
    revision: int
    payment: UUID | None = None
    value_on: date | None = None
    repayment: UUID | None = None


@dataclass(frozen=True, slots=True)
class FileMonth:
    """What an employer's file changed in one month: named once, booked once."""

    file: UUID
    employer: int
    month: str


class LedgerRepository:
    """Adds to the ledger and adds it up, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def post(self, lines: Iterable[Line]) -> None:
        """Book the lines as one entry; the same thing happening twice to a payment is refused by the database."""
        entry, booked_at = new_id(), now()
        rows = [{**_row(line.transfer, entry, booked_at, line.value_on), **_about(line)} for line in lines]
        if rows:
            await self._connection.execute(insert(t.transfer), rows)

    async def post_contributions(self, entries: Sequence[tuple[FileMonth, Sequence[Transfer]]]) -> None:
        """Book what files changed; a file and month that is booked already changes nothing."""
        once: dict[FileMonth, list[dict[str, Any]]] = {}
        booked_at = now()
        for about, transfers in entries:
            entry = new_id()
            once.setdefault(about, [{**_row(each, entry, booked_at), **asdict(about)} for each in transfers])
        rows = [row for of_month in once.values() for row in of_month]
        if rows:
            await self._connection.execute(_BOOK_ONCE, {name: [row[name] for row in rows] for name in rows[0]})

    async def net(self, key: EntitlementKey) -> dict[str, tuple[Sen, Sen]]:
        """What is granted in the books of an entitlement, and its open recovery, by the fund that bears it."""
        rows = await self._connection.execute(_NET, {**asdict(key), "granted": list(GRANTED)})
        return {fund: (net, recovery) for fund, net, recovery in rows}


def _row(transfer: Transfer, entry: UUID, booked_at: datetime, value_on: date | None = None) -> dict[str, Any]:
    return {
        "id": new_id(),
        "entry": entry,
        "debit": transfer.debit,
        "credit": transfer.credit,
        "amount_sen": transfer.amount_sen,
        "cause": transfer.reason,
        "fund": transfer.fund,
        "booked_at": booked_at,
        "value_on": value_on or business_day(booked_at),
    }


def _about(line: Line) -> dict[str, Any]:
    about = {"revision": line.revision, "payment": line.payment, "repayment": line.repayment}
    return {**asdict(line.key), **about}
