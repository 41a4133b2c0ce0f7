"""Decisions, read back from their records: the answer, the letter and the appeal all say what the record says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.claims.domain.errors import DecisionUnknown
from services.claims.queries.claims import find_claim
from services.claims.storage.claims import Decision
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.claim_assessed import ClaimAssessedV1, Per
from shared.kernel.periods import Days, count_days
from shared.law.determination import explained

Language = Literal["en", "ms"]


@dataclass(frozen=True)
class DecisionRead:
    """A decision with its explanation in one language; amounts in sen.

    The reasons are the lines of the explanation that name no fact of the person: the heading and the tests. A record of
    a format of before is explained by nobody.
    """

    revision: int
    outcome: str
    decided_at: datetime
    amount_sen: int
    daily_rate_sen: int
    days: int
    provisional: bool
    hash: str
    reasons: list[str]
    explanation: list[str]
    record: dict[str, Any]


async def list_decisions(claim: UUID, language: Language, uow: ClaimsUnitOfWork) -> list[DecisionRead]:
    """Every decision of a claim, oldest first; raises ClaimUnknown."""
    await find_claim(claim, uow)
    return [_read(decision, language) for decision in await uow.claims.decisions(claim)]


async def find_decision(claim: UUID, revision: int, language: Language, uow: ClaimsUnitOfWork) -> DecisionRead:
    """One decision of a claim; raises DecisionUnknown."""
    decision = await uow.claims.decision(claim, revision)
    if decision is None:
        raise DecisionUnknown()
    return _read(decision, language)


def _read(decision: Decision, language: Language) -> DecisionRead:
    record, event = decision.record, ClaimAssessedV1.model_validate_json(decision.event)
    by_day = [term for each in event.entitlements for term in each.terms if term.per is Per.DAY]
    explanation = explained(record, language) if record.is_of_this_format else []
    return DecisionRead(
        revision=decision.revision,
        outcome=record.body["outcome"],
        decided_at=event.decided_at,
        amount_sen=event.money_sen,
        daily_rate_sen=max((term.sen for term in by_day), default=0),
        days=count_days([Days(term.first, term.last) for term in by_day if term.last is not None]),
        provisional=any(each.provisional for each in event.entitlements),
        hash=decision.hash,
        reasons=explanation[: 1 + len(record.body["tests"])],
        explanation=explanation,
        record=dict(record.body),
    )
