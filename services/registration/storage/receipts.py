"""Receipts of the bank: what was stated of each is never changed, and of which funds it is may be found later."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import FundSums
from services.registration.domain.errors import ReceiptUnknown
from services.registration.domain.receipts import Allocation, KeptReceipt, Receipt, ReceiptState, Unallocated
from services.registration.storage.persons import Viewer
from shared.kernel.funds import Fund

_STATED = "receipt, tenant, officer, employer, month, amount_sen, banked_on, reference, received_at"
_COLUMNS = f"{_STATED}, revision, unallocated_for, funds"
_RECEIVE = text(f"""
    INSERT INTO contribution_receipt ({_STATED})
    VALUES (:receipt, :tenant, :officer, :employer, :month, :amount_sen, :banked_on, :reference, :received_at)
    ON CONFLICT DO NOTHING
""")  # noqa: S608 - constants
_SEEN = "(:officer OR tenant = :tenant OR 'employer:' || employer = :tenant)"
_GET = text(f"SELECT {_COLUMNS} FROM contribution_receipt WHERE receipt = :receipt")  # noqa: S608 - a constant
_FIND = text(f"""
    SELECT {_COLUMNS} FROM contribution_receipt WHERE receipt = :receipt AND {_SEEN}
""")  # noqa: S608 - constants
# All receipts of a month together: each of two is held against what the other leaves.
_LOCK = text(f"""
    SELECT {_COLUMNS} FROM contribution_receipt
    WHERE (employer, month) = (SELECT employer, month FROM contribution_receipt WHERE receipt = :receipt)
    ORDER BY receipt FOR UPDATE
""")  # noqa: S608 - a constant
_ALLOCATE = text("""
    UPDATE contribution_receipt
    SET revision = :revision, unallocated_for = :unallocated_for, funds = CAST(:funds AS jsonb)
    WHERE receipt = :receipt
""")
_PAGE = text(f"""
    SELECT {_COLUMNS} FROM contribution_receipt
    WHERE (CAST(:after AS uuid) IS NULL OR receipt > CAST(:after AS uuid)) AND {_SEEN}
          AND (CAST(:state AS text) IS NULL OR :state = CASE WHEN revision = 0 THEN 'received'
               WHEN unallocated_for IS NULL THEN 'allocated' ELSE 'unallocated' END)
    ORDER BY receipt LIMIT :limit
""")  # noqa: S608 - constants
_RECALL = text(f"""
    INSERT INTO contribution_receipt AS known ({_COLUMNS})
    VALUES (:receipt, :tenant, :officer, :employer, :month, :amount_sen, :banked_on, :reference, :received_at,
            :revision, :unallocated_for, CAST(:funds AS jsonb))
    ON CONFLICT (receipt) DO UPDATE SET revision = excluded.revision, unallocated_for = excluded.unallocated_for,
                                        funds = excluded.funds
    WHERE known.revision < excluded.revision
""")  # noqa: S608 - constants
_PUBLISHED = text(f"""
    SELECT {_COLUMNS} FROM contribution_receipt WHERE receipt > CAST(:after AS uuid) AND revision > 0
    ORDER BY receipt LIMIT :limit
""")  # noqa: S608 - a constant


class ReceiptRepository:
    """The receipts that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def receive(self, receipt: Receipt) -> tuple[KeptReceipt, bool]:
        """Keep a receipt; as it stands, and whether it is new: the same reference of the same party is one receipt."""
        added = await self._connection.execute(_RECEIVE, _stated(receipt, receipt.id))
        stands = await self._connection.execute(_GET, {"receipt": receipt.id})
        return kept_receipt_of(stands.one()), bool(added.rowcount)

    async def find(self, receipt: UUID, viewer: Viewer) -> KeptReceipt:
        """One that the viewer stated or paid, or any for an officer; raises ReceiptUnknown."""
        asked = {"receipt": receipt, "tenant": viewer.tenant, "officer": viewer.officer}
        found = (await self._connection.execute(_FIND, asked)).one_or_none()
        if found is None:
            raise ReceiptUnknown()
        return kept_receipt_of(found)

    async def lock_month(self, receipt: UUID) -> list[KeptReceipt]:
        """A receipt and the others of its employer and month, held until the transaction ends."""
        return [kept_receipt_of(row) for row in await self._connection.execute(_LOCK, {"receipt": receipt})]

    async def allocate(self, kept: KeptReceipt) -> None:
        """Note of which funds it is, or why of none yet."""
        await self._connection.execute(_ALLOCATE, {"receipt": kept.id, **_standing(kept)})

    async def page(
        self, state: ReceiptState | None, after: UUID | None, limit: int, viewer: Viewer
    ) -> list[KeptReceipt]:
        """Receipts by id, after one: all that the viewer sees, or those alone in a state."""
        whose = {"tenant": viewer.tenant, "officer": viewer.officer}
        asked = {"after": after, "limit": limit, "state": state, **whose}
        return [kept_receipt_of(row) for row in await self._connection.execute(_PAGE, asked)]

    async def recall(self, kept: KeptReceipt) -> None:
        """What was published of it, unless more is known."""
        await self._connection.execute(_RECALL, {**_stated(kept.receipt, kept.id), **_standing(kept)})

    async def list_published(self, after: str, limit: int) -> list[KeptReceipt]:
        """Those that somebody has looked at, by id, after one: everybody's, for the worker's role."""
        found = await self._connection.execute(_PUBLISHED, {"after": after, "limit": limit})
        return [kept_receipt_of(row) for row in found]


def kept_receipt_of(row: Row[Any]) -> KeptReceipt:
    """The receipt in a row of ``_COLUMNS``."""
    receipt = Receipt(
        tenant=row.tenant,
        employer=row.employer,
        month=row.month,
        amount_sen=row.amount_sen,
        banked_on=row.banked_on,
        reference=row.reference,
        received_at=row.received_at,
        officer=row.officer,
    )
    return KeptReceipt(row.receipt, receipt, row.revision, allocation_of(row) if row.revision else None)


def allocation_of(row: Row[Any]) -> Allocation:
    """Of which funds the receipt in a row of ``_COLUMNS`` is."""
    funds = tuple(FundSums(Fund(each["fund"]), each["employer_sen"], each["employee_sen"]) for each in row.funds)
    return Allocation(funds, None if row.unallocated_for is None else Unallocated(row.unallocated_for))


def _stated(receipt: Receipt, id_: UUID) -> Mapping[str, Any]:
    return {**asdict(receipt), "receipt": id_}


def _standing(kept: KeptReceipt) -> Mapping[str, Any]:
    allocation = kept.allocation or Allocation()
    funds = orjson.dumps([asdict(each) for each in allocation.funds]).decode()
    return {"revision": kept.revision, "unallocated_for": allocation.unallocated_for, "funds": funds}
