"""What people look at of a question proves the answer that an approval lets stand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.claims.domain.answers import Answer
from services.claims.domain.doubts import COVER_TAKEN_BACK
from services.claims.domain.facts import Certificate, Known, WageMonth
from services.claims.domain.looked_at import facts_of_questions
from services.claims.domain.queues import queues_of
from services.claims.tests.domain.test_replay import ACCIDENT, EMPLOYER, FACTS, KNOWN_TO, answered
from services.claims.tests.support import a_claim
from shared.kernel.periods import Days, Month

FIRST = "employment_injury"
CLAIM = a_claim(person=FACTS.person, received_at=KNOWN_TO, stored_at=KNOWN_TO, revision=1)


def looked_at(answers: Mapping[str, Answer]) -> dict[str, dict[str, str | int]]:
    return facts_of_questions(CLAIM, answers, queues_of(answers, set(answers), []))


def held(known: Known) -> str | int:
    """The answer that stands in the facts of the one question whose task is about all that is held up."""
    answers = {name: each.held_for_officer(COVER_TAKEN_BACK) for name, each in answered(known).items()}
    facts = looked_at(answers)
    assert list(facts) == [FIRST]
    return facts[FIRST]["answer"]


def test_it_is_another_one_when_any_answer_changes_that_the_same_reason_holds_up() -> None:
    more = replace(FACTS, lines=(*FACTS.lines, WageMonth(EMPLOYER, Month(2026, 6), 300_000, 1)))
    assert held(more) != held(FACTS)


def test_it_stays_while_what_arrives_changes_nothing_of_the_answer() -> None:
    later = replace(FACTS, person_revision=9, known_to=datetime.max.replace(tzinfo=KNOWN_TO.tzinfo))
    assert held(later) == held(FACTS)


def test_days_that_wait_for_a_look_are_shown_with_the_first_and_the_last() -> None:
    last = ACCIDENT + timedelta(days=199)
    long = replace(FACTS, certificates=(Certificate(UUID(int=1), ACCIDENT, Days(ACCIDENT, last)),))
    facts = looked_at(answered(long))["temporary_disablement"]
    assert {name: facts[name] for name in facts if "look_at" in name} == {
        "days_to_look_at": 20,
        "first_day_to_look_at": date(2027, 1, 11).isoformat(),
        "last_day_to_look_at": last.isoformat(),
    }
