"""Receipts of the bank: what was stated of each is never changed, and of which funds it is may be found later."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import FundSums
from services.registration.domain.errors import ReceiptUnknown
from services.registration.domain.receipts import (
    Allocation,
    KeptReceipt,
    Receipt,
    ReceiptAct,
    ReceiptState,
    ReceiptWord,
    Unallocated,
)
from services.registration.storage.keys import Keys
from services.registration.storage.known_followers import NOT_FOLLOWED
from services.registration.storage.persons import Viewer
from shared.kernel.funds import Fund
from shared.security.fields import place

_STATED = "receipt, tenant, officer, employer, month, amount_sen, banked_on, reference_sealed, received_at"
_KEPT = f"{_STATED}, revision, unallocated_for, funds, interest_sen"
_WORDS = """
    (SELECT jsonb_object_agg(act, to_jsonb(said)) FROM receipt_word AS said
     WHERE said.receipt = contribution_receipt.receipt) AS words
"""
_COLUMNS = f"{_KEPT}, {_WORDS}"
_RECEIVE = text(f"""
    INSERT INTO contribution_receipt ({_STATED})
    VALUES (:receipt, :tenant, :officer, :employer, :month, :amount_sen, :banked_on, :reference_sealed, :received_at)
    ON CONFLICT DO NOTHING
""")  # noqa: S608 - constants
_SEEN = "(:officer OR tenant = :tenant OR 'employer:' || employer = :tenant)"
_GET = text(f"SELECT {_COLUMNS} FROM contribution_receipt WHERE receipt = :receipt")  # noqa: S608 - a constant
_FIND = text(f"""
    SELECT {_COLUMNS} FROM contribution_receipt WHERE receipt = :receipt AND {_SEEN}
""")  # noqa: S608 - constants
_OF_MONTH = text(f"""
    SELECT {_COLUMNS} FROM contribution_receipt WHERE employer = :employer AND month = :month ORDER BY receipt
""")  # noqa: S608 - a constant
# All receipts of a month together: each of two is held against what the other leaves.
_LOCK = text(f"""
    SELECT {_COLUMNS} FROM contribution_receipt
    WHERE (employer, month) = (SELECT employer, month FROM contribution_receipt WHERE receipt = :receipt)
    ORDER BY receipt FOR UPDATE
""")  # noqa: S608 - a constant
_ALLOCATE = text("""
    UPDATE contribution_receipt
    SET revision = :revision, unallocated_for = :unallocated_for, funds = CAST(:funds AS jsonb),
        interest_sen = :interest_sen
    WHERE receipt = :receipt
""")
# Each reader and each state has a statement of its own: one for all would read everybody's rows.
_OF_STATE = {
    None: "true",
    ReceiptState.TO_BE_RELEASED: "revision = 0 AND officer IS NOT NULL",
    ReceiptState.RECEIVED: "revision = 0 AND officer IS NULL",
    ReceiptState.ALLOCATED: "revision > 0 AND unallocated_for IS NULL",
    ReceiptState.UNALLOCATED: "unallocated_for IS NOT NULL AND unallocated_for <> 'countered'",
    ReceiptState.COUNTERED: "unallocated_for IS NOT NULL AND unallocated_for = 'countered'",
}
_OFFICERS, _EMPLOYERS, _PARTYS = "true", "employer = :employer", "tenant = :tenant"
_PAGES = {
    (seen, state): text(f"""
        SELECT {_COLUMNS} FROM contribution_receipt
        WHERE receipt > CAST(:after AS uuid) AND {seen} AND {is_there}
        ORDER BY receipt LIMIT :limit
    """)  # noqa: S608 - constants
    for seen in (_OFFICERS, _EMPLOYERS, _PARTYS)
    for state, is_there in _OF_STATE.items()
}
# What waits until an officer looks at it, for the alarms, each by an index and up to a bound: one officer's receipt or
# proposal for another, and money that was not expected and nobody has found to be the employer's own. Of statements an
# officer's, and those that do not add up and were not sent again under their id. And an erasure that a service does not
# follow in time: it said nothing for a week, or what it said comes first does not end.
FOR_OFFICERS = text(f"""
    WITH found (state, since) AS (
        (SELECT 'receipt_to_be_released', received_at FROM contribution_receipt
         WHERE revision = 0 AND officer IS NOT NULL LIMIT 10000)
        UNION ALL
        (SELECT 'receipt_act_to_be_released', proposed_at FROM receipt_word AS said
         WHERE released_by IS NULL AND NOT EXISTS (
             SELECT FROM contribution_receipt AS kept
             WHERE kept.receipt = said.receipt AND kept.unallocated_for = 'countered')
         LIMIT 10000)
        UNION ALL
        (SELECT 'receipt_unexpected', received_at FROM contribution_receipt AS kept
         WHERE unallocated_for IS NOT NULL AND unallocated_for IN ('banked_already', 'more_than_declared')
               AND NOT EXISTS (SELECT FROM receipt_word AS said
                               WHERE said.receipt = kept.receipt AND act = 'attribution' AND released_by IS NOT NULL)
         LIMIT 10000)
        UNION ALL
        (SELECT 'bank_statement_' || state, received_at FROM bank_statement AS sent
         WHERE state IN ('to_be_released', 'held') AND NOT EXISTS (
             SELECT FROM bank_statement AS right_one
             WHERE (right_one.account_index, right_one.identification_index)
                   = (sent.account_index, sent.identification_index)
               AND right_one.state <> 'held' AND sent.state = 'held')
         LIMIT 10000)
        UNION ALL
        ({NOT_FOLLOWED} LIMIT 10000))
    SELECT state, count(since),
           coalesce(CAST(extract(epoch FROM CAST(:now AS timestamptz) - min(since)) AS double precision), 0)
    FROM (VALUES ('receipt_to_be_released'), ('receipt_act_to_be_released'), ('receipt_unexpected'),
                 ('bank_statement_to_be_released'), ('bank_statement_held'), ('erasure_not_followed')) AS known (state)
    LEFT JOIN found USING (state) GROUP BY state
""")  # noqa: S608 - constants
_BEFORE_ALL = UUID(int=0)
_WORD = TypeAdapter(ReceiptWord)
_RECALL = text(f"""
    INSERT INTO contribution_receipt AS known ({_KEPT})
    VALUES (:receipt, :tenant, :officer, :employer, :month, :amount_sen, :banked_on, :reference_sealed, :received_at,
            :revision, :unallocated_for, CAST(:funds AS jsonb), :interest_sen)
    ON CONFLICT (receipt) DO UPDATE SET revision = excluded.revision, unallocated_for = excluded.unallocated_for,
                                        funds = excluded.funds, interest_sen = excluded.interest_sen
    WHERE known.revision < excluded.revision
""")  # noqa: S608 - constants
_PROPOSE = text("""
    INSERT INTO receipt_word (receipt, act, tenant, evidence, proposed_by, proposed_at, released_by, released_at)
    VALUES (:receipt, :act, :tenant, :evidence, :proposed_by, :proposed_at, :released_by, :released_at)
    ON CONFLICT DO NOTHING
""")
_RELEASE = text("""
    UPDATE receipt_word SET released_by = :officer, released_at = :at
    WHERE receipt = :receipt AND act = :act AND released_by IS NULL
""")
_PUBLISHED = text(f"""
    SELECT {_COLUMNS} FROM contribution_receipt WHERE receipt > CAST(:after AS uuid) AND revision > 0
    ORDER BY receipt LIMIT :limit
""")  # noqa: S608 - a constant


class ReceiptRepository:
    """The receipts that the transaction may see."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def receive(self, receipt: Receipt) -> tuple[KeptReceipt, bool]:
        """Keep a receipt; as it stands, and whether it is new: the same reference of the same party is one receipt."""
        added = await self._connection.execute(_RECEIVE, self._stated(receipt, receipt.id))
        stands = await self._connection.execute(_GET, {"receipt": receipt.id})
        return self._kept_of(stands.one()), bool(added.rowcount)

    async def find(self, receipt: UUID, viewer: Viewer) -> KeptReceipt:
        """One that the viewer stated or paid, or any for an officer; raises ReceiptUnknown."""
        asked = {"receipt": receipt, "tenant": viewer.tenant, "officer": viewer.officer}
        found = (await self._connection.execute(_FIND, asked)).one_or_none()
        if found is None:
            raise ReceiptUnknown()
        return self._kept_of(found)

    async def of_month(self, employer: int, month: int) -> list[KeptReceipt]:
        """The receipts of an employer's month, with what officers said of them: for the worker's role and officers."""
        found = await self._connection.execute(_OF_MONTH, {"employer": employer, "month": month})
        return [self._kept_of(row) for row in found]

    async def lock_month(self, receipt: UUID) -> list[KeptReceipt]:
        """A receipt and the others of its employer and month, held until the transaction ends."""
        return [self._kept_of(row) for row in await self._connection.execute(_LOCK, {"receipt": receipt})]

    async def allocate(self, kept: KeptReceipt) -> None:
        """Note of which funds it is, or why of none yet."""
        await self._connection.execute(_ALLOCATE, {"receipt": kept.id, **_standing(kept)})

    async def page(
        self, state: ReceiptState | None, after: UUID | None, limit: int, viewer: Viewer
    ) -> list[KeptReceipt]:
        """Receipts by id, after one: all that the viewer sees, or those alone in a state."""
        seen = _OFFICERS if viewer.officer else _PARTYS if viewer.employer is None else _EMPLOYERS
        whose = {"tenant": viewer.tenant, "employer": viewer.employer}
        asked = {"after": after or _BEFORE_ALL, "limit": limit, **whose}
        return [self._kept_of(row) for row in await self._connection.execute(_PAGES[seen, state], asked)]

    async def say(self, receipt: UUID, act: ReceiptAct, word: ReceiptWord, tenant: str) -> bool:
        """Keep what an officer says of it; whether nothing was said of it before, which holds."""
        about = {"receipt": receipt, "act": act, "tenant": tenant}
        return (await self._connection.execute(_PROPOSE, {**about, **asdict(word)})).rowcount > 0

    async def release(self, receipt: UUID, act: ReceiptAct, officer: str, at: datetime) -> bool:
        """Keep that another officer releases what was proposed; whether nobody had."""
        said = {"receipt": receipt, "act": act, "officer": officer, "at": at}
        return (await self._connection.execute(_RELEASE, said)).rowcount > 0

    async def recall(self, kept: KeptReceipt) -> None:
        """What was published of it, unless more is known."""
        await self._connection.execute(_RECALL, {**self._stated(kept.receipt, kept.id), **_standing(kept)})

    async def list_published(self, after: str, limit: int) -> list[KeptReceipt]:
        """Those that somebody has looked at, by id, after one: everybody's, for the worker's role."""
        found = await self._connection.execute(_PUBLISHED, {"after": after, "limit": limit})
        return [self._kept_of(row) for row in found]

    def _kept_of(self, row: Row[Any]) -> KeptReceipt:
        """The receipt in a row of ``_COLUMNS``; after a restore its reference may be forgotten."""
        reference = ""
        if row.reference_sealed is not None:
            reference = self._keys.cipher.decrypt(bytes(row.reference_sealed), _place(row.receipt))
        receipt = Receipt(
            tenant=row.tenant,
            employer=row.employer,
            month=row.month,
            amount_sen=row.amount_sen,
            banked_on=row.banked_on,
            reference=reference,
            received_at=row.received_at,
            officer=row.officer,
        )
        allocation = allocation_of(row) if row.revision else None
        return KeptReceipt(row.receipt, receipt, row.revision, allocation, _words_of(row))

    def _stated(self, receipt: Receipt, id_: UUID) -> Mapping[str, Any]:
        stated = asdict(receipt)
        reference = stated.pop("reference")
        # Free text of a bank, which may name somebody.
        sealed = self._keys.cipher.encrypt(reference, _place(id_)) if reference else None
        return {**stated, "receipt": id_, "reference_sealed": sealed}


def allocation_of(row: Row[Any]) -> Allocation:
    """Of which funds the receipt in a row of ``_COLUMNS`` is."""
    funds = tuple(FundSums(Fund(each["fund"]), each["employer_sen"], each["employee_sen"]) for each in row.funds)
    reason = None if row.unallocated_for is None else Unallocated(row.unallocated_for)
    return Allocation(funds, reason, row.interest_sen)


def _words_of(row: Row[Any]) -> Mapping[ReceiptAct, ReceiptWord]:
    """What officers said of it, in a row of ``_COLUMNS``: nothing, for whom may not see it."""
    return {ReceiptAct(act): _WORD.validate_python(said) for act, said in (row.words or {}).items()}


def _standing(kept: KeptReceipt) -> Mapping[str, Any]:
    allocation = kept.allocation or Allocation()
    funds = orjson.dumps([asdict(each) for each in allocation.funds]).decode()
    found = {"revision": kept.revision, "unallocated_for": allocation.unallocated_for, "funds": funds}
    return {**found, "interest_sen": allocation.interest_sen}


def _place(receipt: UUID) -> str:
    return place("contribution_receipt", "reference_sealed", str(receipt))
