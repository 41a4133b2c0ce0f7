"""Which wages rate a benefit: those of an employment, in its months; a guess has a bound (Fourth Schedule).

Classes of the table of 1 October 2024: RM2,480.00 is assumed 2,450; 900.00 is 850; 1,500.00 is 1,450.
"""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.claims.domain.employments import employments, wages_outside
from services.claims.domain.facts import Spell, WageMonth
from services.claims.tests.domain.test_months_that_would_count import ACCIDENT, LAW, NOTHING_KNOWN
from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act4.wage_base.rules import wage_base_of_all
from shared.law.errors import NoWageMonth

JUNE = Month(2026, 6)


def spell(employer: int, first: str, last: str | None = None) -> Spell:
    id_ = UUID(int=employer * 1000 + len(first + (last or "")) + int(first[-2:]))
    return Spell(id_, employer, date.fromisoformat(first), date.fromisoformat(last) if last else None, 1)


def rated(spells: list[Spell], wages: dict[tuple[int, str], Sen]) -> tuple[list[str], list[Sen], list[str]]:
    """The months that are rated, their assumed wages, and those that are provisional."""
    lines = tuple(WageMonth(employer, Month.of(month), wage, 1) for (employer, month), wage in sorted(wages.items()))
    facts = replace(NOTHING_KNOWN, spells=tuple(spells), wages=lines)
    base = wage_base_of_all(ACCIDENT, employments(facts, LAW), LAW)
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


def test_a_month_in_which_the_person_left_and_came_back_is_counted_once() -> None:
    spells = [spell(3, "2020-01-06", "2026-06-10"), spell(3, "2026-06-20")]
    found, assumed, _ = rated(spells, {(3, "2026-06"): 248_000})
    assert (found[-1], assumed[-1]) == ("2026-06", 245_000)


def test_the_wages_of_a_month_outside_every_employment_are_set_aside_and_said() -> None:
    spells = [spell(6, "2026-01-01", "2026-05-31"), spell(3, "2026-07-01")]
    wages = {(6, "2026-05"): 150_000, (6, "2026-06"): 590_000}
    found, assumed, _ = rated(spells, wages)
    assert (found[-1], set(assumed)) == ("2026-05", {145_000})
    facts = replace(NOTHING_KNOWN, spells=tuple(spells), wages=(WageMonth(6, JUNE, 590_000, 1),))
    assert [each.month for each in wages_outside(facts, LAW)] == [JUNE]
