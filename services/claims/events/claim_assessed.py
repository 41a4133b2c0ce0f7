"""Topic ``claim.assessed``: everything that stands of a claim, stated whole, and what a board advised of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from services.claims.domain.answers import Answer
from services.claims.domain.asking import Records
from services.claims.domain.boards import BoardCase
from services.claims.domain.claim import NEVER_DIED, Claim, ClaimKind
from services.claims.domain.paid import terms_paid
from services.claims.domain.question import Question
from services.claims.domain.revision import Standing
from shared.contracts.claim_assessed import (
    ClaimAssessedV1,
    EntitlementV1,
    PendingV1,
    RefusalV1,
    RehabilitationAdvisedV1,
    TermV1,
)
from shared.kernel.clock import now
from shared.kernel.money import Sen, half_up
from shared.law.decision import INSURED, DecisionRecord, Per, revision_hash

# The last day of a month that comes after all others.
_FOR_EVER = date.max


def claim_assessed(claim: Claim, standing: Sequence[Standing], pending: Sequence[PendingV1]) -> ClaimAssessedV1:
    """What the platform learns of a revision: each benefit that is owed, with its terms, and each that is refused."""
    owing = [each for each in standing if each.question.owes]
    records = {each.question.name: each.record for each in standing}
    never_died = any(each.record.body["reason"] == NEVER_DIED for each in owing)
    return ClaimAssessedV1(
        person=claim.stated_of,
        claim=claim.id,
        revision=claim.revision,
        event=claim.kind.value,
        happened_on=claim.happened_on,
        decided_at=now(),
        revision_hash=revision_hash([each.record.hash for each in standing]),
        # A loan is no benefit: its payable says what is lent.
        entitlements=tuple(
            part
            for each in owing
            if each.is_entitled and not each.question.lends
            for part in _entitlements(claim, each, records)
        ),
        refusals=tuple(_refusal(each) for each in owing if not each.is_entitled),
        pending=tuple(pending),
        death_on=claim.happened_on if claim.kind is ClaimKind.DEATH and not never_died else None,
    )


def superseded(claim: Claim) -> ClaimAssessedV1:
    """A claim that joined another of the same event, which takes its place: it owes nothing itself."""
    return ClaimAssessedV1(
        person=claim.stated_of,
        claim=claim.id,
        revision=claim.revision,
        event=claim.kind.value,
        happened_on=claim.happened_on,
        decided_at=now(),
        revision_hash=revision_hash([]),
        entitlements=(),
        refusals=(),
        superseded_by=claim.joined_to,
    )


def rehabilitation_advised(case: BoardCase, claim: Claim) -> list[RehabilitationAdvisedV1]:
    """Of a case that was decided, if the board advised anything: of the claim that stands for its event."""
    found, day = case.result, case.sits_on
    if found is None or day is None or not found.advice:
        return []
    return [
        RehabilitationAdvisedV1(
            person=claim.stated_of,
            claim=claim.joined_to or claim.id,
            case=case.id,
            revision=case.revision,
            happened_on=claim.happened_on,
            sat_on=day,
            advice=tuple(each.value for each in found.advice),
        )
    ]


def stands_alone(claim: Claim, questions: Sequence[Question]) -> ClaimAssessedV1:
    """A claim that had joined another one, and stands for itself again: what it owes the next revision says."""
    first = [each for each in questions if each.owes][:1]
    why, waits_for = "stands_alone", f"topic:{ClaimAssessedV1.topic.name}"
    told = superseded(claim)
    waits = (
        PendingV1(scheme=each.scheme, benefit=each.name, reason=why, waits_for=waits_for, since=told.decided_at)
        for each in first
    )
    return told.model_copy(update={"pending": tuple(waits)})


def pending_of(questions: Sequence[Question], answers: Mapping[str, Answer], since: datetime) -> list[PendingV1]:
    """The benefits without an answer so far, and with whom they are."""
    found = []
    for question in questions:
        answer = answers.get(question.name)
        if not question.owes or answer is None or answer.is_settled:
            continue
        found.append(
            PendingV1(
                scheme=question.scheme,
                benefit=question.name,
                reason=answer.reason,
                waits_for=answer.waits_for,
                since=since,
            )
        )
    return found


def owes_less(now: ClaimAssessedV1, published: ClaimAssessedV1) -> bool:
    """Whether a party would be owed less in all than was published; a term that is open goes on for ever."""
    owed, was_owed = _by_party(now), _by_party(published)
    return any(owed.get(party, 0) < sen for party, sen in was_owed.items())


def _by_party(event: ClaimAssessedV1) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in event.entitlements:
        found[each.party] = found.get(each.party, 0) + sum(map(_as_if_for_ever, each.terms))
    return found


def _as_if_for_ever(term: TermV1) -> int:
    """In sen; a term `once` has no last day either, and is owed once all the same."""
    return term.money_sen if term.last is not None else term.model_copy(update={"last": _FOR_EVER}).money_sen


def _entitlements(claim: Claim, standing: Standing, records: Records) -> list[EntitlementV1]:
    """One for each party that is paid something, in the order of the record."""
    question, record = standing.question, standing.record
    by_party: dict[str, list[TermV1]] = {}
    for term in terms_paid(question.name, records):
        by_party.setdefault(_party(claim, term["party"]), []).append(_term(term))
    return [
        EntitlementV1(
            scheme=question.scheme,
            benefit=question.name,
            fund=question.fund_of(record),
            law=question.law,
            party=party,
            decision_hash=record.hash,
            provisional=record.body["provisional"],
            terms=tuple(terms),
            whole_sen=_amount(question.shared, record),
            average_sen=_amount(question.rated_by, record),
        )
        for party, terms in by_party.items()
    ]


def _amount(name: str | None, record: DecisionRecord) -> Sen | None:
    """An amount of a record in whole sen, half up; None where it has none of the name."""
    found = (each["value"] for each in record.body["amounts"] if each["name"] == name)
    value = next(found, None)
    return None if value is None else half_up(Fraction(str(value)))


def _party(claim: Claim, named: str) -> str:
    return f"person:{claim.stated_of}" if named == INSURED else named


def _term(term: Mapping[str, Any]) -> TermV1:
    """As the record has it; what is owed once for a broken month is owed when its days have passed."""
    last = term.get("last")
    if term["per"] == Per.ONCE.value:
        return TermV1(per=term["per"], sen=term["sen"], first=date.fromisoformat(last or term["first"]))
    return TermV1(
        per=term["per"],
        sen=term["sen"],
        first=date.fromisoformat(term["first"]),
        last=None if last is None else date.fromisoformat(last),
    )


def _refusal(standing: Standing) -> RefusalV1:
    body = standing.record.body
    unmet = next((test for test in body["tests"] if not test["met"]), None)
    return RefusalV1(
        scheme=standing.question.scheme,
        benefit=standing.question.name,
        reason=body["reason"],
        law=", ".join(unmet["law"]) if unmet else standing.question.law,
        decision_hash=standing.record.hash,
    )
