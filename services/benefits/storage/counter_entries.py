"""Counter-entries to what came in: proposed by one officer, and released by another."""

from uuid import UUID

from sqlalchemy import Executable, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.recoveries import CounterEntry
from services.benefits.storage import tables as t
from shared.kernel.clock import now

_COLUMNS = [t.counter_entry.c[name] for name in CounterEntry.__slots__]


class CounterEntryRepository:
    """Reads and writes counter-entries inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def propose(self, repayment: UUID, evidence: str, officer: str, tenant: str) -> CounterEntry:
        """Keep the proposal; the one that stands, which is the first."""
        about = {"repayment": repayment, "tenant": tenant, "evidence": evidence}
        values = {**about, "proposed_by": officer, "proposed_at": now()}
        await self._connection.execute(upsert(t.counter_entry).values(values).on_conflict_do_nothing())
        found = await self.find(repayment)
        if found is None:
            raise LookupError(f"the counter-entry to {repayment} is kept and cannot be read")
        return found

    async def find(self, repayment: UUID) -> CounterEntry | None:
        """What was proposed of a repayment."""
        return await self._one(select(*_COLUMNS).where(t.counter_entry.c.repayment == repayment))

    async def release(self, entry: CounterEntry, officer: str) -> CounterEntry | None:
        """Another officer lets it count: as it stands then; None where one had."""
        table = t.counter_entry
        waits = (table.c.repayment == entry.repayment, table.c.released_by.is_(None))
        said = update(table).where(*waits).values(released_by=officer, released_at=now())
        return await self._one(said.returning(*_COLUMNS))

    async def recall(self, repayment: UUID) -> None:
        """One that waits was released, as is published: by whom is not."""
        table = t.counter_entry
        waits = (table.c.repayment == repayment, table.c.released_by.is_(None))
        await self._connection.execute(update(table).where(*waits).values(released_by="", released_at=now()))

    async def _one(self, statement: Executable) -> CounterEntry | None:
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else CounterEntry(**row._asdict())
