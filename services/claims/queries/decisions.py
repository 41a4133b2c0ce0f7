"""Decisions, read back from their records: the answer, the letter and the appeal all say what the record says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from services.claims.domain.claim import Claim
from services.claims.domain.errors import DecisionUnknown
from services.claims.domain.paid import COORDINATION, terms_paid
from services.claims.domain.particulars import Inconsistency
from services.claims.domain.relation import Sight, sight_of
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
class Reader:
    """Who reads: a party, in which language, and whether as an officer of the organisation."""

    party: str
    is_officer: bool
    language: Language


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
    """A revision of a claim with the answers that stand by it, as far as its reader sees it; amounts in sen.

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
    sight: Sight
    inconsistencies: Sequence[Inconsistency] = ()


async def list_decisions(claim: UUID, reader: Reader, uow: ClaimsUnitOfWork) -> list[DecisionRead]:
    """Every decision of a claim, oldest first; raises ClaimUnknown."""
    found = await find_claim(claim, uow)
    register = await uow.inconsistencies.of(claim)
    return [_read(decision, found, register, reader) for decision in await uow.claims.decisions(claim)]


async def find_decision(claim: UUID, revision: int, reader: Reader, uow: ClaimsUnitOfWork) -> DecisionRead:
    """One decision of a claim; raises DecisionUnknown."""
    found, decision = await uow.claims.find(claim), await uow.claims.decision(claim, revision)
    if found is None or decision is None:
        raise DecisionUnknown()
    return _read(decision, found, await uow.inconsistencies.of(claim), reader)


def _read(decision: Decision, claim: Claim, register: Sequence[Inconsistency], reader: Reader) -> DecisionRead:
    told, records = ClaimAssessedV1.model_validate_json(decision.event), decision.records
    sight = sight_of(claim, reader.party, is_officer=reader.is_officer)
    whose = reader.party if sight is Sight.OWN else None
    answers = [answer_read(question, records, reader.language, whose) for question in records]
    entitled = [each for each in answers if each.outcome == ENTITLED]
    by_day = [term for each in entitled for term in each.terms if term["per"] == Per.DAY.value and "last" in term]
    return DecisionRead(
        revision=decision.revision,
        outcome=ENTITLED if entitled else REFUSED,
        decided_at=told.decided_at,
        amount_sen=sum(
            term.money_sen for each in told.entitlements if whose in (None, each.party) for term in each.terms
        ),
        daily_rate_sen=max((term["sen"] for term in by_day), default=0),
        days=sum(len(Days(date.fromisoformat(each["first"]), date.fromisoformat(each["last"]))) for each in by_day),
        provisional=any(each.provisional for each in entitled),
        hash=decision.hash,
        answers=answers,
        sight=sight,
        inconsistencies=[each for each in register if each.opened_at <= told.decided_at],
    )


def answer_read(
    question: str, records: Mapping[str, DecisionRecord], language: Language, whose: str | None
) -> AnswerRead:
    """One answer of those that stand together.

    Of a party with its terms alone; a record of a format of before is shown and explained by nobody. The terms are what
    is paid, with the benefit that it is of: what decides between several has none.
    """
    record = records[question]
    paid = [] if question == COORDINATION else terms_paid(question, records)
    body = record.body
    explanation = explained(record, language) if record.is_of_this_format else []
    return AnswerRead(
        question=question,
        outcome=body["outcome"],
        reason=body.get("reason", ""),
        provisional=body.get("provisional", False),
        hash=record.hash,
        terms=[each for each in paid if whose is None or each["party"] == whose],
        reasons=explanation[: 1 + len(body["tests"])],
        explanation=explanation,
        record=dict(body),
    )
