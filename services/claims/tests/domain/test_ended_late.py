"""An employer takes away no cover by ending an employment when the accident has happened (decision 32)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.claims.domain.answers import QuestionState
from services.claims.domain.deciding import decide
from services.claims.domain.doubts import ENDED_LATE, LIFTABLE, doubt_of_cause, doubt_of_event, lifting
from services.claims.domain.facts import (
    Cause,
    Certificate,
    Circumstances,
    Known,
    Membership,
    Spell,
    Statement,
    WageMonth,
)
from services.claims.domain.standing import standing
from services.claims.tests.support import a_claim
from shared.kernel.periods import Days, Month
from shared.law.book import book

ACCIDENT, TODAY = date(2026, 7, 15), date(2026, 11, 28)
ARRIVED = datetime(2026, 11, 28, tzinfo=UTC)
SINCE, BEFORE = date(2020, 1, 6), date(2026, 7, 14)
CLAIM = a_claim(happened_on=ACCIDENT, revision=0)
# On 16 July its employer says that it ended on the 14th.
ENDED = Spell(UUID(int=9), 3, SINCE, BEFORE, 2, SINCE, end_stated_on=date(2026, 7, 16), end_verified=False)
KNOWN = Known(
    person=7,
    person_revision=1,
    born_on=date(1990, 1, 1),
    happened_on=ACCIDENT,
    circumstances=Circumstances("at_work", evidence=UUID(int=1)),
    certificates=(Certificate(UUID(int=2), ACCIDENT, Days(ACCIDENT, date(2026, 8, 11))),),
    worked_with_wages=(),
    spells=(ENDED,),
    memberships=(
        Membership("act4", "first", SINCE, BEFORE, 2),
        Membership("skbbk", "by_default", date(2026, 6, 1), BEFORE, 2),
    ),
    lines=tuple(WageMonth(3, Month(2026, number), 248_000, 1) for number in range(1, 7)),
    watermarks={"registration": ARRIVED, "contribution.received": ARRIVED},
    known_to=ARRIVED,
    stored_at=datetime(2026, 11, 27, tzinfo=UTC),
)


def found(*doubts: str, looked_at: date = TODAY) -> Known:
    """The same, with doubts that two officers lifted on a day."""
    lifted = dict(lifting(each, CLAIM) for each in doubts)
    at = datetime(looked_at.year, looked_at.month, looked_at.day, tzinfo=UTC)
    evidence = {fact: Statement("finding", {"found": says}, UUID(int=3), at) for fact, says in lifted.items()}
    return replace(KNOWN, findings=evidence)


def ended(**changes: object) -> Known:
    return replace(KNOWN, spells=(replace(ENDED, **changes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "doubt"),
    [
        (KNOWN, ENDED_LATE),
        # On the day of the accident nobody can tell which came first.
        (ended(end_stated_on=ACCIDENT), ENDED_LATE),
        (ended(end_stated_on=BEFORE), None),
        (ended(end_verified=True), None),
        (ended(end_stated_on=None, end_verified=True), None),
        (ended(last=ACCIDENT), None),
        (ended(first=date(2026, 7, 16), last=date(2026, 7, 17)), None),
        # By an employment that nobody believes yet nothing was covered.
        (ended(stated_on=date(2026, 7, 16), verified=False), None),
        # What else covers goes on.
        (replace(KNOWN, spells=(ENDED, Spell(UUID(int=10), 8, SINCE, None, 1))), None),
        (found(ENDED_LATE), None),
        (found("cover_taken_back", looked_at=date(2026, 7, 15)), ENDED_LATE),
        (found("cover_taken_back"), None),
        (found("late_notice"), ENDED_LATE),
    ],
)
def test_an_end_that_an_employer_states_when_the_accident_has_happened_is_looked_at(
    known: Known, doubt: str | None
) -> None:
    assert doubt_of_event(CLAIM, known, was_entitled=False) == doubt


def test_nobody_is_refused_meanwhile_and_two_officers_let_the_end_count() -> None:
    """Employment injury, temporary disablement and SKBBK were refused, without anybody looking."""
    evidence = standing((), KNOWN.spells)
    held = decide(CLAIM, KNOWN, evidence, {}, book(), TODAY).answers
    assert {(each.state, each.reason) for each in held.values()} == {(QuestionState.OFFICER, ENDED_LATE)}
    assert ENDED_LATE in LIFTABLE
    answers = decide(CLAIM, found(ENDED_LATE), evidence, {}, book(), TODAY).answers
    assert answers["temporary_disablement"].state is QuestionState.REFUSED


def test_what_stands_is_asked_about_once() -> None:
    """As cover that was taken back; when officers let that stand, the end is not asked about again."""
    assert doubt_of_event(CLAIM, KNOWN, was_entitled=True) == "cover_taken_back"


def test_nor_is_the_cover_of_an_accident_that_somebody_died_of_taken_away_so() -> None:
    cause = Cause(UUID(int=4), 1, ACCIDENT)
    of_death = replace(KNOWN, happened_on=date(2026, 9, 1), cause=cause)
    assert doubt_of_cause(of_death) == ENDED_LATE
    assert doubt_of_cause(replace(of_death, spells=(replace(ENDED, end_verified=True),))) is None
    lifted = replace(of_death, cause=replace(cause, findings=found(ENDED_LATE).findings))
    assert doubt_of_cause(lifted) is None
