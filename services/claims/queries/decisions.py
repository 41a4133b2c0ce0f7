"""Decisions, read back from their records: the answer, the letter and the appeal all say what the record says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson
from sqlalchemy import Row

from services.claims.queries.wording import MALAY
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.law.decision import DecisionRecord
from shared.law.explanation import explain

Language = Literal["en", "ms"]


@dataclass(frozen=True)
class DecisionRead:
    """A decision with its explanation in one language; amounts in sen."""

    revision: int
    outcome: str
    decided_at: datetime
    amount_sen: int
    daily_rate_sen: int
    days: int
    provisional: bool
    hash: str
    explanation: list[str]
    record: dict[str, Any]


async def decisions_of(claim: UUID, language: Language, uow: ClaimsUnitOfWork) -> list[DecisionRead]:
    """Every decision of a claim, oldest first."""
    return [_read(row, language) for row in await uow.claims.decisions(claim)]


async def decision_of(claim: UUID, revision: int, language: Language, uow: ClaimsUnitOfWork) -> DecisionRead | None:
    """One decision of a claim."""
    row = await uow.claims.decision(claim, revision)
    return None if row is None else _read(row, language)


def _read(row: Row[Any], language: Language) -> DecisionRead:
    record = DecisionRecord(bytes(row.body))
    event = orjson.loads(row.event)
    amounts = {amount["name"]: amount["value"] for amount in record.body["amounts"]}
    return DecisionRead(
        revision=row.revision,
        outcome=record.body["outcome"],
        decided_at=datetime.fromisoformat(event["decided_at"]),
        amount_sen=amounts.get("temporary disablement benefit", 0),
        daily_rate_sen=amounts.get("daily rate", 0),
        days=amounts.get("payable days", 0),
        provisional=event.get("provisional", False),
        hash=row.hash,
        explanation=explain(record, language, MALAY if language == "ms" else None),
        record=dict(record.body),
    )
