"""Providers' bills in the database: rows are added and never changed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.rehab.domain.bill import Bill, BillOutcome, Decision, Finding, Statement, Treatment
from services.rehab.domain.errors import BillUnknown
from services.rehab.domain.queues import Beside
from services.rehab.storage import tables as t
from shared.persistence.known_merges import is_of


class BillRepository:
    """The repository of bills, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, bill: Bill) -> bool:
        """Add a bill without what was stated of it; False where it is known."""
        identity = ("id", "number", "person", "claim", "sent_at")
        values = {**{name: getattr(bill, name) for name in identity}, "tenant": bill.provider}
        added = upsert(t.bill).values(values).on_conflict_do_nothing().returning(t.bill.c.id)
        return (await self._connection.execute(added)).one_or_none() is not None

    async def state(self, bill: Bill, statement: Statement) -> None:
        """Add what the provider says."""
        said = {name: getattr(statement, name) for name in Statement.__slots__}
        values = {**said, "treatment": statement.treatment.value, "bill": bill.id, "tenant": bill.provider}
        await self._connection.execute(insert(t.bill_statement).values(values))

    async def decide(self, bill: Bill, decision: Decision) -> None:
        """Add what was decided."""
        found = decision.finding
        decided = {name: getattr(decision, name) for name in Decision.__slots__ if name != "finding"}
        values = {name: getattr(found, name) for name in Finding.__slots__} | {"outcome": found.outcome.value}
        row = {**decided, **values, "bill": bill.id, "tenant": bill.provider}
        await self._connection.execute(insert(t.bill_decision).values(row))

    async def lock(self, bill: UUID) -> Bill:
        """The bill, held until the transaction ends; raises BillUnknown."""
        held = select(t.bill.c.id).where(t.bill.c.id == bill).with_for_update()
        if (await self._connection.execute(held)).one_or_none() is None:
            raise BillUnknown()
        return await self.find(bill)

    async def find(self, bill: UUID) -> Bill:
        """The bill; raises BillUnknown."""
        found = await self._bills_of(list(await self._connection.execute(select(t.bill).where(t.bill.c.id == bill))))
        if not found:
            raise BillUnknown()
        return found[0]

    async def list_page(self, provider: str | None, person: int | None, after: UUID | None, limit: int) -> list[Bill]:
        """Bills in the order of their ids, of one provider and of one person where that is asked for."""
        # What the database hides by itself is hidden row by row: a provider's own are found by an index.
        asked = [] if provider is None else [t.bill.c.tenant == provider]
        asked += [] if person is None else [is_of(t.bill.c.person, person)]
        return await self._page(asked, after, limit)

    async def list_published(self, after: UUID | None, limit: int) -> list[Bill]:
        """Bills of which something was published, in the order of their ids."""
        decided = t.bill_decision.c
        published = exists().where(decided.bill == t.bill.c.id, decided.payable_revision.is_not(None))
        return await self._page([published], after, limit)

    async def beside(self, bill: Bill) -> Beside:
        """What is known beside a bill."""
        referrals = select(func.count()).where(is_of(t.referral.c.person, bill.person))
        said = t.bill_statement.c
        of_day = (
            select(func.count(t.bill.c.id.distinct()))
            .join_from(t.bill, t.bill_statement, said.bill == t.bill.c.id)
            .where(t.bill.c.tenant == bill.provider, is_of(t.bill.c.person, bill.person), t.bill.c.id != bill.id)
            .where(said.treated_on == bill.newest.treated_on)
        )
        known, others = [int((await self._connection.execute(each)).scalar_one()) for each in (referrals, of_day)]
        return Beside(known, others, await self._claim_of(bill))

    async def _claim_of(self, bill: Bill) -> str:
        if bill.claim is None:
            return "not_named"
        known = select(is_of(t.accident.c.person, bill.person)).where(t.accident.c.claim == bill.claim)
        is_hers = (await self._connection.execute(known)).scalar_one_or_none()
        if is_hers is None:
            return "unknown"
        return "of_the_person" if is_hers else "of_another"

    async def _page(self, conditions: Iterable[Any], after: UUID | None, limit: int) -> list[Bill]:
        query = select(t.bill).where(*conditions).order_by(t.bill.c.id).limit(limit)
        if after is not None:
            query = query.where(t.bill.c.id > after)
        return await self._bills_of(list(await self._connection.execute(query)))

    async def _bills_of(self, rows: Sequence[Row[Any]]) -> list[Bill]:
        """The bills of these rows, with all that was stated and decided of them."""
        ids = [row.id for row in rows]
        statements, decisions = defaultdict[UUID, list[Any]](list), defaultdict[UUID, list[Any]](list)
        for row in await self._of_bills(t.bill_statement, t.bill_statement.c.revision, ids):
            statements[row.bill].append(statement_of(row))
        for row in await self._of_bills(t.bill_decision, t.bill_decision.c.number, ids):
            decisions[row.bill].append(decision_of(row))
        return [bill_of(row, statements[row.id], decisions[row.id]) for row in rows]

    async def _of_bills(self, table: Any, order: Any, bills: Collection[UUID]) -> Sequence[Any]:
        query = select(table).where(table.c.bill.in_(bills)).order_by(table.c.bill, order)
        return list(await self._connection.execute(query))


def bill_of(row: Row[Any], statements: Iterable[Statement], decisions: Iterable[Decision]) -> Bill:
    """The bill in a row of its table, with what was stated and decided of it."""
    about = (row.id, row.tenant, row.number, row.person, row.claim, row.sent_at)
    return Bill(*about, tuple(statements), tuple(decisions))


def statement_of(row: Row[Any]) -> Statement:
    """What the provider said."""
    return Statement(row.revision, Treatment(row.treatment), row.treated_on, row.amount_sen, row.stated_at)


def decision_of(row: Row[Any]) -> Decision:
    """What was decided."""
    officers = (row.proposed_by, row.approved_by)
    finding = Finding(BillOutcome(row.outcome), *officers, row.cap_sen, row.schedule, row.reason)
    stands = (row.amount_sen, row.decided_at, row.decision_hash, row.payable_revision)
    return Decision(row.number, row.of_statement, finding, *stands)
