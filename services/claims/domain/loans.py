"""Loans of a claim: how each stands that was ever lent, by the newest records, and why one is owed no more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from services.claims.domain.answers import is_entitled
from services.claims.domain.claim import Claim
from services.claims.domain.question import Question
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act4.education.determination import TO_BE_FIXED
from shared.law.decision import DecisionRecord
from shared.law.fact_types import plain_name

NOT_APPLIED_FOR = "not_applied_for"

Kept: TypeAlias = Sequence[tuple[str, DecisionRecord]]
"""The records of a claim's questions that were ever kept, each with its question."""
_Lent: TypeAlias = Mapping[str, tuple[DecisionRecord, date]]
"""By what record each party has a loan, and when it applied for it."""


@dataclass(frozen=True)
class Instalments:
    """What is paid back in each of several months, in sen."""

    first: Month
    number: int
    sen: Sen


@dataclass(frozen=True)
class Loan:
    """One party's loan by one question: what is lent, since when, and how it is paid back; or why nothing is lent.

    ``superseded_by`` is the payable by which the same party has a loan instead, where there is one.
    """

    question: Question
    record: DecisionRecord
    party: str
    applied_on: date
    sen: Sen = 0
    repayment: tuple[Instalments, ...] = ()
    ended_for: str | None = None
    superseded_by: UUID | None = None


def loan_id(claim: UUID, question: str, party: str) -> UUID:
    """The payable of a loan: the same for ever, also after a restore."""
    return derived_id("loan", claim, question, party)


def loans_of(
    claim: Claim, questions: Iterable[Question], kept: Kept, standing: Mapping[str, DecisionRecord]
) -> list[Loan]:
    """How each loan of a claim stands that was ever lent, by the records that were kept and by those that stand now."""
    lending = [each for each in questions if each.lends]
    now = {each.name: _lent([standing[each.name]]) for each in lending if each.name in standing}
    found = []
    for question in lending:
        ever = {**_lent(record for name, record in kept if name == question.name), **now.get(question.name, {})}
        for party in sorted(ever):
            record, applied_on = ever[party]
            loan = Loan(question, standing.get(question.name, record), party, applied_on)
            found.append(_standing(loan, claim, _lends(party, now)))
    return found


def _lent(records: Iterable[DecisionRecord]) -> _Lent:
    return {
        str(term["party"]): (record, date.fromisoformat(term["first"]))
        for record in records
        if is_entitled(record)
        for term in record.body["terms"]
    }


def _lends(party: str, now: Mapping[str, _Lent]) -> str | None:
    """The question by which a party has a loan now."""
    return next((name for name, lent in now.items() if party in lent), None)


def _standing(loan: Loan, claim: Claim, lent_by: str | None) -> Loan:
    """The loan as it stands, where the party has one by this question or another; of a joined claim that one has it."""
    name, party = loan.question.name, loan.party
    if lent_by == name:
        amounts = {str(each["name"]): each["value"] for each in loan.record.body["amounts"]}
        sen, repayment = amounts[f"loan to {party}"], _repayment(amounts, party)
        return Loan(loan.question, loan.record, party, loan.applied_on, sen, repayment)
    instead = loan_id(claim.joined_to, name, party) if claim.joined_to is not None else None
    instead = loan_id(claim.id, lent_by, party) if lent_by is not None else instead
    why = _why(loan.record, party) if instead is None else None
    return Loan(loan.question, loan.record, party, loan.applied_on, ended_for=why, superseded_by=instead)


def _repayment(amounts: Mapping[str, Any], party: str) -> tuple[Instalments, ...]:
    """All months alike but the last, in which what is left is paid back."""
    first = Month.of(date.fromisoformat(amounts[f"first instalment of {party}"]))
    number, each, last = (amounts[f"{of} of {party}"] for of in ("instalments", "instalment", "last instalment"))
    if last == each:
        return (Instalments(first, number, each),)
    alike = (Instalments(first, number - 1, each),) if number > 1 else ()
    return (*alike, Instalments(first + (number - 1), 1, last))


def _why(record: DecisionRecord, party: str) -> str:
    """Why a party has no loan by a record any more, as a stable code."""
    condition = f"condition that {party} does not meet"
    unmet = next((str(each["value"]) for each in record.body["amounts"] if each["name"] == condition), None)
    if unmet is not None:
        return plain_name(unmet).replace(" ", "_")
    if record.body["reason"]:
        return str(record.body["reason"])
    children = next(each["value"] for each in record.body["facts"] if each["name"] == "children")
    return TO_BE_FIXED if party in children else NOT_APPLIED_FOR
