"""Statuses of the bank that were not taken: kept for a person, each once however often a report is repeated."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.answers import HeldReason, StatusReport
from services.benefits.storage import tables as t
from services.benefits.storage.bank_files import BankFile
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id

# The worker counts them for the alarm BankStatusHeld.
HELD = text("""
    SELECT count(*) FROM held_status JOIN bank_file ON bank_file.id = held_status.bank_file
    WHERE bank_file.reason = 'status_held'
""")


@dataclass(frozen=True, slots=True)
class HeldStatus:
    """What the bank said, of which transaction if it named one, and why it is held."""

    end_to_end_id: str | None
    code: str
    reason: HeldReason


class HeldStatusRepository:
    """Writes held statuses inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, bank_file: BankFile, report: StatusReport, held: Sequence[HeldStatus]) -> int:
        """Keep what is held of a report about a file, and how much of it is new; a repeat changes nothing."""
        about = {"bank_file": bank_file.id, "tenant": bank_file.tenant, "report": report.id}
        rows = [
            {
                **about,
                "id": new_id(),
                "end_to_end_id": each.end_to_end_id,
                "code": each.code,
                "reason": each.reason,
                "reported_at": report.created_at,
                "received_at": now(),
            }
            for each in held
        ]
        if not rows:
            return 0
        kept = upsert(t.held_status).on_conflict_do_nothing().returning(t.held_status.c.id)
        return len((await self._connection.execute(kept, rows)).all())

    async def is_any(self, bank_file: UUID) -> bool:
        """Whether something that the bank said of a file is held."""
        query = select(exists().where(t.held_status.c.bank_file == bank_file))
        return bool((await self._connection.execute(query)).scalar_one())
