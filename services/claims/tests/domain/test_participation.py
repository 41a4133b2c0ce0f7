"""Nobody chooses cover outside of work, or to be without it, once the accident is known (decision 35).

By hand from the dossier (act4 §5.2): a release in the window, 13 July to 31 August 2026, frees July 2026 on; a new
employee has thirty days; who comes back is in from that month on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.claims.domain.answers import Answer, QuestionState
from services.claims.domain.asking import ask_all
from services.claims.domain.catalogue import ACCIDENT
from services.claims.domain.doubts import rests_on_late_choice
from services.claims.domain.errors import FindingNotReadable
from services.claims.domain.facts import (
    Cause,
    Certificate,
    Circumstances,
    Known,
    Membership,
    Spell,
    StatedChoice,
    Statement,
    WageMonth,
)
from services.claims.domain.participation import otherwise, what_was_stated_late
from shared.kernel.periods import Days, Month
from shared.law.book import book

TODAY = date(2026, 11, 28)
ARRIVED = datetime(2026, 11, 28, tzinfo=UTC)
BENEFIT = "non_employment_injury_temporary_disablement"
SINCE_2024 = ("2024-03-01", None)
OCTOBER = ("2026-10-05", None)
# One day in July 2026, with another employer, which makes October's employment no first one.
JULY_LATE = ("2026-07-01", "2026-07-03", "2026-10-25")


def choice(kind: str, filed_on: str, stated_on: str = "", by: str = "person") -> StatedChoice:
    """What was stated, at noon in Malaysia of a day: of filing, unless it is told otherwise."""
    day = date.fromisoformat(stated_on or filed_on)
    stated_at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    return StatedChoice(kind, date.fromisoformat(filed_on), stated_at, by)


def spell(first: str, last: str | None, stated_on: str = "", *, verified: bool = False) -> Spell:
    """An employment that was stated in time, or on a day and verified or not."""
    days = (date.fromisoformat(first), None if last is None else date.fromisoformat(last))
    stated = date.fromisoformat(stated_on or first)
    return Spell(UUID(int=stated.toordinal()), 3 if not stated_on else 4, *days, 1, stated, verified)


def known_on(
    happened_on: str,
    category: str,
    choices: Sequence[StatedChoice] = (),
    spells: Sequence[Any] = (SINCE_2024,),
    findings: Mapping[str, Statement] | None = None,
) -> Known:
    """A fall at home, 20 days certified, RM3,120.00 a month; in a category of SKBBK as registration published it."""
    day = date.fromisoformat(happened_on)
    month = Month.of(day)
    return Known(
        person=7,
        person_revision=1,
        born_on=date(1990, 1, 1),
        happened_on=day,
        circumstances=Circumstances("other", evidence=UUID(int=1)),
        certificates=(Certificate(UUID(int=2), day, Days(day, date.fromordinal(day.toordinal() + 19))),),
        worked_with_wages=(),
        spells=tuple(each if isinstance(each, Spell) else spell(*each) for each in spells),
        memberships=(
            Membership("act4", "first", date(2024, 3, 1), None, 1),
            Membership("skbbk", category, month.first_day, None, 2),
        ),
        lines=tuple(WageMonth(3, month - back, 312_000, 1) for back in range(1, 6)),
        watermarks={"registration": ARRIVED, "contribution.received": ARRIVED},
        known_to=ARRIVED,
        stored_at=datetime(2026, 11, 27, tzinfo=UTC),
        choices=tuple(choices),
        findings=findings or {},
    )


def is_held(known: Known) -> bool:
    """Whether a person looks at taking part before the answer stands."""
    before = otherwise(known, book().on(known.happened_on, TODAY))
    others = {} if before is None else ask_all(ACCIDENT, before, {}, book(), TODAY)
    return rests_on_late_choice(answer_on(known), others)


def answer_on(known: Known) -> Answer:
    return ask_all(ACCIDENT, known, {}, book(), TODAY)[BENEFIT]


RELEASED = choice("release", "2026-07-20")
NEW_HIRE = choice("release", "2026-10-06")


@pytest.mark.parametrize(
    ("happened_on", "category", "choices", "spells", "held"),
    [
        ("2026-08-05", "by_default", [], [SINCE_2024], False),
        # Chosen before: the day before the accident, and no later.
        ("2026-08-05", "out", [RELEASED], [SINCE_2024], False),
        ("2026-08-05", "out", [choice("release", "2026-08-04")], [SINCE_2024], False),
        ("2026-08-05", "out", [choice("release", "2026-08-05")], [SINCE_2024], True),
        # In the window, and behind the accident; and a paper notice that an officer dates back.
        ("2026-08-05", "out", [choice("release", "2026-08-20")], [SINCE_2024], True),
        ("2026-08-05", "out", [choice("release", "2026-07-20", "2026-09-10", "organisation")], [SINCE_2024], True),
        ("2026-08-05", "out", [choice("release", "2026-07-20", "2026-08-04", "organisation")], [SINCE_2024], False),
        # Back in the month of the accident, before it and after it; in a later month it changes nothing of this one.
        ("2026-10-15", "by_choice", [RELEASED, choice("return", "2026-10-14")], [SINCE_2024], False),
        ("2026-10-15", "by_choice", [RELEASED, choice("return", "2026-10-16")], [SINCE_2024], True),
        ("2026-10-15", "out", [RELEASED, choice("return", "2026-11-02")], [SINCE_2024], False),
        ("2026-10-15", "by_choice", [RELEASED, choice("return", "2026-09-30", "2026-11-02", "organisation")],
         [SINCE_2024], True),
        # Out and in again, both behind the accident: as it was.
        ("2026-08-05", "by_choice", [choice("release", "2026-08-10"), choice("return", "2026-08-12")], [SINCE_2024],
         False),
        # The release of a new employee, which its employer files.
        ("2026-10-20", "out", [choice("release", "2026-10-19", by="employer")], [OCTOBER], False),
        ("2026-10-20", "out", [choice("release", "2026-10-25", by="employer")], [OCTOBER], True),
        # An employment of before, by which the release of a new employee was not in time.
        ("2026-10-20", "by_default", [NEW_HIRE], [JULY_LATE, OCTOBER], True),
        ("2026-10-20", "by_default", [NEW_HIRE], [spell(*JULY_LATE, verified=True), OCTOBER], False),
        ("2026-10-20", "by_default", [NEW_HIRE], [("2026-07-01", "2026-07-03"), OCTOBER], False),
        # Who cannot choose.
        ("2026-08-05", "mandatory", [choice("release", "2026-08-20")], [SINCE_2024], False),
        ("2026-06-20", "mandatory", [choice("release", "2026-07-20")], [SINCE_2024], False),
    ],
)  # fmt: skip
def test_what_is_stated_behind_an_accident_is_looked_at_where_it_changes_who_takes_part(
    happened_on: str, category: str, choices: list[StatedChoice], spells: list[Any], held: bool
) -> None:
    assert is_held(known_on(happened_on, category, choices, spells)) is held


@pytest.mark.parametrize(("category", "kinds"), [("out", ["release"]), ("by_choice", ["release", "return"])])
def test_an_answer_that_is_the_same_either_way_is_not_held(category: str, kinds: list[str]) -> None:
    """Abroad nothing is owed; and an employment injury is none of SKBBK's."""
    late = [RELEASED if kind != kinds[-1] else choice(kind, "2026-08-20") for kind in kinds]
    at_home = known_on("2026-08-05", category, late)
    assert is_held(at_home)
    abroad = replace(at_home, circumstances=Circumstances("other", outside_malaysia=True, evidence=UUID(int=1)))
    assert not is_held(abroad)
    at_work = replace(at_home, circumstances=Circumstances("at_work", evidence=UUID(int=1)))
    answers = ask_all(ACCIDENT, at_work, {}, book(), TODAY)
    assert BENEFIT not in answers
    assert answers["temporary_disablement"].state is QuestionState.ENTITLED, "it loses nothing else"


def found(says: str, at: datetime) -> dict[str, Statement]:
    return {"takes part": Statement("finding", {"fact": "takes part", "found": says}, UUID(int=9), at)}


@pytest.mark.parametrize(
    ("says", "state"),
    [
        ("yes", QuestionState.ENTITLED),
        ("no", QuestionState.REFUSED),
        ("Yes", QuestionState.ENTITLED),
        ("", QuestionState.ENTITLED),
    ],
)
def test_what_officers_find_decides_until_something_else_is_stated(says: str, state: QuestionState) -> None:
    looked = datetime(2026, 8, 25, tzinfo=UTC)
    late = [choice("release", "2026-08-20")]
    decided = known_on("2026-08-05", "out", late, findings=found(says, looked))
    assert not is_held(decided)
    assert answer_on(decided).state is state
    back = known_on("2026-08-05", "by_choice", [*late, choice("return", "2026-08-26")], findings=found(says, looked))
    assert is_held(back) is (says == "no"), "who is in again after officers let the release count is looked at again"
    again = known_on("2026-08-05", "out", [*late, choice("release", "2026-08-26")], findings=found(says, looked))
    assert is_held(again) is (says != "no"), "and who is out again after they found that the person takes part"


def test_a_blank_is_no_finding_though_the_law_takes_it_for_its_default() -> None:
    question = next(each for each in ACCIDENT if each.name == BENEFIT)
    for blank in ("", " "):
        with pytest.raises(FindingNotReadable):
            question.check_finding("takes part", blank)
    question.check_finding("takes part", "no")


def test_of_a_death_the_day_of_the_accident_that_brought_it_about_counts() -> None:
    """Released after the accident and before the death: whether that reaches the accident is found once, of either."""
    law = book().on(date(2026, 8, 5), TODAY)
    cause = Cause(UUID(int=5), 1, date(2026, 8, 5), found=False)
    died = replace(known_on("2026-09-10", "out", [choice("release", "2026-08-20")]), cause=cause)
    died = replace(died, memberships=(*died.memberships[:1], Membership("skbbk", "out", date(2026, 7, 1), None, 2)))
    before = otherwise(died, law)
    assert before is not None
    assert before.of_cause().category_of("skbbk") == "by_default"
    of_accident = replace(cause, findings=found("yes", datetime(2026, 8, 25, tzinfo=UTC)))
    assert otherwise(replace(died, cause=of_accident), law) is None


def test_nothing_is_published_of_who_takes_part_and_nobody_is_asked_for_it() -> None:
    known = known_on("2026-08-05", "out", [choice("release", "2026-08-20")])
    unknown = replace(known, memberships=known.memberships[:1])
    assert otherwise(unknown, book().on(known.happened_on, TODAY)) is None


def test_officers_see_what_was_stated_when_and_by_what_kind_of_party() -> None:
    late = [choice("release", "2026-07-20", "2026-09-10", "organisation")]
    assert what_was_stated_late(known_on("2026-08-05", "out", late)) == {
        "stated": "release",
        "filed_on": "2026-07-20",
        "stated_on": "2026-09-10",
        "stated_by": "organisation",
    }
    of_employment = known_on("2026-10-20", "by_default", [NEW_HIRE], [JULY_LATE, OCTOBER])
    assert what_was_stated_late(of_employment) == {"stated": "employment", "stated_on": "2026-10-25"}


def test_a_line_insures_for_the_month_only_whom_its_employer_employed() -> None:
    """The employer of the day says that there were no wages; whoever states an employment afterwards says otherwise."""
    august = [WageMonth(3, Month(2026, 8), 0, 1), WageMonth(4, Month(2026, 8), 300_000, 1)]
    late = spell("2026-08-01", None, "2026-08-20")
    known = known_on("2026-08-05", "by_default", spells=[SINCE_2024, late])
    known = replace(known, lines=(*known.lines, *august))
    assert (answer_on(known).state, answer_on(known).reason) == (
        QuestionState.REFUSED,
        "wages_were_paid_for_the_month_of_the_accident",
    )
    verified = replace(known, spells=(known.spells[0], replace(late, verified=True)))
    assert answer_on(verified).state is QuestionState.ENTITLED
