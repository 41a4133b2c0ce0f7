"""Bank files: rendered once, stored with their hash, fetched any number of times, answered once (rules S5)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.payments import BankFileState
from services.benefits.storage import tables as t
from shared.kernel.clock import now
from shared.kernel.money import Sen


class BankFileReason(StrEnum):
    """Why a file needs a person: the bank is silent, or what it said is held."""

    BANK_SILENT = "bank_silent"
    STATUS_HELD = "status_held"


@dataclass(frozen=True, slots=True)
class BankFile:
    """A file as it is stored: the content is encrypted."""

    id: UUID
    tenant: str
    state: BankFileState
    message_id: str
    sha256: str
    content: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a file says of itself, before it is kept."""

    id: UUID
    made_at: datetime
    sha256: str
    transactions: int
    control_sum_sen: Sen


# The content as it was rendered; of a file that was lost, as it was rendered again to the same bytes.
_BANK_FILES = """
    SELECT id, tenant, state, message_id, sha256, created_at,
           coalesce((SELECT content FROM rendered_again WHERE rendered_again.bank_file = bank_file.id),
                    content) AS content
    FROM bank_file
"""
# The bank may have what it is handed, so it is handed nothing that only this database knows: it could be put back.
IS_TOLD = """
    (EXISTS (SELECT FROM rendered_again WHERE rendered_again.bank_file = bank_file.id)
     OR bank_file.told_by IS NOT NULL
        AND NOT EXISTS (SELECT FROM outbox WHERE published_at IS NULL AND outbox.id <= bank_file.told_by
                                             AND outbox.type IN ('jaring.benefit.instructed.v1',
                                                                 'jaring.payable.instructed.v1')))
"""
_FIND = text(f"{_BANK_FILES} WHERE id = :bank_file AND {IS_TOLD}")
_LOCK = text(f"{_BANK_FILES} WHERE id = :bank_file FOR UPDATE")
# From any later state nothing changes.
_FETCHED = text("""
    UPDATE bank_file SET state = 'fetched', fetched_at = :at WHERE id = :bank_file AND state = 'ready'
""")
_IS_WAITED_FOR = "EXISTS (SELECT FROM payment WHERE payment.bank_file = :bank_file AND payment.state = 'sent')"
_ASK_WHETHER_WAITED_FOR = text(f"SELECT {_IS_WAITED_FOR}")
# What is held of it needs a person all the same.
_ANSWERED = text(f"""
    UPDATE bank_file SET state = 'answered', answered_at = :at,
                         reason = CASE WHEN reason = 'status_held' THEN reason END
    WHERE id = :bank_file AND state IN ('ready', 'fetched') AND NOT {_IS_WAITED_FOR}
""")  # noqa: S608 - constants
_LAST_UNSENT = text("SELECT coalesce(max(id), 0) FROM outbox WHERE published_at IS NULL")


class BankFileRepository:
    """Reads and writes bank files inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, values: dict[str, Any]) -> None:
        """Keep a new file; its content is encrypted, and what tells of it stands in the outbox."""
        told_by = (await self._connection.execute(_LAST_UNSENT)).scalar_one()
        await self._connection.execute(insert(t.bank_file).values(**values, told_by=told_by, state=BankFileState.READY))

    async def find(self, bank_file: UUID) -> BankFile | None:
        """The file, if there is one that the role may see and that has been told of."""
        row = (await self._connection.execute(_FIND, {"bank_file": bank_file})).one_or_none()
        return None if row is None else bank_file_of(row)

    async def recall(self, file: Rendered, tenant: str) -> None:
        """Know again of a file whose content was lost: the bank may have it, and its answer is taken."""
        values = {"id": file.id, "tenant": tenant, "message_id": file.id.hex, "content": b"", "sha256": file.sha256}
        sums = {"transactions": file.transactions, "control_sum_sen": file.control_sum_sen, "created_at": file.made_at}
        stub = upsert(t.bank_file).values(**values, **sums, state=BankFileState.FETCHED, fetched_at=file.made_at)
        await self._connection.execute(stub.on_conflict_do_nothing())

    async def find_lost(self, bank_file: UUID) -> tuple[Rendered, str] | None:
        """A file whose content was lost and is not known again, and its tenant."""
        columns = (t.bank_file.c[name] for name in ("id", "created_at", "sha256", "transactions", "control_sum_sen"))
        again = exists().where(t.rendered_again.c.bank_file == t.bank_file.c.id)
        is_lost = t.bank_file.c.told_by.is_(None) & ~again
        query = select(*columns, t.bank_file.c.tenant).where(t.bank_file.c.id == bank_file, is_lost)
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else (Rendered(*row[:5]), row.tenant)

    async def add_again(self, bank_file: UUID, tenant: str, content: bytes) -> None:
        """Keep the content that was rendered again; it is encrypted."""
        values = {"bank_file": bank_file, "tenant": tenant, "content": content}
        await self._connection.execute(insert(t.rendered_again).values(**values))

    async def lock(self, bank_file: UUID) -> BankFile | None:
        """The file, locked: its answers are taken one after the other."""
        row = (await self._connection.execute(_LOCK, {"bank_file": bank_file})).one_or_none()
        return None if row is None else bank_file_of(row)

    async def fetched(self, bank_file: UUID) -> None:
        """The bank has it now; from any later state nothing changes."""
        await self._connection.execute(_FETCHED, {"bank_file": bank_file, "at": now()})

    async def answered(self, bank_file: UUID, at: datetime) -> None:
        """Every payment in it is settled or returned; while one is not, nothing changes."""
        await self._connection.execute(_ANSWERED, {"bank_file": bank_file, "at": at})

    async def is_waited_for(self, bank_file: UUID) -> bool:
        """Whether the bank has not said its last word of a payment in it."""
        return bool((await self._connection.execute(_ASK_WHETHER_WAITED_FOR, {"bank_file": bank_file})).scalar_one())

    async def raise_reason(self, bank_file: UUID, reason: BankFileReason) -> None:
        """A person is to look at it, and why."""
        await self._change(bank_file, (BankFileState.READY, BankFileState.FETCHED), {"reason": reason})

    async def hold(self, bank_file: UUID) -> None:
        """Something that the bank said of it is held: a person is to look at it, in whatever state it is."""
        await self._change(bank_file, tuple(BankFileState), {"reason": BankFileReason.STATUS_HELD})

    async def release(self, bank_file: UUID) -> None:
        """A person has looked at it; while a payment in it is not answered, the reason stands."""
        await self._change(bank_file, (BankFileState.ANSWERED,), {"reason": None})

    async def _change(self, bank_file: UUID, expected: tuple[BankFileState, ...], values: dict[str, Any]) -> None:
        where = (t.bank_file.c.id == bank_file) & t.bank_file.c.state.in_(expected)
        await self._connection.execute(update(t.bank_file).where(where).values(**values))


def bank_file_of(row: Row[Any]) -> BankFile:
    """The file in a row of ``_BANK_FILES``."""
    about = (row.message_id, row.sha256, row.content, row.created_at)
    return BankFile(row.id, row.tenant, BankFileState(row.state), *about)
