"""Providers' bills in the database: all that is stated, found and settled is appended; the newest counts."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.errors import MedicalBillUnknown
from services.claims.domain.medical_bill import (
    BillFinding,
    BillFound,
    BillState,
    BillStatement,
    DisputeGround,
    Line,
    LineFinding,
    LineFound,
    LineOrder,
    LineReview,
    LineState,
    MedicalBill,
    SettledLine,
)
from shared.contracts.payable_stated import ClaimsPayableStatedV1
from shared.kernel.clock import now
from shared.kernel.funds import Fund
from shared.kernel.officers import Officers
from shared.law.decision import DecisionRecord

T = TypeVar("T")
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
# In one order, as whoever holds some of them goes.
_HOLD = text("""
    SELECT pg_advisory_xact_lock(key)
    FROM (SELECT hashtextextended('medical_bill/' || id, 0) AS key FROM medical_bill
          WHERE person = ANY (CAST(:persons AS bigint[])) ORDER BY id OFFSET 0) AS own
""")
_FIND = text(f"SELECT {_COLUMNS} FROM medical_bill WHERE id = :id")  # noqa: S608 - names of columns
_TREATED = text("SELECT DISTINCT person FROM medical_bill WHERE person = ANY (CAST(:persons AS bigint[])) ORDER BY 1")
_OF_PERSON = text(f"""
    SELECT {_COLUMNS} FROM medical_bill WHERE person = ANY (CAST(:persons AS bigint[])) ORDER BY sent_at, id
""")  # noqa: S608 - names of columns
_OF_AUTHORISATIONS = text(f"""
    SELECT {_COLUMNS} FROM medical_bill WHERE authorisation = ANY (CAST(:authorisations AS uuid[]))
""")  # noqa: S608 - names of columns
_IDS_OF = text("SELECT id FROM medical_bill WHERE authorisation = :authorisation")
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
    SELECT bill, treated_on, item, found, price_sen, instrument, at, of_statement, line, proposed_by, approved_by,
           appeal, forum, facts
    FROM medical_line_finding WHERE bill = ANY (CAST(:bills AS uuid[])) ORDER BY bill, number
""")
_REVIEWS = text("""
    SELECT bill, treated_on, item, asked_by, asked_at, of_statement, line FROM medical_line_review
    WHERE bill = ANY (CAST(:bills AS uuid[])) ORDER BY bill, number
""")
_REVIEW = text("""
    INSERT INTO medical_line_review (bill, number, treated_on, item, asked_by, asked_at, of_statement, line)
    VALUES (:bill, :number, :treated_on, :item, :asked_by, :asked_at, :of_statement, :line)
""")
_DISPUTES = text("""
    SELECT bill, treated_on, item, asked_by, asked_at, of_statement, line, ground, document FROM medical_line_dispute
    WHERE bill = ANY (CAST(:bills AS uuid[])) ORDER BY bill, number
""")
_DISPUTE = text("""
    INSERT INTO medical_line_dispute
        (bill, number, treated_on, item, asked_by, asked_at, of_statement, line, ground, document)
    VALUES (:bill, :number, :treated_on, :item, :asked_by, :asked_at, :of_statement, :line, :ground, :document)
""")
_FOUND = text("""
    SELECT bill, found, proposed_by, approved_by, at FROM medical_bill_finding
    WHERE bill = ANY (CAST(:bills AS uuid[])) ORDER BY bill, number
""")
_FIND_OF_BILL = text("""
    INSERT INTO medical_bill_finding (id, bill, number, found, proposed_by, approved_by, at)
    VALUES (:id, :bill, :number, :found, :proposed_by, :approved_by, :at) ON CONFLICT (id) DO NOTHING
""")
_SETTLED = text("""
    SELECT DISTINCT ON (bill) bill, number, of_statement, lines FROM medical_settlement
    WHERE bill = ANY (CAST(:bills AS uuid[])) ORDER BY bill, number DESC
""")
_SAVE = text("""
    UPDATE medical_bill SET person = stands.person, state = stands.state, reason = stands.reason, changed_at = :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:persons AS bigint[]), CAST(:states AS text[]), CAST(:reasons AS text[]))
         AS stands (id, person, state, reason)
    WHERE medical_bill.id = stands.id AND (medical_bill.person, medical_bill.state, medical_bill.reason)
          IS DISTINCT FROM (stands.person, stands.state, stands.reason)
""")
_SETTLE = text("""
    INSERT INTO medical_settlement (bill, number, of_statement, lines, settled_at)
    SELECT bill, number, of_statement, CAST(lines AS jsonb), :now
    FROM unnest(CAST(:bills AS uuid[]), CAST(:numbers AS integer[]), CAST(:statements AS integer[]),
                CAST(:lines AS text[])) AS made (bill, number, of_statement, lines)
""")
_RECORD = text("""
    INSERT INTO medical_line_record (bill, hash, body)
    SELECT bill, hash, body
    FROM unnest(CAST(:bills AS uuid[]), CAST(:hashes AS text[]), CAST(:bodies AS bytea[])) AS made (bill, hash, body)
    ON CONFLICT DO NOTHING
""")
_RECORDS = text("""
    SELECT hash, body FROM medical_line_record WHERE bill = :bill AND hash = ANY (CAST(:hashes AS text[]))
""")
_DECIDED_AT = text("""
    SELECT min(settled_at) FROM medical_settlement
    WHERE bill = :bill AND lines @> jsonb_build_array(jsonb_build_object('asked', CAST(:record AS text)))
""")
_FIND_OF_LINE = text("""
    INSERT INTO medical_line_finding
        (id, bill, number, treated_on, item, found, price_sen, instrument, proposed_by, approved_by, at,
         of_statement, line, appeal, forum, facts)
    VALUES (:id, :bill, :number, :treated_on, :item, :found, :price_sen, :instrument, :proposed_by, :approved_by, :at,
            :of_statement, :line, :appeal, :forum, CAST(:facts AS jsonb))
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
# For whom officers act: of what is kept with both it is not kept beside.
_ORGANISATION = "organisation:1"


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

    async def hold_all(self, persons: Collection[int]) -> list[MedicalBill]:
        """All bills of a person by any of its numbers, which nobody corrects or decides until the transaction ends."""
        await self._connection.execute(_HOLD, {"persons": sorted(persons)})
        return await self.of_person(persons)

    async def treated_among(self, persons: Collection[int]) -> list[int]:
        """Those of these numbers of which there are bills."""
        return list((await self._connection.execute(_TREATED, {"persons": sorted(persons)})).scalars())

    async def of_person(self, persons: Collection[int]) -> list[MedicalBill]:
        """All bills of a person by any of its numbers, in the order in which they came."""
        return await self._bills_of(list(await self._connection.execute(_OF_PERSON, {"persons": sorted(persons)})))

    async def of_authorisations(self, authorisations: Collection[UUID]) -> list[MedicalBill]:
        """All bills of these authorisations that the role may see."""
        values = {"authorisations": sorted(authorisations)}
        return await self._bills_of(list(await self._connection.execute(_OF_AUTHORISATIONS, values)))

    async def ids_of(self, authorisation: UUID) -> list[UUID]:
        """The bills of an authorisation, by id."""
        return list((await self._connection.execute(_IDS_OF, {"authorisation": authorisation})).scalars())

    async def page(
        self, state: BillState | None, person: int | None, after: UUID | None, limit: int
    ) -> list[MedicalBill]:
        """Those that the role may see, in the order of their ids; of all numbers of a person where one is named."""
        values = {"state": state, "person": person, "after": after, "limit": limit}
        return await self._bills_of(list(await self._connection.execute(_PAGE, values)))

    async def save(self, bills: Sequence[MedicalBill]) -> None:
        """How bills stand now."""
        values = {f"{name}s": [getattr(each, name) for each in bills] for name in ("id", "person", "state", "reason")}
        await self._connection.execute(_SAVE, {**values, "now": now()})

    async def settle(self, bills: Sequence[MedicalBill]) -> None:
        """Append how the lines of bills stand, with the records that decide them."""
        if not bills:
            return
        made = [
            (bill.id, each.record.hash, each.record.canonical)
            for bill in bills
            for each in bill.settled
            if each.record is not None
        ]
        of, hashes, bodies = ([each[part] for each in made] for part in range(3))
        await self._connection.execute(_RECORD, {"bills": of, "hashes": hashes, "bodies": bodies})
        values = {
            "bills": [each.id for each in bills],
            "numbers": [each.settlements + 1 for each in bills],
            "statements": [each.newest.revision for each in bills],
            "lines": [orjson.dumps([_kept(line) for line in each.settled]).decode() for each in bills],
        }
        await self._connection.execute(_SETTLE, {**values, "now": now()})

    async def records(self, bill: UUID, hashes: Collection[str]) -> Mapping[str, DecisionRecord]:
        """The records that decide lines of a bill, by hash."""
        rows = await self._connection.execute(_RECORDS, {"bill": bill, "hashes": sorted(hashes)})
        return {row.hash: DecisionRecord(bytes(row.body)) for row in rows}

    async def decided_at(self, bill: UUID, record: str) -> datetime | None:
        """When a line of a bill was first settled by a record."""
        found: datetime | None = (
            await self._connection.execute(_DECIDED_AT, {"bill": bill, "record": record})
        ).scalar_one()
        return found

    async def find_of_line(self, id_: UUID, bill: MedicalBill, found: LineFinding, by: Officers) -> None:
        """Append what two officers found of a line."""
        values = {"id": id_, "bill": bill.id, "number": len(bill.findings) + 1, **by.row}
        said = {"treated_on": found.key[0], "item": found.key[1], "found": found.found}
        seen = {"of_statement": found.statement, "line": found.line}
        priced = {"price_sen": found.price_sen, "instrument": found.instrument}
        ordered: dict[str, Any] = {"appeal": None, "forum": None, "facts": None}
        if found.order is not None:
            facts = orjson.dumps(found.order.facts).decode()
            ordered = {"appeal": found.order.appeal, "forum": found.order.forum, "facts": facts}
            priced["instrument"] = found.order.reference
        await self._connection.execute(_FIND_OF_LINE, {**values, **said, **seen, **priced, **ordered})

    async def find_of_bill(self, id_: UUID, bill: MedicalBill, found: BillFinding) -> None:
        """Append what two officers found of a bill as a whole."""
        values = {"id": id_, "bill": bill.id, "number": len(bill.found) + 1, "found": found.found}
        await self._connection.execute(_FIND_OF_BILL, {**values, **found.officers.row})

    async def review(self, bill: MedicalBill, asked: LineReview) -> None:
        """Append that an officer asks others to look at a line."""
        await self._connection.execute(_REVIEW, _asked_values(bill, asked, len(bill.reviews) + 1))

    async def dispute(self, bill: MedicalBill, asked: LineReview) -> None:
        """Append that its sender disputes what is refused of a line."""
        values = _asked_values(bill, asked, len(bill.disputes) + 1)
        await self._connection.execute(_DISPUTE, {**values, "ground": asked.ground, "document": asked.document})

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
        """The bills of these rows with all that was said, asked, found and settled of them."""
        if not rows:
            return []
        bills = [row.id for row in rows]
        statements = await self._parts_of(_STATEMENTS, bills, _statement_of)
        findings = await self._parts_of(_FINDINGS, bills, _finding_of)
        reviews = await self._parts_of(_REVIEWS, bills, _review_of)
        disputes = await self._parts_of(_DISPUTES, bills, _dispute_of)
        found = await self._parts_of(_FOUND, bills, _found_of)
        settled = await self._parts_of(_SETTLED, bills, _settlement_of)
        return [
            replace(
                _bill_of(row, statements[row.id], settled[row.id]),
                findings=tuple(findings[row.id]),
                reviews=tuple(reviews[row.id]),
                disputes=tuple(disputes[row.id]),
                found=tuple(found[row.id]),
            )
            for row in rows
        ]

    async def _parts_of(
        self, query: TextClause, bills: Sequence[UUID], made_of: Callable[[Row[Any]], T]
    ) -> Mapping[UUID, list[T]]:
        found = defaultdict[UUID, list[T]](list)
        for row in await self._connection.execute(query, {"bills": bills}):
            found[row.bill].append(made_of(row))
        return found


@dataclass(frozen=True)
class _Settlement:
    """How the lines of a statement were settled last."""

    number: int
    of_statement: int
    lines: tuple[SettledLine, ...]


def _bill_of(
    row: Row[Any],
    statements: Sequence[BillStatement],
    settled: Sequence[_Settlement],
) -> MedicalBill:
    # What was settled of an earlier statement says nothing of the lines of the newest.
    of_newest = [each for each in settled if each.of_statement == statements[-1].revision]
    values = {
        **row._mapping,
        "state": BillState(row.state),
        "statements": tuple(statements),
        "settled": tuple(line for each in of_newest for line in each.lines),
        "settlements": max((each.number for each in settled), default=0),
        "is_settled_as_stated": bool(of_newest),
    }
    return MedicalBill(**values)


def _statement_of(row: Row[Any]) -> BillStatement:
    return BillStatement(row.revision, tuple(map(_line, row.lines)), row.stated_at)


def _finding_of(row: Row[Any]) -> LineFinding:
    found = (LineFound(row.found), row.price_sen, row.instrument, row.at)
    officers = Officers(_ORGANISATION, row.proposed_by, row.approved_by, row.at)
    order = None if row.appeal is None else LineOrder(row.appeal, row.forum, row.instrument, row.facts)
    return LineFinding((row.treated_on, row.item), *found, row.of_statement, row.line or 1, officers, order)


def _found_of(row: Row[Any]) -> BillFinding:
    return BillFinding(BillFound(row.found), Officers(_ORGANISATION, row.proposed_by, row.approved_by, row.at))


def _review_of(row: Row[Any]) -> LineReview:
    return LineReview((row.treated_on, row.item), row.asked_by, row.asked_at, row.of_statement, row.line or 1)


def _dispute_of(row: Row[Any]) -> LineReview:
    return replace(_review_of(row), ground=DisputeGround(row.ground), document=row.document)


def _asked_values(bill: MedicalBill, asked: LineReview, number: int) -> dict[str, Any]:
    line = {"treated_on": asked.key[0], "item": asked.key[1], "of_statement": asked.statement, "line": asked.line}
    return {"bill": bill.id, "number": number, **line, "asked_by": asked.asked_by, "asked_at": asked.asked_at}


def _settlement_of(row: Row[Any]) -> _Settlement:
    return _Settlement(row.number, row.of_statement, tuple(map(_settled, row.lines)))


def _line(stated: Mapping[str, Any]) -> Line:
    return Line(**{**stated, "treated_on": date.fromisoformat(stated["treated_on"])})


def _kept(line: SettledLine) -> dict[str, Any]:
    names = (name for name in SettledLine.__dataclass_fields__ if name != "record")
    return {name: getattr(line, name) for name in names} | {"refused": dict(line.refused)}


def _settled(kept: Mapping[str, Any]) -> SettledLine:
    return SettledLine(**{**kept, "state": LineState(kept["state"])})
