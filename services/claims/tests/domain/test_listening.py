"""A question is woken by each fact that it read, or would have read: the union of its collectors (rules F2)."""

from dataclasses import replace
from uuid import UUID

from services.claims.domain import subjects
from services.claims.domain.asking import ask_all, listens_to
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import ClaimKind
from services.claims.domain.facts import Cause, Known
from services.claims.tests.domain.test_replay import DECIDED, FACTS, OUTSIDE
from shared.kernel.periods import Month
from shared.kernel.subjects import Subject
from shared.law.book import book

PERSON = FACTS.person


def woken_by(known: Known, kind: ClaimKind = ClaimKind.ACCIDENT) -> set[Subject]:
    questions = questions_of(kind)
    answers = ask_all(questions, known, {}, book(), DECIDED)
    return listens_to(questions, known, answers, book(), DECIDED)


def wages(first: str, last: str) -> set[Subject]:
    months = Month.of(last) - Month.of(first) + 1
    return {subjects.wage(PERSON, str(Month.of(first) + each)) for each in range(months)}


OF_PERSON = {
    subjects.person(PERSON),
    subjects.spells(PERSON),
    subjects.memberships(PERSON),
    subjects.death(PERSON),
}


def test_an_accident_is_woken_by_the_months_that_rate_it() -> None:
    """The six before it, and the twelve before these, by which one that is not declared yet is rated."""
    assert woken_by(FACTS) == OF_PERSON | wages("2025-01", "2026-06")


def test_skbbk_is_woken_by_the_wages_of_the_month_of_the_accident_as_well() -> None:
    assert woken_by(OUTSIDE) == OF_PERSON | wages("2025-01", "2026-07")


def test_a_death_is_woken_by_the_claim_that_brought_it_about() -> None:
    cause = Cause(UUID(int=5), 1, FACTS.happened_on, True, FACTS.circumstances)
    found = woken_by(replace(FACTS, died_on=FACTS.happened_on, cause=cause), ClaimKind.DEATH)
    assert subjects.claims(PERSON) in found
    assert wages("2026-01", "2026-06") <= found
