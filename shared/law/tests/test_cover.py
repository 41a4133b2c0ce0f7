"""Category, cover and accepted layouts, on their edges."""

from datetime import date

import pytest

from shared.kernel.periods import Month
from shared.law.act4.contribution_file.rules import layouts_accepted
from shared.law.act4.cover.rules import Category, category, contingencies
from shared.law.act800.contributions.rules import insured
from shared.law.book import LawOn, book

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
