"""Decisions, read back from their records: the answer, the letter and the appeal all say what the record says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from services.claims.domain.collectors.coordination import COORDINATION
from services.claims.domain.errors import DecisionUnknown
from services.claims.domain.paid import terms_paid
from services.claims.queries.claims import find_claim
from services.claims.storage.claims import Decision
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.kernel.periods import Days
from shared.law.decision import DecisionRecord, Per
from shared.law.determination import REFUSED, explained

Language = Literal["en", "ms"]
ENTITLED = "entitled"


@dataclass(frozen=True)
class AnswerRead:
    """The answer to one question: what the law says of it, with its terms, and its explanation in one language.

    The reasons are the lines of the explanation that name no fact of the person: the heading and the tests.
    """

    question: str
    outcome: str
    reason: str
    provisional: bool
    hash: str
    terms: list[Mapping[str, Any]]
    reasons: list[str]
    explanation: list[str]
    record: dict[str, Any]


@dataclass(frozen=True)
class DecisionRead:
    """A revision of a claim with the answers that stand by it; amounts in sen.

    The daily rate and the days are those of benefits by the day; the amount is all that has an end.
    """

    revision: int
    outcome: str
    decided_at: datetime
    amount_sen: int
    daily_rate_sen: int
    days: int
    provisional: bool
    hash: str
    answers: list[AnswerRead]


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
    told = ClaimAssessedV1.model_validate_json(decision.event)
    records = decision.records
    answers = [_answer(question, records, language) for question in records]
    entitled = [each for each in answers if each.outcome == ENTITLED]
    by_day = [term for each in entitled for term in each.terms if term["per"] == Per.DAY.value and "last" in term]
    return DecisionRead(
        revision=decision.revision,
        outcome=ENTITLED if entitled else REFUSED,
        decided_at=told.decided_at,
        amount_sen=told.money_sen,
        daily_rate_sen=max((term["sen"] for term in by_day), default=0),
        days=sum(len(Days(date.fromisoformat(each["first"]), date.fromisoformat(each["last"]))) for each in by_day),
        provisional=any(each.provisional for each in entitled),
        hash=decision.hash,
        answers=answers,
    )


def _answer(question: str, records: Mapping[str, DecisionRecord], language: Language) -> AnswerRead:
    """A record of a format of before is shown and explained by nobody.

    The terms are those that are paid, with the benefit that they are of: what decides between several has none.
    """
    record = records[question]
    body = record.body
    explanation = explained(record, language) if record.is_of_this_format else []
    return AnswerRead(
        question=question,
        outcome=body["outcome"],
        reason=body.get("reason", ""),
        provisional=body.get("provisional", False),
        hash=record.hash,
        terms=[] if question == COORDINATION else terms_paid(question, records),
        reasons=explanation[: 1 + len(body["tests"])],
        explanation=explanation,
        record=dict(body),
    )
