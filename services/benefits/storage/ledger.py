"""The ledger: transfers are added and never changed or deleted; the database's grants hold it to that (rules S2)."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.ledger import Transfer
from services.benefits.storage import tables as t
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.kernel.money import Sen

_NET = text("""
    SELECT coalesce(sum(CASE 'benefit_expense' WHEN debit THEN amount_sen WHEN credit THEN -amount_sen END), 0)::bigint,
           coalesce(sum(CASE 'recoveries_receivable' WHEN debit THEN amount_sen WHEN credit THEN -amount_sen END),
                    0)::bigint
    FROM transfer WHERE claim = :claim AND scheme = :scheme AND benefit = :benefit AND party = :party
""")
# The fund is the one of the two accounts that is not the receivable, on whichever side a correction put it.
_ACCOUNTS = (
    func.least(t.transfer.c.debit, t.transfer.c.credit),
    func.greatest(t.transfer.c.debit, t.transfer.c.credit),
)
_EACH_FUND_ONCE = upsert(t.transfer).on_conflict_do_nothing(
    index_elements=[t.transfer.c.file, t.transfer.c.employer, t.transfer.c.month, *_ACCOUNTS]
)


@dataclass(frozen=True, slots=True)
class Line:
    """A transfer in the books of an entitlement, with the payment that it is about, if it is about one."""

    transfer: Transfer
    key: EntitlementKey
    revision: int
    payment: UUID | None = None


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
        rows = [{**_row(line.transfer, entry, booked_at), **_about(line)} for line in lines]
        if rows:
            await self._connection.execute(insert(t.transfer), rows)

    async def post_contributions(self, entries: Sequence[tuple[FileMonth, Sequence[Transfer]]]) -> None:
        """Book what files changed; a file and month that is booked already changes nothing."""
        rows: list[dict[str, Any]] = []
        booked_at = now()
        for about, transfers in entries:
            entry = new_id()
            named = {"file": about.file, "employer": about.employer, "month": about.month}
            rows += [{**_row(transfer, entry, booked_at), **named} for transfer in transfers]
        if rows:
            await self._connection.execute(_EACH_FUND_ONCE, rows)

    async def net(self, key: EntitlementKey) -> tuple[Sen, Sen]:
        """What is granted in the books of an entitlement, and its open recovery."""
        net, recovery = (await self._connection.execute(_NET, asdict(key))).one()
        return net, recovery


def _row(transfer: Transfer, entry: UUID, booked_at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "entry": entry,
        "debit": transfer.debit,
        "credit": transfer.credit,
        "amount_sen": transfer.amount_sen,
        "cause": transfer.reason,
        "fund": transfer.fund,
        "booked_at": booked_at,
    }


def _about(line: Line) -> dict[str, Any]:
    return {**asdict(line.key), "revision": line.revision, "payment": line.payment}
