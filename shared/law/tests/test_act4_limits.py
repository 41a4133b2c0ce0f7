"""Time limits, conditions and small amounts of the injury benefits, on both sides of every edge (Act 4)."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from shared.kernel.periods import Month, completed_months, months_after
from shared.law.act4.accident.asked import covers
from shared.law.act4.accident.rules import in_the_course_of_employment, journey_unbroken
from shared.law.act4.attendance.rules import allowance, totally_disabled
from shared.law.act4.boards.rules import (
    day_called_back,
    first_day_of_aggravation,
    is_absent_too_often,
    last_day_at_the_appellate_board,
    last_day_of_medical_appeal,
    least_members,
    needs_justification,
)
from shared.law.act4.calendar.errors import PaymentDayUnknown
from shared.law.act4.calendar.rules import (
    banking_days_after,
    monthly_benefit_paid_on,
    next_banking_day,
    payment_day,
)
from shared.law.act4.education.rules import (
    course_is_covered,
    enough_study_left,
    instalments,
    lent_is_covered,
    tuition_is_covered,
    young_enough,
)
from shared.law.act4.notices.rules import hours_between, notice_in_time
from shared.law.act4.occupational_disease.rules import caused_by_accident, within_the_months
from shared.law.act4.owing.rules import insured_loss, loan_set_off_share, set_off_share
from shared.law.act4.recovery.rules import owed_back, set_off
from shared.law.act4.repatriation.rules import death_opens, is_repatriated
from shared.law.act4.repatriation.rules import payments as repatriated
from shared.law.act4.temporary_disablement.rules import days_to_look_at
from shared.law.act4.wage_base.rules import assumed_wage_of_month, assumed_wages_together, similar_work_average
from shared.law.book import LawOn, book
from shared.law.errors import NotYetLaw, NoWageMonth
from shared.law.tests.turned import overlaid

DAY = date(2026, 7, 15)
KNOWN = date(2026, 11, 22)


def law() -> LawOn:
    return book().on(DAY, KNOWN)


def contrary(folder: Path, name: str) -> LawOn:
    return overlaid(folder, "yes_no", **{name: "no"}).on(DAY, KNOWN)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 30), 0, date(2026, 3, 30)),
    ],
)
def test_months_after_a_day_end_on_the_same_number_or_the_last_day(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        (date(2026, 1, 15), date(2026, 2, 14), 0),
        (date(2026, 1, 15), date(2026, 2, 15), 1),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 1, 15), date(2031, 1, 15), 60),
        (date(2026, 1, 15), date(2025, 1, 15), 0),
    ],
)
def test_completed_months_are_whole_ones(since: date, until: date, months: int) -> None:
    assert completed_months(since, until) == months


def test_the_calendar_of_2025_is_that_of_the_dossier_and_no_other_year_is_guessed() -> None:
    """Dossier act4 §4.7."""
    of_2025 = book().on(date(2025, 1, 1), KNOWN)
    days = [payment_day(Month(2025, number), of_2025).strftime("%m-%d") for number in range(1, 13)]
    assert days == [
        "01-22", "02-28", "03-24", "04-30", "05-26", "07-01", "08-01", "08-29", "10-01", "10-16", "11-19", "12-18"
    ]  # fmt: skip
    with pytest.raises(PaymentDayUnknown) as fault:
        payment_day(Month(2026, 1), law())
    assert fault.value.facts == {"figure": "act4.calendar.payment_days", "month": "2026-01"}
    assert "2026-01" in str(fault.value.detail)
    with pytest.raises(NotYetLaw):
        payment_day(Month(2025, 1), book().on(date(2024, 12, 31), KNOWN))


def test_a_month_without_a_calendar_is_paid_on_its_last_banking_day() -> None:
    """Assumed, until a calendar is entered: 31 August 2026 is National Day, 31 May a Sunday, 30 May a Saturday."""
    months = [Month(2026, number) for number in (5, 8, 10, 12)]
    days = [monthly_benefit_paid_on(month, law()).strftime("%m-%d") for month in months]
    assert days == ["05-29", "08-28", "10-30", "12-31"]
    of_2025 = book().on(date(2025, 1, 1), KNOWN)
    assert monthly_benefit_paid_on(Month(2025, 6), of_2025) == date(2025, 7, 1), "a calendar that stands comes first"
    before = book().on(date(2024, 3, 1), KNOWN)
    assert monthly_benefit_paid_on(Month(2024, 3), before) == date(2024, 3, 29)


def test_a_month_without_a_calendar_is_paid_on_the_first_banking_day_after_it_by_the_other_reading(
    tmp_path: Path,
) -> None:
    """1 August 2026 is a Saturday; 1 September a Tuesday."""
    turned_round = contrary(tmp_path, "act4__calendar__paid_on_last_banking_day")
    assert monthly_benefit_paid_on(Month(2026, 7), turned_round) == date(2026, 8, 3)
    assert monthly_benefit_paid_on(Month(2026, 8), turned_round) == date(2026, 9, 1)


def test_banks_rest_on_the_holidays_of_their_own_state_and_on_no_others() -> None:
    """2 February 2026 is one in Kuala Lumpur; 14 January in Negeri Sembilan alone (assumed)."""
    assert next_banking_day(date(2026, 1, 1), law()) == date(2026, 1, 2)
    assert next_banking_day(date(2026, 2, 2), law()) == date(2026, 2, 3)
    assert next_banking_day(date(2026, 1, 14), law()) == date(2026, 1, 14)


def test_a_payment_is_executed_on_the_next_day_from_monday_to_friday_that_is_no_public_holiday() -> None:
    """25 December 2026 is a Friday (assumed, until the calendar of the banks is entered)."""
    friday = date(2026, 11, 27)
    days = [next_banking_day(friday + timedelta(days=number), law()).day for number in range(4)]
    assert days == [27, 30, 30, 30]
    assert next_banking_day(date(2026, 12, 25), law()) == date(2026, 12, 28)
    assert [banking_days_after(friday, number, law()).isoformat() for number in (0, 1, 5)] == [
        "2026-11-27", "2026-11-30", "2026-12-04",
    ]  # fmt: skip
    assert banking_days_after(date(2026, 12, 24), 1, law()) == date(2026, 12, 28)


def test_the_losses_of_two_schemes_are_one_where_they_insure_the_same_earnings() -> None:
    benefits = {
        "injury": ("act4", "temporary_disablement"),
        "skbbk": ("act4", "non_employment_injury_temporary_disablement"),
        "act789": ("act789", "temporary_disablement"),
    }
    losses = {name: insured_loss(*benefit, law()) for name, benefit in benefits.items()}
    assert losses["injury"] == losses["skbbk"] != losses["act789"]
    assert insured_loss("act838", "morbid_allowance", law()) == "act838/morbid_allowance"


def test_an_act_says_how_much_is_set_off_within_it_and_another_says_nothing(tmp_path: Path) -> None:
    """Act 4 s.50(1A) must, Act 800 s.42 may; Act 789 and Act 838 by our reading; Act 789 ss.25-26 half, for loans."""
    shares = {scheme: set_off_share(scheme, law()) for scheme in ("act4", "act789", "act800", "act838", "act872")}
    assert shares == {"act4": 1, "act789": 1, "act800": 1, "act838": 1, "act872": 0}
    assert [loan_set_off_share(scheme, law()) for scheme in ("act789", "act4")] == [Fraction(1, 2), 0]
    assert set_off_share("act4", contrary(tmp_path / "may", "act4__recovery__set_off_mandatory")) == 0
    assert set_off_share("act800", contrary(tmp_path, "act800__claims__overpayment_may_be_set_off")) == 0
    half = overlaid(tmp_path / "half", "percent", act4__recovery__set_off_share="50").on(DAY, KNOWN)
    assert set_off_share("act4", half) == Fraction(1, 2)


def test_a_notice_is_in_time_for_48_hours() -> None:
    learnt = datetime(2026, 7, 15, 9)  # noqa: DTZ001
    assert notice_in_time(learnt, learnt + timedelta(hours=48), law())
    assert not notice_in_time(learnt, learnt + timedelta(hours=48, seconds=1), law())
    assert hours_between(learnt, learnt + timedelta(minutes=90)) == Fraction(3, 2)
    assert hours_between(learnt, learnt - timedelta(minutes=90)) == 0


def test_a_disease_is_presumed_for_60_months_after_leaving_the_work(tmp_path: Path) -> None:
    left = date(2021, 7, 15)
    assert within_the_months(None, DAY, False, law())
    assert within_the_months(left, DAY, False, law())
    assert not within_the_months(left - timedelta(days=1), DAY, False, law())
    assert within_the_months(left - timedelta(days=1), DAY, True, law())
    against = contrary(tmp_path, "act4__occupational_disease__extendable")
    assert not within_the_months(left - timedelta(days=1), DAY, True, against)


def test_a_specific_accident_makes_any_disease_an_injury(tmp_path: Path) -> None:
    assert caused_by_accident(True, law())
    assert not caused_by_accident(False, law())
    assert not caused_by_accident(True, contrary(tmp_path, "act4__occupational_disease__accident_suffices"))


def test_the_limits_of_boards_and_appeals() -> None:
    """Dossier act4 §4.5: 90 days, three years, three years or six months, fourteen days."""
    assert last_day_of_medical_appeal(date(2026, 1, 10), law()) == date(2026, 4, 10)
    assert last_day_at_the_appellate_board(date(2026, 1, 10), law()) == date(2029, 1, 10)
    assert first_day_of_aggravation(date(2026, 1, 10), False, law()) == date(2029, 1, 10)
    assert first_day_of_aggravation(date(2026, 1, 10), True, law()) == date(2026, 7, 10)
    assert needs_justification(date(2026, 1, 10), date(2026, 1, 23), law())
    assert not needs_justification(date(2026, 1, 10), date(2026, 1, 24), law())
    assert (least_members(law()), day_called_back(date(2027, 6, 30), law())) == (2, date(2027, 5, 31))
    assert [is_absent_too_often(absences, law()) for absences in (1, 2)] == [False, True]


def test_the_conditions_of_an_education_loan() -> None:
    assert young_enough(date(2005, 7, 16), DAY, law())
    assert not young_enough(date(2005, 7, 15), DAY, law())
    assert [course_is_covered(course, law()) for course in ("first_degree", "skm_3", "master")] == [True, True, False]
    assert enough_study_left(DAY, date(2027, 7, 15), law())
    assert not enough_study_left(DAY, date(2027, 7, 14), law())
    assert tuition_is_covered(10_000_000, law())
    assert not tuition_is_covered(10_000_001, law())


def test_a_loan_is_paid_back_by_equal_instalments_and_what_is_left() -> None:
    months = [instalments(loan, 30_000, law()) for loan in (29_999, 30_000, 30_001, 60_000)]
    assert months == [(1, 29_999), (1, 30_000), (2, 1), (2, 30_000)]
    assert [lent_is_covered(loan, 10_000, law()) for loan in (10_000, 10_001)] == [True, False]


def test_a_repatriation_is_of_foreign_workers_and_pays_the_actual_cost_up_to_the_highest(tmp_path: Path) -> None:
    assert [is_repatriated(foreign, law()) for foreign in (True, False)] == [True, False]
    before = book().on(date(2026, 5, 31), KNOWN)
    assert [death_opens("non_employment_injury", each) for each in (before, law())] == [False, True]
    costs = {"agency": 4_200, "brother": 1_800, "nobody": 0}
    assert repatriated(costs, 9_000, law()) == {"agency": 4_200, "brother": 1_800, "nobody": 0}
    assert repatriated(costs, 4_500, law()) == {"agency": 3_150, "brother": 1_350, "nobody": 0}
    flat = contrary(tmp_path, "act4__repatriation__actual_cost")
    assert repatriated(costs, 9_000, flat) == {"agency": 6_300, "brother": 2_700, "nobody": 0}, "the other reading"


def test_what_is_owed_back_is_set_off_against_a_later_payment(tmp_path: Path) -> None:
    assert [owed_back(100, entitled, law()) for entitled in (99, 100, 101)] == [1, 0, 0]
    assert [set_off(100, payment, law()) for payment in (0, 99, 100, 101)] == [0, 99, 100, 100]
    assert owed_back(100, 99, contrary(tmp_path / "a", "act4__recovery__shortfall_opens_recovery")) == 0
    assert set_off(100, 99, contrary(tmp_path / "b", "act4__recovery__set_off_mandatory")) == 0
    half = overlaid(tmp_path / "c", "percent", act4__recovery__set_off_share="50").on(DAY, KNOWN)
    assert [set_off(100, payment, half) for payment in (99, 200, 201, 300)] == [49, 100, 100, 100]


def test_constant_attendance_is_flat_and_needs_a_total_loss() -> None:
    assert [allowance(months, law()) for months in (0, 1, 3)] == [0, 50_000, 150_000]
    assert totally_disabled(Fraction(1), law())
    assert not totally_disabled(Fraction(9_999, 10_000), law())


def test_which_accidents_are_employment_injuries(tmp_path: Path) -> None:
    """Act 4 ss.23 to 25; a tournament of the employer is none (High Court, 2 Dec 2025)."""
    for circumstance in ("at_work", "commuting", "journey_for_employment", "meal_break", "emergency_at_the_premises"):
        assert in_the_course_of_employment(circumstance, law())
    assert not in_the_course_of_employment("employer_activity", law())
    assert not journey_unbroken("commuting", True, law())
    assert not journey_unbroken("journey_for_employment", True, law())
    assert journey_unbroken("commuting", False, law())
    assert journey_unbroken("at_work", True, law())
    assert journey_unbroken("commuting", True, contrary(tmp_path, "act4__accident__deviation_breaks"))


def test_who_is_not_insured_is_covered_for_nothing() -> None:
    assert covers("first", "employment_injury", law())
    assert covers("second", "non_employment_injury", law())
    assert not covers("second", "invalidity", law())
    assert not covers("none", "employment_injury", law())


def test_certified_days_beyond_180_are_looked_at() -> None:
    assert [days_to_look_at(days, law()) for days in (0, 180, 181, 200)] == [0, 0, 1, 20]


def test_the_wage_of_similar_work_stands_in_where_it_is_known(tmp_path: Path) -> None:
    """Fourth Schedule para 4A."""
    assert similar_work_average(245_000, law()) == 245_000
    with pytest.raises(NoWageMonth):
        similar_work_average(None, law())
    with pytest.raises(NoWageMonth):
        similar_work_average(245_000, contrary(tmp_path, "act4__wage_base__similar_work_stands_in"))


def test_assumed_wages_of_several_employers_stop_at_the_highest_class_of_the_month() -> None:
    """Act 4 s.6(10) proviso."""
    assert assumed_wages_together([245_000, 305_000], Month(2024, 9), law()) == 495_000
    assert assumed_wages_together([245_000, 305_000], Month(2024, 10), law()) == 550_000
    assert assumed_wages_together([245_000, 350_000], Month(2024, 10), law()) == 595_000
    assert assumed_wage_of_month([248_000, 302_000], Month(2024, 9), law()) == 495_000
