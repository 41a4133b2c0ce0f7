"""Category, cover and accepted layouts, on their edges."""

from datetime import date
from pathlib import Path

import pytest

from shared.kernel.periods import Month
from shared.law.act4.contribution_file.rules import formats_accepted, layouts_accepted
from shared.law.act4.cover import rules as act4
from shared.law.act4.cover.asked import refuse_contradicted
from shared.law.act4.cover.rules import Category, category, contingencies
from shared.law.act800.contributions.rules import insured
from shared.law.act800.cover import rules as act800
from shared.law.book import LawOn, book
from shared.law.determination import determination, determine
from shared.law.fact_types import Fact, MalformedFact, Written
from shared.law.facts import Facts
from shared.law.tests.turned import overlaid

KNOWN = date(2026, 11, 22)
YOUNG = date(1985, 1, 1)


def law_of(day: date) -> LawOn:
    return book().on(day, KNOWN)


@pytest.mark.parametrize(
    ("born_on", "first_liable_on", "month", "expected"),
    [
        (date(1966, 7, 1), date(1990, 1, 1), Month(2026, 6), Category.FIRST),
        (date(1966, 6, 30), date(1990, 1, 1), Month(2026, 6), Category.SECOND),  # 60 on the month's last day
        (date(1966, 6, 1), date(1990, 1, 1), Month(2026, 5), Category.FIRST),
        (date(1970, 6, 1), date(2025, 5, 31), Month(2026, 6), Category.FIRST),  # first liable the day before 55
        (date(1970, 6, 1), date(2025, 6, 1), Month(2026, 6), Category.SECOND),  # first liable on turning 55
    ],
)
def test_the_second_category_begins_at_60_or_at_first_liability_from_55(
    born_on: date, first_liable_on: date, month: Month, expected: Category
) -> None:
    """Act 4 s.6(2): the month of the birthday itself is `assumed` (dossier act4 §8 no. 8)."""
    assert category(born_on, first_liable_on, month, law_of(date(2026, 7, 15))) is expected


def test_the_category_is_read_in_the_law_of_its_month() -> None:
    law = law_of(date(2026, 7, 15))
    category(YOUNG, date(2010, 1, 1), Month(2025, 1), law)
    assert {entry.figure for entry in law.read} == {
        "act4.cover.first_liable_age", "act4.cover.second_category_age", "act4.cover.switch_months",
    }  # fmt: skip
    assert law.rules == {"act4.cover.category": "2013-01-01"}


def test_cover_of_accidents_outside_work_began_on_1_june_2026() -> None:
    assert contingencies(Category.SECOND, law_of(date(2026, 5, 31))) == ("employment_injury",)
    assert contingencies(Category.SECOND, law_of(date(2026, 6, 1))) == ("employment_injury", "non_employment_injury")
    assert contingencies(Category.FIRST, law_of(date(2026, 5, 31))) == ("employment_injury", "invalidity")


@pytest.mark.parametrize(
    ("born_on", "first_liable_on", "foreign", "expected"),
    [
        (YOUNG, date(2010, 1, 1), False, True),
        (YOUNG, date(2010, 1, 1), True, False),
        (date(2008, 6, 30), date(2026, 6, 1), False, True),  # 18 on the month's last day
        (date(2008, 7, 1), date(2026, 6, 1), False, False),
        (date(1966, 6, 30), date(1990, 1, 1), False, False),  # 60 on the month's last day
        (date(1966, 7, 1), date(1990, 1, 1), False, True),
        (date(1968, 1, 1), date(2024, 12, 31), False, True),  # first liable the day before 57
        (date(1968, 1, 1), date(2025, 1, 1), False, False),
    ],
)
def test_act_800_leaves_out_foreigners_the_young_the_old_and_the_late(
    born_on: date, first_liable_on: date, foreign: bool, expected: bool
) -> None:
    """Act 800, First Schedule (dossier other-schemes §4.1)."""
    assert insured(born_on, first_liable_on, foreign, Month(2026, 6), law_of(date(2026, 6, 1))) is expected


@pytest.mark.parametrize(
    ("submitted_on", "wage_month", "layouts"),
    [
        (date(2026, 5, 31), Month(2026, 4), ("v1",)),
        (date(2026, 6, 1), Month(2026, 5), ("v1", "v2")),
        (date(2026, 9, 30), Month(2026, 8), ("v1", "v2")),
        (date(2026, 10, 1), Month(2026, 6), ("v2",)),
        (date(2026, 10, 1), Month(2026, 5), ("v1", "v2")),
        (date(2026, 11, 22), Month(2026, 1), ("v1", "v2")),
    ],
)
def test_the_layout_depends_on_the_day_of_submission_and_v1_stays_for_months_before_june_2026(
    submitted_on: date, wage_month: Month, layouts: tuple[str, ...]
) -> None:
    """Dossier act4 §2.5."""
    assert layouts_accepted(wage_month, law_of(submitted_on)) == layouts


@pytest.mark.parametrize("age_of_last_day", ["yes", "no"])
@pytest.mark.parametrize("born_on", [date(1966, 6, 30), date(1966, 7, 1), date(2008, 2, 29), date(1970, 12, 31)])
def test_no_month_in_which_being_insured_begins_or_ends_is_passed_over(
    tmp_path: Path, age_of_last_day: str, born_on: date
) -> None:
    """Registration asks in these months alone, and where a spell begins or ends (Act 800, First Schedule)."""
    law = overlaid(tmp_path, "yes_no", act800__cover__age_on_last_day_of_month=age_of_last_day).on(KNOWN, KNOWN)
    found = act800.may_change_in(born_on, law)
    for month in (Month(2018, 2) + later for later in range(12 * 14)):
        for foreign in (False, True):
            before, after = (insured(born_on, born_on, foreign, each, law) for each in (month - 1, month))
            assert before is after or month in found


@pytest.mark.parametrize("known", [date(2018, 1, 1), KNOWN])
def test_being_insured_is_asked_about_by_each_age_of_the_act_and_each_day_of_an_amendment(known: date) -> None:
    """18, 57 and 60 in June, or in July where the age of the first day counts; the Act began in January 2018."""
    ages = [Month(year, month) for year in (1984, 2023, 2026) for month in (6, 7)]
    found = act800.may_change_in(date(1966, 6, 15), book().on(known, known))
    assert sorted(found) == sorted([Month(2018, 1), *ages])


@pytest.mark.parametrize(
    ("known", "under_act4", "under_act800"),
    [
        ("2021-05-31", {"2013-01-01", "2018-01-01"}, {"2018-01-01"}),
        ("2021-06-01", {"2013-01-01", "2018-01-01", "2021-06-01"}, {"2018-01-01", "2021-06-01"}),
    ],
)
def test_the_kinds_of_work_may_change_on_the_days_of_amendments_that_are_known(
    known: str, under_act4: set[str], under_act800: set[str]
) -> None:
    """Spouses under Act 4 since 1 January 2018; domestic workers under both since 1 June 2021."""
    law = book().on(KNOWN, date.fromisoformat(known))
    assert set(map(str, act4.days_on_which_work_may_change(law))) == under_act4
    assert set(map(str, act800.days_on_which_work_may_change(law))) == under_act800


def test_act_4_is_open_to_foreign_workers_since_2019() -> None:
    for known in (date(2019, 1, 1), KNOWN):
        assert act4.first_day_of_foreign_workers(book().on(KNOWN, known)) == date(2019, 1, 1)


@pytest.mark.parametrize(
    ("first_liable_on", "for_act4", "for_act800"),
    [
        ("2023-02-28", "1968-03-01", "1968-03-01"),
        ("2023-03-01", "2023-03-01", "1968-03-01"),
        ("2025-02-28", "2023-03-01", "1968-03-01"),
        ("2025-03-01", "2023-03-01", "2025-03-01"),
        ("2030-01-01", "2023-03-01", "2025-03-01"),
    ],
)
def test_one_day_stands_for_all_on_which_as_many_ages_of_a_first_liability_were_reached(
    first_liable_on: str, for_act4: str, for_act800: str
) -> None:
    """Born on 1 March 1968: 55 in 2023 (Act 4 s.6(2)), 57 in 2025 (Act 800, First Schedule); else the day of birth."""
    born_on, liable_on = date(1968, 3, 1), date.fromisoformat(first_liable_on)
    for known in (date(2018, 1, 1), KNOWN):
        law = book().on(KNOWN, known)
        assert str(act4.as_first_liable(born_on, liable_on, law)) == for_act4
        assert str(act800.as_first_liable(born_on, liable_on, law)) == for_act800


@pytest.mark.parametrize(
    ("day", "kind", "spouse", "domestic", "allowance", "covered"),
    [
        ("2026-07-15", "permanent", False, False, None, True),
        ("2026-07-15", "permanent", False, False, 3_000, True),  # the allowance is asked of interns alone
        ("2026-07-15", "civil_servant", False, False, None, False),
        ("2017-12-31", "permanent", True, False, None, False),
        ("2018-01-01", "permanent", True, False, None, True),
        ("2018-01-01", "civil_servant", True, False, None, False),
        ("2026-07-15", "paid_intern", False, False, 3_000, False),
        ("2026-07-15", "paid_intern", False, False, 3_001, True),
        ("2026-07-15", "paid_intern", False, False, None, True),
        ("2021-05-31", "permanent", False, True, None, False),
        ("2021-06-01", "permanent", False, True, None, True),
        ("2021-05-31", "permanent", False, False, None, True),
        ("2017-12-31", "permanent", False, False, None, True),
    ],
)
def test_the_act_has_work_by_its_kind_its_day_and_an_interns_allowance(
    day: str, kind: str, spouse: bool, domestic: bool, allowance: int | None, covered: bool
) -> None:
    """Act 4 s.2(5), First Schedule: spouses since 2018, domestic workers since June 2021, interns above RM30.00."""
    law = book().on(date.fromisoformat(day), KNOWN)
    assert act4.work_is_covered(kind, spouse, domestic, allowance, law) is covered


@pytest.mark.parametrize(
    ("born_on", "first_liable_on", "categories"),
    [
        (date(1971, 7, 1), None, {Category.FIRST}),  # 54 on the last day of the month
        (date(1971, 6, 30), None, {Category.FIRST, Category.SECOND}),  # 55
        (date(1966, 7, 1), None, {Category.FIRST, Category.SECOND}),  # 59
        (date(1966, 6, 30), None, {Category.SECOND}),  # 60
        (date(1966, 7, 1), date(2000, 1, 1), {Category.FIRST}),
        (date(1966, 7, 1), date(2025, 1, 1), {Category.SECOND}),
    ],
)
def test_between_55_and_60_either_category_is_possible_while_nobody_knows_the_first_liability(
    born_on: date, first_liable_on: date | None, categories: set[Category]
) -> None:
    """Act 4 s.6(2)."""
    law = law_of(date(2026, 6, 1))
    assert set(act4.possible_categories(born_on, first_liable_on, Month(2026, 6), law)) == categories


def test_a_category_is_held_against_a_birth_where_both_are_stated() -> None:
    """59 in June 2026: either category is possible, but for one whose first liability is known."""
    words = ("first", "second", "none")
    category_fact, *days = declared = (
        Fact("category", "choice", "which", default="", choices=words),
        Fact("born", "date", "when", default=""),
        Fact("first liable", "date", "when", default=""),
    )
    law, june = law_of(date(2026, 6, 1)), Month(2026, 6)
    for facts in (
        Facts(declared, {}),
        Facts(declared, {"born": "1966-07-01"}),
        Facts(declared, {"category": "second"}),
        Facts(declared, {"category": "second", "born": "1966-07-01"}),
        Facts(declared, {"category": "none", "born": "1966-07-01", "first liable": "2000-01-01"}),
        Facts(tuple(days), {"born": "1966-07-01"}),
        Facts((category_fact,), {"category": "second"}),
        Facts((category_fact, days[0]), {"category": "second", "born": "1966-07-01"}),
    ):
        refuse_contradicted(facts, june, law)
    with pytest.raises(MalformedFact, match="second contradicts 1966-07-01 as born and 2000-01-01 as first liable"):
        refuse_contradicted(
            Facts(declared, {"category": "second", "born": "1966-07-01", "first liable": "2000-01-01"}), june, law
        )


def test_every_format_of_contributions_is_accepted_since_the_portal_began() -> None:
    assert formats_accepted(law_of(date(2026, 7, 1))) == ("combined_278", "csv", "json", "legacy_223")


@pytest.mark.parametrize(
    ("about", "facts"),
    [
        ("act800 cover", {"born": "1996-03-02", "first liable": "2016-01-04"}),
        ("act800 contributions", {"wages": "25.00"}),
    ],
)
def test_foreigners_would_be_insured_under_act_800_by_the_figure_alone(
    tmp_path: Path, about: str, facts: dict[str, Written]
) -> None:
    """Act 800 s.2 has citizens and permanent residents; an amendment would be an entry of the figure, and no code."""
    asked, foreign = determination(about), {**facts, "foreign": "yes"}
    amended = overlaid(tmp_path, "yes_no", act800__cover__foreigners_insured="yes").on(date(2026, 6, 1), KNOWN)
    outcomes = [determine(asked, foreign, law).body["outcome"] for law in (law_of(date(2026, 6, 1)), amended)]
    assert outcomes == ["refused", asked.granted]
