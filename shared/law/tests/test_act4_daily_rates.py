"""Daily rates of every injury benefit: ceilings, floors, losses, phases, whole populations (Act 4, Fourth Schedule)."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel.money import half_up, sen_from_ringgit
from shared.law.act4.daily_rate import bulk
from shared.law.act4.daily_rate.rules import exact_daily_rate, monthly_amount
from shared.law.act4.daily_rate.working import loss_working, rate_working
from shared.law.act4.dependants.rules import daily_share
from shared.law.act4.dependants.rules import exact_rate as rate_of_death
from shared.law.act4.permanent_disablement import rules as permanent
from shared.law.act4.skbbk_benefits import rules as skbbk
from shared.law.act4.temporary_disablement import rules as temporary
from shared.law.book import LawOn, book
from shared.law.errors import NotYetLaw, NoWageMonth
from shared.law.tests.turned import overlaid
from shared.law.working import as_text, sen, working

KNOWN = date(2026, 11, 22)
DAYS = [date(2013, 6, 1), date(2014, 1, 1), date(2026, 5, 31), date(2026, 6, 1), date(2028, 6, 1), date(2031, 6, 1)]
PHASES = DAYS[3:]
WHOLE = Fraction(1)
rm = sen_from_ringgit


def law_of(day: date) -> LawOn:
    return book().on(day, KNOWN)


@pytest.mark.parametrize(
    ("day", "top", "ceilings"),
    [
        (date(2015, 7, 1), "2950", ("78.67", "88.50", "2655.00")),
        (date(2020, 7, 1), "3950", ("105.33", "118.50", "3555.00")),
        (date(2023, 7, 1), "4950", ("132.00", "148.50", "4455.00")),
        (date(2025, 7, 1), "5950", ("158.67", "178.50", "5355.00")),
    ],
)
def test_the_limits_of_each_ceiling_are_those_of_the_dossier(day: date, top: str, ceilings: tuple[str, ...]) -> None:
    """Dossier act4 §3.2: temporary 80 %, permanent 90 %, and thirty days of it, at the highest assumed wage."""
    law, average = law_of(day), Fraction(rm(top))
    assert law.table("act4.contributions.classes").column("assumed")[-1] == average
    full = permanent.daily_rate(average, WHOLE, law)
    assert (temporary.daily_rate(average, law), full, monthly_amount(full, law)) == tuple(map(rm, ceilings))


@pytest.mark.parametrize(
    ("day", "temporary_rate", "full_rate"),
    [
        (date(2026, 6, 1), "95.20", "107.10"),
        (date(2028, 5, 31), "95.20", "107.10"),
        (date(2028, 6, 1), "126.93", "142.80"),
        (date(2031, 5, 31), "126.93", "142.80"),
        (date(2031, 6, 1), "158.67", "178.50"),
    ],
)
def test_the_limits_of_each_phase_are_those_of_the_dossier(day: date, temporary_rate: str, full_rate: str) -> None:
    """Dossier act4 §5.2: 48, 64, 80 % and 54, 72, 90 % of 5,950 / 30."""
    law, average = law_of(day), Fraction(rm("5950"))
    assert skbbk.temporary_daily_rate(average, law) == rm(temporary_rate)
    assert half_up(skbbk.exact_permanent_rate(average, WHOLE, law)) == rm(full_rate)
    assert skbbk.exact_rate_of_death(average, law) == rm(full_rate)


def test_there_is_no_rate_for_non_employment_injury_before_the_scheme() -> None:
    with pytest.raises(NotYetLaw):
        skbbk.temporary_daily_rate(Fraction(595_000), law_of(date(2026, 5, 31)))


def test_the_floor_is_that_of_the_full_rate_of_which_a_loss_is_a_part() -> None:
    law = law_of(date(2026, 7, 15))
    assert exact_daily_rate(Fraction(25_000), Fraction(9, 10), law, loss=Fraction(1, 2)) == 1_500
    assert exact_daily_rate(Fraction(25_000), Fraction(9, 10), law) == 3_000
    assert exact_daily_rate(Fraction(25_000), Fraction(9, 10), law, floored=False) == 750
    assert exact_daily_rate(Fraction(25_000), Fraction(9, 10), law, loss=Fraction(1, 2), floored=False) == 375
    assert exact_daily_rate(Fraction(150_000), Fraction(9, 10), law, loss=Fraction(1, 2)) == 2_250


def test_the_floor_after_the_loss_is_the_other_reading(tmp_path: Path) -> None:
    law = overlaid(tmp_path, "yes_no", act4__daily_rate__floor_before_loss="no").on(date(2026, 7, 15), KNOWN)
    assert exact_daily_rate(Fraction(150_000), Fraction(9, 10), law, loss=Fraction(1, 2)) == 3_000
    assert exact_daily_rate(Fraction(450_000), Fraction(9, 10), law, loss=Fraction(1, 2)) == 6_750
    assert exact_daily_rate(Fraction(25_000), Fraction(9, 10), law) == 3_000
    assert_equal([(25_000, 1), (150_000, 1), (1_350_000, 3)], [0, 1, 5_000, 9_999, 10_000], law)


def test_the_working_of_a_loss_says_the_floor_where_it_is_by_either_reading(tmp_path: Path) -> None:
    """An average of 250.00 makes 7.50 and 3.75, under the floor; one of 4,500.00 makes 135.00 and 67.50."""
    other = overlaid(tmp_path, "yes_no", act4__daily_rate__floor_before_loss="no").on(date(2026, 7, 15), KNOWN)
    share, half = Fraction(9, 10), Fraction(1, 2)

    def said(average: str, loss: Fraction, full: str, rate: str, law: LawOn) -> str:
        return as_text(loss_working(working("{}", sen(rm(average))), share, loss, rm(full), rm(rate), law).body)

    law = law_of(date(2026, 7, 15))
    assert said("250", half, "30.00", "15.00", law) == "max(250.00 / 30 × 90 %, 30.00) × 50 %"
    assert said("250", half, "30.00", "30.00", other) == "max(250.00 / 30 × 90 % × 50 %, 30.00)"
    assert said("4500", half, "135.00", "67.50", other) == "4500.00 / 30 × 90 % × 50 %"
    assert said("250", WHOLE, "30.00", "30.00", other) == "max(250.00 / 30 × 90 %, 30.00) × 100 %"


def test_non_employment_injury_without_the_floor_is_the_other_reading(tmp_path: Path) -> None:
    """1,650 / 30 × 48 % = 26.40, below the floor of RM30 that is assumed to apply."""
    law = overlaid(tmp_path, "yes_no", act4__skbbk_benefits__floor_applies="no").on(date(2026, 7, 15), KNOWN)
    assert skbbk.temporary_daily_rate(Fraction(rm("1650")), law) == rm("26.40")
    assert skbbk.temporary_daily_rate(Fraction(rm("1650")), law_of(date(2026, 7, 15))) == rm("30.00")
    assert skbbk.exact_permanent_rate(Fraction(rm("1650")), Fraction(1, 2), law) == rm("14.85")
    assert_equal([(rm("1650"), 1), (rm("2000"), 6)], [0, 5_000, 10_000], law)


def test_the_working_shows_the_floor_only_where_it_binds() -> None:
    law = law_of(date(2026, 7, 15))
    above = rate_working(working("{} / {}", sen(245_000), 1), (Fraction(4, 5),), 6_533, law)
    assert as_text(above.body) == "2450.00 / 1 / 30 × 80 %"
    floored = rate_working(working("{}", sen(35_000)), (Fraction(9, 10),), 3_000, law)
    assert as_text(floored.body) == "max(350.00 / 30 × 90 %, 30.00)"


def assert_equal(wages: Iterable[tuple[int, int]], losses: list[int], law: LawOn) -> None:
    """Every column for every person and every loss, against the rules of one person."""
    rows = [(total, months, loss) for total, months in wages for loss in losses]
    totals, months, lost = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    third = bulk.dependants(totals, months, Fraction(2, 15), law)
    death = bulk.dependants(totals, months, WHOLE, law)
    temporary_rates = bulk.temporary(totals, months, law)
    rates = bulk.permanent(totals, months, lost, law)
    by_month = bulk.monthly(rates, law)
    for row, (total, number, loss) in enumerate(rows):
        average, part = Fraction(total, number), Fraction(loss, 10_000)
        assert temporary_rates[row] == temporary.daily_rate(average, law)
        assert rates[row] == permanent.daily_rate(average, part, law)
        assert by_month[row] == monthly_amount(int(rates[row]), law)
        assert death[row] == half_up(rate_of_death(average, law))
        assert third[row] == daily_share(rate_of_death(average, law), Fraction(2, 15), law)
    if law.in_force >= PHASES[0]:
        injury = bulk.skbbk_temporary(totals, months, law)
        full = bulk.skbbk_permanent(totals, months, lost, law)
        for row, (total, number, loss) in enumerate(rows):
            average, part = Fraction(total, number), Fraction(loss, 10_000)
            assert injury[row] == skbbk.temporary_daily_rate(average, law)
            assert full[row] == half_up(skbbk.exact_permanent_rate(average, part, law))


@pytest.mark.parametrize("day", DAYS)
def test_a_population_around_every_floor_and_ceiling_is_reckoned_as_each_person_is(day: date) -> None:
    law = law_of(day)
    floor = law.sen("act4.daily_rate.floor")
    shares = [
        Fraction(4, 5),
        Fraction(9, 10),
        Fraction(48, 100),
        Fraction(54, 100),
        Fraction(64, 100),
        Fraction(72, 100),
    ]
    edges = [int(floor * 30 / share) * months for share in shares for months in range(1, 7)]
    months = [number for _ in shares for number in range(1, 7)]
    wages = [(edge + step, n) for edge, n in zip(edges, months, strict=True) for step in (-1, 0, 1)]
    top = law.table("act4.contributions.classes").column("assumed")
    wages += [(assumed * n + step, n) for assumed in (top[0], top[-1]) for n in (1, 6) for step in (-1, 0, 1)]
    assert_equal(wages, [1, 2_001, 10_000], law)


PEOPLE = st.lists(
    st.integers(1, 6).flatmap(lambda n: st.tuples(st.integers(0, n * 595_000), st.just(n))), min_size=1, max_size=8
)


@settings(max_examples=50, deadline=None)
@given(PEOPLE, st.lists(st.integers(0, 10_000), min_size=1, max_size=3), st.sampled_from(DAYS))
def test_a_population_is_reckoned_as_each_person_is(
    people: list[tuple[int, int]], losses: list[int], day: date
) -> None:
    assert_equal(people, losses, law_of(day))


def test_a_population_whose_shares_are_rounded_down_is_reckoned_as_each_person_is(tmp_path: Path) -> None:
    law = overlaid(tmp_path, "yes_no", act4__dependants__share_rounded_half_up="no").on(date(2026, 7, 15), KNOWN)
    assert_equal([(255_000, 1), (395_000, 1), (1_000_000, 3)], [10_000], law)
    assert bulk.dependants(np.array([395_000]), np.array([1]), Fraction(3, 20), law).tolist() == [1_777]
    assert bulk.dependants(np.array([1_000_000]), np.array([3]), WHOLE, law).tolist() == [10_000]
    # 10,000.50 / 3 / 30 × 90 % = 100.005: who has all of it has the rate itself, which is rounded half up
    assert bulk.dependants(np.array([1_000_050]), np.array([3]), WHOLE, law).tolist() == [10_001]
    assert_equal([(1_000_050, 3)], [10_000], law)


def test_a_population_that_cannot_be_rated_is_refused() -> None:
    law = law_of(date(2026, 7, 15))
    one, wage = np.array([1], dtype=np.int64), np.array([245_000], dtype=np.int64)
    with pytest.raises(NoWageMonth):
        bulk.temporary(wage, np.array([0], dtype=np.int64), law)
    with pytest.raises(ValueError, match="months of the window lie between 1 and 6"):
        bulk.temporary(wage, np.array([7], dtype=np.int64), law)
    with pytest.raises(ValueError, match="totals in sen lie between 0"):
        bulk.temporary(np.array([-1], dtype=np.int64), one, law)
    with pytest.raises(ValueError, match="totals in sen"):
        bulk.temporary(np.array([1_000_000_001], dtype=np.int64), one, law)
    with pytest.raises(ValueError, match="losses in hundredths of a per cent lie between 0 and 10000"):
        bulk.permanent(wage, one, np.array([10_001], dtype=np.int64), law)
    with pytest.raises(TypeError, match="int64, not float64"):
        bulk.temporary(np.array([2450.0]), one, law)
