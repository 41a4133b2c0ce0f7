"""Allowances under Act 800: wage base, job search, reduced income, early re-employment, training, mobility."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from shared.kernel.periods import Days, Month
from shared.law.act800.early_reemployment.rules import allowance, paid_months, unpaid_balance
from shared.law.act800.employment_services.rules import highest_vacancy_fine
from shared.law.act800.interim_scheme.rules import assistance
from shared.law.act800.job_search.rules import monthly_amounts, report_due_on
from shared.law.act800.mobility.rules import far_enough, reported_in_time
from shared.law.act800.reduced_income.rules import held_enough, lost_beside_another, lump_sum
from shared.law.act800.training.rules import begins_in_time, daily_allowance, fee, share_of_a_day, short_enough
from shared.law.act800.wage_base.errors import NoWageBeforeDisablement
from shared.law.act800.wage_base.rules import (
    KnownWages,
    assumed_wage,
    assumed_wages,
    average_assumed_monthly_wage,
    wage_window,
)
from shared.law.book import Book, LawOn, book
from shared.law.determination import determination, determine
from shared.law.errors import NotYetLaw, NoWageMonth, OutsideTable
from shared.law.fact_types import MalformedFact, Written

KNOWN = date(2026, 11, 22)
LOSS = date(2026, 6, 15)
COMMENCED = date(9999, 1, 1)
MARCH, APRIL, MAY = (Month(2026, number) for number in (3, 4, 5))


def law(day: date = LOSS) -> LawOn:
    return book().on(day, KNOWN)


def turned_round(folder: Path, figure: str, value: str, day: date = LOSS) -> LawOn:
    """The law with one yes-or-no figure that says the contrary."""
    path = folder / f"{figure.replace('.', '/')}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "title: Turned round\nunit: yes_no\nentries:\n  - in_force: 2018-01-01\n    known: 2018-01-01\n"
        f"    value: {value}\n    law: Act 800\n    source: a test\n    certainty: enacted\n",
        encoding="utf-8",
    )
    return Book({**book().figures, **Book.load(folder).figures}).on(day, KNOWN)


def test_the_window_is_the_six_months_before_the_month_of_the_loss() -> None:
    """Act 800, Third Schedule paras 6-8."""
    assert wage_window(LOSS, law()) == tuple(Month(2025, 12) + step for step in range(6))


def test_a_wage_is_classed_by_its_own_month() -> None:
    assert assumed_wage(600_000, Month(2024, 9), law()) == 495_000
    assert assumed_wage(600_000, Month(2024, 10), law()) == 595_000
    with pytest.raises(OutsideTable):
        assumed_wage(0, MAY, law())


def test_given_assumed_wages_go_before_wages_and_months_outside_the_window_are_left_out() -> None:
    known = KnownWages({MARCH: 300_000, Month(2026, 6): 300_000}, {APRIL: 345_000, Month(2025, 11): 595_000})
    assert assumed_wages(LOSS, known, law()) == {MARCH: 295_000, APRIL: 345_000}
    assert list(assumed_wages(LOSS, known, law())) == [MARCH, APRIL]


def test_an_unpaid_month_takes_the_minimum_wage(tmp_path: Path) -> None:
    known = KnownWages(without_wages=[MAY])
    assert assumed_wages(LOSS, known, law()) == {MAY: 165_000}
    against = turned_round(tmp_path, "act800.wage_base.minimum_wage_has_class", "no")
    assert assumed_wages(LOSS, known, against) == {MAY: 170_000}


def test_a_month_of_temporary_disablement_takes_the_last_wage_before_it() -> None:
    wages = {MARCH: 300_000, Month(2026, 1): 595_000, MAY: 595_000}
    assert assumed_wages(LOSS, KnownWages(wages, disabled=[APRIL]), law())[APRIL] == 295_000
    assumed = {MARCH: 345_000, MAY: 595_000}
    assert assumed_wages(LOSS, KnownWages(assumed=assumed, disabled=[APRIL]), law())[APRIL] == 345_000
    with pytest.raises(NoWageBeforeDisablement, match="2026-04"):
        assumed_wages(LOSS, KnownWages({MAY: 300_000}, disabled=[APRIL]), law())
    with pytest.raises(NoWageBeforeDisablement):
        assumed_wages(LOSS, KnownWages({APRIL: 300_000}, disabled=[APRIL]), law())


def test_the_wage_before_disablement_may_turn_out_to_keep_its_own_class(tmp_path: Path) -> None:
    known = KnownWages({Month(2024, 9): 600_000}, disabled=[Month(2024, 10)])
    assert assumed_wages(date(2024, 11, 1), known, law())[Month(2024, 10)] == 595_000
    against = turned_round(tmp_path, "act800.wage_base.disablement_month_has_own_classes", "no")
    assert assumed_wages(date(2024, 11, 1), known, against)[Month(2024, 10)] == 495_000


def test_the_average_is_exact_and_needs_one_to_six_months() -> None:
    assert average_assumed_monthly_wage({MARCH: 100, APRIL: 100, MAY: 101}, law()) == Fraction(301, 3)
    assert average_assumed_monthly_wage({Month(2026, number): 100 for number in range(1, 7)}, law()) == 100
    with pytest.raises(ValueError, match="window"):
        average_assumed_monthly_wage({Month(2026, number): 100 for number in range(1, 8)}, law())
    for empty in (lambda: average_assumed_monthly_wage({}, law()), lambda: assumed_wages(LOSS, KnownWages(), law())):
        with pytest.raises(NoWageMonth):
            empty()


def test_job_search_allowance_falls_from_80_to_30_percent() -> None:
    """Act 800 s.34; dossier other-schemes §4.3."""
    vector = (236_000, 147_500, 118_000, 118_000, 88_500, 88_500)
    assert monthly_amounts(Fraction(295_000), 6, law()) == vector
    assert monthly_amounts(Fraction(295_000), 3, law()) == vector[:3]
    assert monthly_amounts(Fraction(295_000), 0, law()) == ()
    assert sum(monthly_amounts(Fraction(595_000), 6, law())) == 1_606_500
    with pytest.raises(OutsideTable):
        monthly_amounts(Fraction(295_000), 7, law())


def test_the_acceptance_of_work_is_reported_within_7_days() -> None:
    assert report_due_on(date(2026, 7, 1), law()) == date(2026, 7, 8)


def test_reduced_income_allowance_is_for_who_holds_two_and_keeps_or_elects_another() -> None:
    """Act 800 s.36."""
    assert [held_enough(held, law()) for held in (1, 2, 3)] == [False, True, True]
    assert lost_beside_another(2, 1, elected=True, law=law())
    assert lost_beside_another(2, 2, elected=False, law=law())
    assert not lost_beside_another(2, 2, elected=True, law=law())
    for held, lost in ((2, 3), (2, 0)):
        with pytest.raises(ValueError, match="at least one"):
            lost_beside_another(held, lost, elected=False, law=law())


def test_the_rest_of_all_lost_may_turn_out_to_give_nothing(tmp_path: Path) -> None:
    against = turned_round(tmp_path, "act800.reduced_income.rest_of_all_lost_is_paid", "no")
    assert not lost_beside_another(2, 2, elected=False, law=against)
    assert lost_beside_another(2, 1, elected=False, law=against)


def test_the_lump_sum_adds_rounded_months_or_is_rounded_once(tmp_path: Path) -> None:
    """Of an average of one sen the months are 1, 1, 0, 0, 0, 0 sen; 270 % of it is 2.7, rounded once 3 sen."""
    average = Fraction(500_003, 3)
    against = turned_round(tmp_path, "act800.reduced_income.sum_of_rounded_months", "no")
    assert lump_sum(average, 3, law()) == 133_334 + 83_334 + 66_667
    assert lump_sum(average, 3, against) == 283_335
    assert lump_sum(Fraction(1), 6, law()) == 1 + 1 + 0 + 0 + 0 + 0
    assert lump_sum(Fraction(1), 6, against) == 3


def test_early_reemployment_allowance_is_a_quarter_of_the_unpaid_balance() -> None:
    """Act 800 s.35; dossier other-schemes §4.3: reports in month 2, 0.25 × 4,130 = 1,032.50."""
    amounts = monthly_amounts(Fraction(295_000), 6, law())
    assert [unpaid_balance(amounts, month, law()) for month in range(8)] == [
        796_500, 560_500, 413_000, 295_000, 177_000, 88_500, 0, 0,
    ]  # fmt: skip
    assert allowance(413_000, law()) == 103_250
    assert allowance(2, law()) == 1
    assert allowance(413_000, law(date(2027, 1, 1))) == 103_250
    assert allowance(413_000, law(COMMENCED)) == 206_500
    assert allowance(413_000, book().on(COMMENCED, date(2026, 3, 11))) == 103_250


def test_the_month_of_reporting_may_turn_out_not_to_be_paid(tmp_path: Path) -> None:
    against = turned_round(tmp_path, "act800.early_reemployment.month_of_reporting_is_paid", "no")
    assert [paid_months(month, against) for month in range(4)] == [0, 0, 1, 2]
    assert [paid_months(month, law()) for month in range(4)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("average", "raw", "today", "amended"),
    [
        (295_000, 2_458, 2_000, 2_458),
        (595_000, 4_958, 2_000, 3_000),
        (200_000, 1_667, 1_667, 1_667),
        (119_900, 999, 1_000, 1_000),
        (120_000, 1_000, 1_000, 1_000),
        (120_120, 1_001, 1_001, 1_001),
        (240_000, 2_000, 2_000, 2_000),
        (240_120, 2_001, 2_000, 2_001),
    ],
)
def test_training_allowance_a_day_has_a_floor_and_a_cap(average: int, raw: int, today: int, amended: int) -> None:
    """Act 800 s.37."""
    assert share_of_a_day(Fraction(average), law()) == raw
    assert daily_allowance(Fraction(average), law()) == today
    assert daily_allowance(Fraction(average), law(COMMENCED)) == amended


def test_a_course_begins_in_time() -> None:
    """Act 800 s.37: while job search allowance is paid, 12 months after, or six months of new employment."""
    paid = Days(date(2026, 7, 9), date(2027, 1, 8))
    begun = {date(2026, 7, 8): False, date(2026, 7, 9): True, date(2028, 1, 8): True, date(2028, 1, 9): False}
    assert {day: begins_in_time(day, paid, None, law()) for day in begun} == begun
    employed = date(2028, 2, 1)
    begun = {date(2028, 1, 31): False, employed: True, date(2028, 8, 1): True, date(2028, 8, 2): False}
    assert {day: begins_in_time(day, paid, employed, law()) for day in begun} == begun


def test_a_course_is_not_longer_than_the_months_of_benefit_nor_than_six() -> None:
    first = date(2026, 8, 1)
    assert short_enough(Days(first, date(2026, 10, 31)), 3, law())
    assert not short_enough(Days(first, date(2026, 11, 1)), 3, law())
    assert short_enough(Days(first, date(2027, 1, 31)), 7, law())
    assert not short_enough(Days(first, date(2027, 2, 1)), 7, law())


def test_the_training_fee_is_limited() -> None:
    assert [fee(charged, law()) for charged in (399_999, 400_000, 400_001)] == [399_999, 400_000, 400_000]
    assert fee(700_001, law(COMMENCED)) == 700_000


def test_mobility_assistance_is_not_law_before_the_amendment_commences(tmp_path: Path) -> None:
    """Act 800 s.37A, passed on 12 March 2026."""
    with pytest.raises(NotYetLaw, match=r"act800\.mobility\.over_distance"):
        far_enough(101, law(date(2027, 1, 1)))
    assert [far_enough(km, law(COMMENCED)) for km in (100, 101)] == [False, True]
    last = date(2027, 1, 31)
    in_time = {last: True, date(2027, 1, 30): True, date(2028, 1, 31): True, date(2028, 2, 1): False}
    assert {day: reported_in_time(day, last, law(COMMENCED)) for day in in_time} == in_time
    against = turned_round(tmp_path, "act800.mobility.before_last_allowance_counts", "no", COMMENCED)
    after = {last: False, date(2027, 2, 1): True, date(2028, 1, 31): True, date(2028, 2, 1): False}
    assert {day: reported_in_time(day, last, against) for day in after} == after


def test_interim_assistance_of_2018_came_to_1800_ringgit() -> None:
    assert assistance(law(date(2018, 6, 1))) == 180_000


def test_vacancy_fines_are_staged() -> None:
    """Act 800 s.45F, passed on 12 March 2026."""
    fines = [highest_vacancy_fine(offence, law(COMMENCED)) for offence in (1, 2, 3, 4)]
    assert fines == [100_000, 300_000, 500_000, 500_000]
    with pytest.raises(ValueError, match="from 1"):
        highest_vacancy_fine(0, law(COMMENCED))


MALFORMED: list[tuple[str, dict[str, Written], str]] = [
    ("act800 job search allowance", {"wages": {"2026-05": ["3000.00", "1000.00"]}}, "wages"),
    ("act800 job search allowance", {"wages": {"2026-05": "3000.00"}, "months without wages": ["2026-05"]}, "without"),
    (
        "act800 job search allowance",
        {"months without wages": ["2026-05"], "temporary disablement months": ["2026-05"]},
        "temporary disablement",
    ),
    (
        "act800 job search allowance",
        {"average assumed monthly wage": "2950.00", "wages": {"2026-05": "3000.00"}},
        "given beside wages",
    ),
    (
        "act800 early reemployment allowance",
        {"month of reporting": "1", "approved": "2026-07-01", "average assumed monthly wage": "2950.00"},
        "given beside the days",
    ),
    ("act800 early reemployment allowance", {"average assumed monthly wage": "2950.00"}, "approved"),
    ("act800 reduced income allowance", {"employments held": "1", "employments lost": "2"}, "not more than were held"),
]


@pytest.mark.parametrize(("name", "facts", "why"), MALFORMED)
def test_facts_that_contradict_each_other_are_refused(name: str, facts: dict[str, Written], why: str) -> None:
    with pytest.raises(MalformedFact, match=why):
        determine(determination(name), {"loss": "2026-06-15", "months of benefit": "3", **facts}, law())


def test_nobody_attends_more_days_than_the_course_has() -> None:
    facts: dict[str, Written] = {
        "days attended": "30",
        "course": ["2026-08-03", "2026-08-31"],
        "job search allowance": ["2026-07-09", "2027-01-08"],
        "months of benefit": "6",
        "average assumed monthly wage": "2950.00",
    }
    with pytest.raises(MalformedFact, match="more days"):
        determine(determination("act800 training allowance"), facts, law())
    assert determine(determination("act800 training allowance"), {**facts, "days attended": "29"}, law())
