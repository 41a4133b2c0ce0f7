"""Which wages rate a benefit: those of an employment, in its months; a guess has a bound (Fourth Schedule).

Classes of the table of 1 October 2024: RM2,480.00 is assumed 2,450; 900.00 is 850; 1,500.00 is 1,450.
"""

from collections import defaultdict
from datetime import date

import pytest

from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act4.wage_base.employments import (
    Spell,
    WithEmployer,
    employments_of,
    months_outside,
    months_read,
    months_stated_late,
)
from shared.law.act4.wage_base.rules import wage_base_of_all
from shared.law.book import book
from shared.law.errors import NoWageMonth

ACCIDENT = date(2026, 7, 15)
LAW = book().on(ACCIDENT, date(2026, 8, 20))
WINDOW = [Month(2026, number) for number in range(1, 7)]
SINCE_2020 = [(7, Spell(date(2020, 1, 6)))]


def spell(employer: int, first: str, last: str | None = None, *, counts: bool = True) -> tuple[int, Spell]:
    return employer, Spell(date.fromisoformat(first), date.fromisoformat(last) if last else None, counts)


def employers(spells: list[tuple[int, Spell]], wages: dict[tuple[int, str], Sen]) -> list[WithEmployer]:
    of: dict[int, list[Spell]] = defaultdict(list)
    for employer, each in spells:
        of[employer].append(each)
    numbers = sorted({employer for employer, _ in (*spells, *wages)})
    return [
        WithEmployer(of[number], {Month.of(month): (wage,) for (by, month), wage in wages.items() if by == number})
        for number in numbers
    ]


def rated(spells: list[tuple[int, Spell]], wages: dict[tuple[int, str], Sen]) -> tuple[list[str], list[Sen], list[str]]:
    """The months that are rated, their assumed wages, and those that are provisional."""
    base = wage_base_of_all(ACCIDENT, employments_of(employers(spells, wages), ACCIDENT, LAW), LAW)
    return [str(each) for each in base.assumed], list(base.assumed.values()), [str(each) for each in base.provisional]


def test_a_former_employers_class_rates_nothing() -> None:
    """A class of 2019 rated an accident of 2026 at RM30.00 a day: now no month is left, and para 4A asks a person."""
    spells = [spell(4, "2019-01-01", "2019-03-31"), spell(3, "2026-07-01")]
    with pytest.raises(NoWageMonth):
        rated(spells, {(4, "2019-02"): 90_000})


def test_the_class_of_another_employer_does_not_stand_in() -> None:
    spells = [spell(4, "2025-01-01", "2026-05-31"), spell(3, "2026-06-01")]
    assert rated(spells, {(4, "2026-05"): 248_000}) == (
        [f"2026-0{month}" for month in range(1, 6)], [245_000] * 5, [f"2026-0{month}" for month in range(1, 5)]
    )  # fmt: skip


@pytest.mark.parametrize(("known", "months"), [("2025-01", 1), ("2025-06", 6), ("2024-12", 0)])
def test_a_last_known_class_stands_in_for_twelve_months(known: str, months: int) -> None:
    spells = [spell(3, "2020-01-06")]
    if not months:
        with pytest.raises(NoWageMonth):
            rated(spells, {(3, known): 248_000})
        return
    found, assumed, provisional = rated(spells, {(3, known): 248_000})
    assert (len(found), set(assumed), found) == (months, {245_000}, provisional)


def test_an_employment_that_was_taken_up_again_the_next_day_went_on_and_one_with_a_gap_did_not() -> None:
    went_on = [spell(3, "2020-01-06", "2025-11-30"), spell(3, "2025-12-01")]
    gap = [spell(3, "2020-01-06", "2025-11-30"), spell(3, "2025-12-02")]
    assert rated(went_on, {(3, "2025-11"): 248_000})[1] == [245_000] * 6
    with pytest.raises(NoWageMonth):
        rated(gap, {(3, "2025-11"): 248_000})


def test_an_employment_that_was_taken_up_again_twice_went_on() -> None:
    spells = [
        spell(3, "2020-01-06", "2025-09-30"),
        spell(3, "2025-10-01", "2025-11-30"),
        spell(3, "2025-12-01"),
    ]
    assert rated(spells, {(3, "2025-09"): 248_000})[1] == [245_000] * 6


def test_a_month_in_which_the_person_left_and_came_back_is_counted_once() -> None:
    spells = [spell(3, "2020-01-06", "2026-06-10"), spell(3, "2026-06-20")]
    found, assumed, _ = rated(spells, {(3, "2026-06"): 248_000})
    assert (found[-1], assumed[-1]) == ("2026-06", 245_000)


def test_the_wages_of_a_month_outside_every_employment_are_set_aside_and_said() -> None:
    spells = [spell(6, "2026-01-01", "2026-05-31"), spell(3, "2026-07-01")]
    wages = {(6, "2026-05"): 150_000, (6, "2026-06"): 590_000}
    found, assumed, _ = rated(spells, wages)
    assert (found[-1], set(assumed)) == ("2026-05", {145_000})
    assert months_outside(employers(spells, wages), ACCIDENT, LAW) == (Month(2026, 6),)


def test_an_employment_that_was_stated_late_rates_nothing_and_is_said() -> None:
    spells = [spell(6, "2020-01-06"), spell(8, "2020-01-06", counts=False)]
    wages = {(6, "2026-05"): 150_000, (8, "2026-06"): 590_000}
    assert rated(spells, wages)[1] == [145_000] * 6
    found = employers(spells, wages)
    assert months_stated_late(found, ACCIDENT, LAW) == (Month(2026, 6),)
    assert months_outside(found, ACCIDENT, LAW) == ()
    with pytest.raises(NoWageMonth):
        rated([spell(8, "2020-01-06", counts=False)], {(8, "2026-06"): 590_000})


def read(*months: str, employer: int = 7) -> tuple[Month, ...]:
    wages = {(employer, month): 248_000 for month in months}
    return months_read(employers(SINCE_2020, wages), ACCIDENT, LAW)


def test_when_all_months_are_known_no_other_would_count() -> None:
    """A decision listens to the months that rate it, and to those that would if a line arrived (rules F2)."""
    assert list(read("2025-12", *map(str, WINDOW))) == WINDOW


def test_for_a_missing_month_a_class_of_the_year_before_may_stand_in() -> None:
    for months in (read(), read("2025-03", "2026-02")):
        assert (months[0], months[-1], len(months)) == (Month(2025, 1), Month(2026, 6), 18)


def test_the_wages_of_an_employer_without_a_spell_make_no_month_known() -> None:
    assert read(*map(str, WINDOW), employer=8)[0] == Month(2025, 1)
