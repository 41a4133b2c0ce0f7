"""What is agreed about a recovery, and what was said of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from services.benefits.domain.recoveries import Agreement, AgreementKind
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork

_READ = text("""
    SELECT recovery_agreement.*, word, said_by, said_at
    FROM recovery_agreement LEFT JOIN recovery_agreement_word ON agreement = id
    WHERE recovery = :recovery AND (CAST(:after AS uuid) IS NULL OR id > :after) ORDER BY id LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class AgreementRead:
    """An agreement with what was said of it: nothing while it waits for another officer."""

    id: UUID
    agreement: Agreement
    stated_at: datetime
    word: str | None
    said_by: str | None
    said_at: datetime | None


async def list_agreements(
    recovery: UUID, after: UUID | None, limit: int, uow: BenefitsUnitOfWork
) -> list[AgreementRead]:
    """All that was stated about a recovery in the order of their ids, after a position."""
    rows = await uow.connection.execute(_READ, {"recovery": recovery, "after": after, "limit": limit})
    return [_read_of(row) for row in rows]


def _read_of(row: Row[Any]) -> AgreementRead:
    stated = {name: getattr(row, name) for name in Agreement.__slots__}
    agreement = Agreement(**{**stated, "kind": AgreementKind(row.kind)})
    return AgreementRead(row.id, agreement, row.stated_at, row.word, row.said_by, row.said_at)
