"""Providers' bills in the database: all that is stated, found and settled is appended; the newest counts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.errors import MedicalBillUnknown
from services.claims.domain.medical_bill import (
    BillState,
    BillStatement,
    Line,
    LineFinding,
    LineFound,
    LineState,
    MedicalBill,
    SettledLine,
)
from shared.contracts.payable_stated import ClaimsPayableStatedV1
from shared.kernel.clock import now
from shared.kernel.funds import Fund
from shared.kernel.officers import Officers

_COLUMNS = "id, tenant, number, sent_by, authorisation, claim, sent_at, person, state, reason"
_ADD = text(f"""
    INSERT INTO medical_bill ({_COLUMNS}, changed_at)
    VALUES (:id, :tenant, :number, :sent_by, :authorisation, :claim, :sent_at, :person, :state, :reason, :sent_at)
    ON CONFLICT DO NOTHING RETURNING id
""")  # noqa: S608 - names of columns
_STATE = text("""
    INSERT INTO medical_bill_statement (bill, revision, lines, stated_by, stated_at)
    VALUES (:bill, :revision, CAST(:lines AS jsonb), :stated_by, :stated_at)
""")
# No row is locked: a provider has no right to change one.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('medical_bill/' || CAST(:id AS text), 0))")
_FIND = text(f"SELECT {_COLUMNS} FROM medical_bill WHERE id = :id")  # noqa: S608 - names of columns
_OF_PERSON = text(f"""
    SELECT {_COLUMNS} FROM medical_bill WHERE person = ANY (CAST(:persons AS bigint[])) ORDER BY sent_at, id
""")  # noqa: S608 - names of columns
_PAGE = text(f"""
    SELECT {_COLUMNS} FROM medical_bill
    WHERE (CAST(:state AS text) IS NULL OR state = CAST(:state AS text))
      AND (CAST(:person AS bigint) IS NULL OR person = ANY (numbers_of(CAST(:person AS bigint))))
      AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - names of columns
_STATEMENTS = text("""
    SELECT bill, revision, lines, stated_at FROM medical_bill_statement
    WHERE bill = ANY (CAST(:bills AS uuid[])) ORDER BY bill, revision
""")
_FINDINGS = text("""
    SELECT bill, treated_on, item, found, price_sen, instrument FROM medical_line_finding
    WHERE bill = ANY (CAST(:bills AS uuid[])) ORDER BY bill, number
""")
_SETTLED = text("""
    SELECT DISTINCT ON (bill) bill, number, of_statement, lines FROM medical_settlement
    WHERE bill = ANY (CAST(:bills AS uuid[])) ORDER BY bill, number DESC
""")
_SAVE = text("""
    UPDATE medical_bill SET person = :person, state = :state, reason = :reason, changed_at = :now
    WHERE id = :id AND (person, state, reason) IS DISTINCT FROM
          (CAST(:person AS bigint), CAST(:state AS text), CAST(:reason AS text))
""")
_SETTLE = text("""
    INSERT INTO medical_settlement (bill, number, of_statement, lines, settled_at)
    VALUES (:bill, :number, :of_statement, CAST(:lines AS jsonb), :now)
""")
_RECORD = text("""
    INSERT INTO medical_line_record (bill, hash, body)
    SELECT :bill, hash, body FROM unnest(CAST(:hashes AS text[]), CAST(:bodies AS bytea[])) AS made (hash, body)
    ON CONFLICT DO NOTHING
""")
_FIND_OF_LINE = text("""
    INSERT INTO medical_line_finding
        (id, bill, number, treated_on, item, found, price_sen, instrument, proposed_by, approved_by, at)
    VALUES (:id, :bill, :number, :treated_on, :item, :found, :price_sen, :instrument, :proposed_by, :approved_by, :at)
    ON CONFLICT (id) DO NOTHING
""")
_PUBLISHED = text("""
    SELECT DISTINCT ON (payable) payable, revision, fund, sen, recalled_at FROM medical_payable
    WHERE payable = ANY (CAST(:payables AS uuid[])) ORDER BY payable, revision DESC
""")
_PUBLISH = text("""
    INSERT INTO medical_payable (payable, revision, fund, sen, recalled_at, event)
    VALUES (:payable, :revision, :fund, :sen, :recalled_at, :event) ON CONFLICT DO NOTHING
""")
_REPUBLISH = text("""
    SELECT DISTINCT ON (payable) payable, event FROM medical_payable
    WHERE payable > CAST(:after AS uuid) ORDER BY payable, revision DESC LIMIT :limit
""")
_FIRST = UUID(int=0)


@dataclass(frozen=True)
class Published:
    """How a payable of a bill was published last; ``recalled_at``: it is known from before a restore alone."""

    revision: int
    fund: Fund
    sen: int
    recalled_at: datetime | None


class MedicalBillRepository:
    """Reads and writes bills inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, bill: MedicalBill) -> bool:
        """Keep a bill without what is said of it; False where it is known."""
        names = _COLUMNS.split(", ")
        added = await self._connection.execute(_ADD, {name: getattr(bill, name) for name in names})
        return added.one_or_none() is not None

    async def state(self, bill: UUID, said: BillStatement, stated_by: str) -> None:
        """Append what its sender says of it."""
        values = {"bill": bill, "revision": said.revision, "stated_by": stated_by, "stated_at": said.stated_at}
        await self._connection.execute(_STATE, {**values, "lines": orjson.dumps(said.lines).decode()})

    async def find(self, id_: UUID) -> MedicalBill:
        """One that the role may see; raises MedicalBillUnknown."""
        found = await self._bills_of(list(await self._connection.execute(_FIND, {"id": id_})))
        if not found:
            raise MedicalBillUnknown()
        return found[0]

    async def lock(self, id_: UUID) -> MedicalBill:
        """The same, held until the transaction ends."""
        await self._connection.execute(_LOCK, {"id": str(id_)})
        return await self.find(id_)

    async def hold(self, id_: UUID) -> None:
        """Whoever asks next waits until this transaction ends."""
        await self._connection.execute(_LOCK, {"id": str(id_)})

    async def of_person(self, persons: Collection[int]) -> list[MedicalBill]:
        """All bills of a person by any of its numbers, in the order in which they came."""
        return await self._bills_of(list(await self._connection.execute(_OF_PERSON, {"persons": sorted(persons)})))

    async def page(
        self, state: BillState | None, person: int | None, after: UUID | None, limit: int
    ) -> list[MedicalBill]:
        """Those that the role may see, in the order of their ids; of all numbers of a person where one is named."""
        values = {"state": state, "person": person, "after": after, "limit": limit}
        return await self._bills_of(list(await self._connection.execute(_PAGE, values)))

    async def save(self, bill: MedicalBill) -> None:
        """How a bill stands now."""
        names = ("id", "person", "state", "reason")
        await self._connection.execute(_SAVE, {**{name: getattr(bill, name) for name in names}, "now": now()})

    async def settle(self, bill: MedicalBill) -> None:
        """Append how its lines stand, with the records that decide them."""
        made = {each.record.hash: each.record.canonical for each in bill.settled if each.record is not None}
        await self._connection.execute(_RECORD, {"bill": bill.id, "hashes": list(made), "bodies": list(made.values())})
        lines = orjson.dumps([_kept(each) for each in bill.settled]).decode()
        values = {"bill": bill.id, "number": bill.settlements + 1, "of_statement": bill.newest.revision}
        await self._connection.execute(_SETTLE, {**values, "lines": lines, "now": now()})

    async def find_of_line(self, id_: UUID, bill: MedicalBill, found: LineFinding, by: Officers) -> None:
        """Append what two officers found of a line."""
        values = {"id": id_, "bill": bill.id, "number": len(bill.findings) + 1, **by.row}
        said = {"treated_on": found.key[0], "item": found.key[1], "found": found.found}
        priced = {"price_sen": found.price_sen, "instrument": found.instrument}
        await self._connection.execute(_FIND_OF_LINE, {**values, **said, **priced})

    async def published(self, payables: Collection[UUID]) -> Mapping[UUID, Published]:
        """How payables were published last."""
        rows = await self._connection.execute(_PUBLISHED, {"payables": sorted(payables)})
        return {row.payable: Published(row.revision, Fund(row.fund), row.sen, row.recalled_at) for row in rows}

    async def publish(self, event: ClaimsPayableStatedV1, recalled_at: datetime | None = None) -> None:
        """Keep what is published, or was before a restore."""
        values = {"payable": event.payable, "revision": event.revision, "fund": event.fund.value}
        kept = {"sen": event.money_sen, "recalled_at": recalled_at, "event": event.data()}
        await self._connection.execute(_PUBLISH, {**values, **kept})

    async def list_published(self, after: UUID | None, limit: int) -> list[ClaimsPayableStatedV1]:
        """What was published last of each payable, in the order of their ids."""
        rows = await self._connection.execute(_REPUBLISH, {"after": after or _FIRST, "limit": limit})
        return [ClaimsPayableStatedV1.model_validate_json(row.event) for row in rows]

    async def _bills_of(self, rows: Sequence[Row[Any]]) -> list[MedicalBill]:
        """The bills of these rows with all that was said, found and settled of them."""
        asked = {"bills": [row.id for row in rows]}
        statements, findings = defaultdict[UUID, list[Any]](list), defaultdict[UUID, list[Any]](list)
        for row in await self._connection.execute(_STATEMENTS, asked) if rows else ():
            statements[row.bill].append(BillStatement(row.revision, tuple(map(_line, row.lines)), row.stated_at))
        for row in await self._connection.execute(_FINDINGS, asked) if rows else ():
            key = (row.treated_on, row.item)
            findings[row.bill].append(LineFinding(key, LineFound(row.found), row.price_sen, row.instrument))
        settled = {row.bill: row for row in await self._connection.execute(_SETTLED, asked)} if rows else {}
        return [_bill_of(row, statements[row.id], findings[row.id], settled.get(row.id)) for row in rows]


def _bill_of(
    row: Row[Any], statements: Sequence[BillStatement], findings: Sequence[LineFinding], settled: Row[Any] | None
) -> MedicalBill:
    # What was settled of an earlier statement says nothing of the lines of the newest.
    is_of_newest = settled is not None and settled.of_statement == statements[-1].revision
    lines = tuple(map(_settled, settled.lines)) if settled is not None and is_of_newest else ()
    number = 0 if settled is None else settled.number
    kinds = {"state": BillState(row.state), "statements": tuple(statements), "findings": tuple(findings)}
    return MedicalBill(
        **{**row._mapping, **kinds, "settled": lines, "settlements": number, "is_settled_as_stated": is_of_newest}
    )


def _line(stated: Mapping[str, Any]) -> Line:
    return Line(**{**stated, "treated_on": date.fromisoformat(stated["treated_on"])})


def _kept(line: SettledLine) -> dict[str, Any]:
    names = (name for name in SettledLine.__dataclass_fields__ if name != "record")
    return {name: getattr(line, name) for name in names} | {"refused": dict(line.refused)}


def _settled(kept: Mapping[str, Any]) -> SettledLine:
    return SettledLine(**{**kept, "state": LineState(kept["state"])})
