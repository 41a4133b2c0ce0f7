"""Bank files: rendered once, stored with their hash, fetched any number of times, answered once (rules S5)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.payments import PaymentState
from services.benefits.storage import tables as t
from shared.kernel.clock import now


class BankFileState(StrEnum):
    """Where a bank file stands: rendered, fetched by the bank, answered for each of its payments."""

    READY = "ready"
    FETCHED = "fetched"
    ANSWERED = "answered"


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


_BANK_FILES = select(*(t.bank_file.c[name] for name in BankFile.__slots__))


class BankFileRepository:
    """Reads and writes bank files inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, values: dict[str, Any]) -> None:
        """Keep a new file; its content is encrypted."""
        await self._connection.execute(insert(t.bank_file).values(**values, state=BankFileState.READY))

    async def find(self, bank_file: UUID) -> BankFile | None:
        """The file, if there is one that the role may see."""
        row = (await self._connection.execute(_BANK_FILES.where(t.bank_file.c.id == bank_file))).one_or_none()
        return None if row is None else bank_file_of(row)

    async def lock(self, bank_file: UUID) -> BankFile | None:
        """The file, locked: its answers are taken one after the other."""
        query = _BANK_FILES.where(t.bank_file.c.id == bank_file).with_for_update()
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else bank_file_of(row)

    async def fetched(self, bank_file: UUID) -> None:
        """The bank has it now; from any later state nothing changes."""
        values = {"state": BankFileState.FETCHED, "fetched_at": now()}
        await self._change(bank_file, (BankFileState.READY,), values)

    async def answered(self, bank_file: UUID, at: datetime) -> None:
        """Every payment in it is settled or returned; while one is not, nothing changes."""
        if not await self.is_waited_for(bank_file):
            values = {"state": BankFileState.ANSWERED, "answered_at": at, "reason": None}
            await self._change(bank_file, (BankFileState.READY, BankFileState.FETCHED), values)

    async def is_waited_for(self, bank_file: UUID) -> bool:
        """Whether the bank has not said its last word of a payment in it."""
        waiting = exists().where(t.payment.c.bank_file == bank_file, t.payment.c.state == PaymentState.SENT)
        return bool((await self._connection.execute(select(waiting))).scalar_one())

    async def raise_reason(self, bank_file: UUID, reason: BankFileReason) -> None:
        """A person is to look at it, and why."""
        await self._change(bank_file, (BankFileState.READY, BankFileState.FETCHED), {"reason": reason})

    async def _change(self, bank_file: UUID, expected: tuple[BankFileState, ...], values: dict[str, Any]) -> None:
        where = (t.bank_file.c.id == bank_file) & t.bank_file.c.state.in_(expected)
        await self._connection.execute(update(t.bank_file).where(where).values(**values))


def bank_file_of(row: Row[Any]) -> BankFile:
    """The file in a row of ``_BANK_FILES``."""
    return BankFile(row.id, row.tenant, BankFileState(row.state), row.message_id, row.sha256, row.content)
