"""The story's amounts, worked by hand from the dossier (act4 §2.2, §3.1 to §3.3) and then asked of the rules.

The accident is on Wednesday 15 July 2026, so the window is January to June 2026. The table of 1 October 2024 holds a
wage of RM2,480.00 in class 29 (2,400 to 2,500, assumed 2,450) and one of RM3,050.00 in class 35 (3,000 to 3,100,
assumed 3,050).
"""

from datetime import date
from fractions import Fraction

from shared.kernel.money import Sen, sen_from_ringgit
from shared.kernel.periods import Days, Month, count_days
from shared.law.act4.contributions.rules import contribution, skbbk_contribution, wage_class
from shared.law.act4.cover.rules import Category, category, contingencies
from shared.law.act4.temporary_disablement.rules import certified_days, daily_rate, daily_rate_working, payable_days
from shared.law.act4.wage_base.rules import average_assumed_monthly_wage, wage_base, wage_window
from shared.law.act800.contributions.rules import contribution as act800_contribution
from shared.law.book import LawOn, book
from shared.law.working import as_text

ACCIDENT = date(2026, 7, 15)
DECIDED = date(2026, 11, 22)
CERTIFICATE = Days(date(2026, 7, 15), date(2026, 8, 11))
FIT_FROM = date(2026, 8, 3)
JANUARY_TO_MAY = [Month(2026, number) for number in range(1, 6)]
JUNE = Month(2026, 6)
rm = sen_from_ringgit


def law() -> LawOn:
    return book().on(ACCIDENT, DECIDED)


def assumed(wage: str, month: Month) -> Sen:
    return wage_class(rm(wage), book().on(month.first_day, DECIDED)).assumed


def known_months(june: str | None = None) -> dict[Month, Sen]:
    months = {month: assumed("2480.00", month) for month in JANUARY_TO_MAY}
    return months if june is None else {**months, JUNE: assumed(june, JUNE)}


def test_the_window_is_january_to_june() -> None:
    assert wage_window(ACCIDENT, law()) == (*JANUARY_TO_MAY, JUNE)


def test_the_assumed_wages_are_those_of_the_classes() -> None:
    assert known_months("3050.00") == {**dict.fromkeys(JANUARY_TO_MAY, 245_000), JUNE: 305_000}


def test_without_june_the_open_spell_makes_it_payable_at_the_last_class() -> None:
    """5 × 2,450 + 2,450 = 14,700; ÷ 6 = 2,450.00; ÷ 30 = 81.666...; × 80 % = 65.333..., so 65.33 a day."""
    base = wage_base(ACCIDENT, known_months(), open_spell={JUNE}, law=law())
    assert base.provisional == (JUNE,)
    assert sum(base.assumed.values()) == 1_470_000
    average = average_assumed_monthly_wage(base.assumed, law())
    assert average == 245_000
    assert daily_rate(average, law()) == 6_533
    assert as_text(daily_rate_working(base.assumed, law()).body) == "14700.00 / 6 / 30 × 80 %"


def test_with_june_at_3050_the_rate_is_68_ringgit_and_final() -> None:
    """5 × 2,450 + 3,050 = 15,300; ÷ 6 = 2,550.00; ÷ 30 = 85.00; × 80 % = 68.00 a day."""
    base = wage_base(ACCIDENT, known_months("3050.00"), open_spell={JUNE}, law=law())
    assert base.provisional == ()
    average = average_assumed_monthly_wage(base.assumed, law())
    assert average == 255_000
    assert daily_rate(average, law()) == 6_800


def test_the_certificate_gives_28_days_of_which_the_worked_one_is_not_paid() -> None:
    """17 days of July (15th to 31st) and 11 of August make 28; wages were paid for the 15th, so 27 are payable."""
    certified = certified_days([CERTIFICATE], ACCIDENT, None, law())
    assert count_days(certified) == 28 >= law().days("act4.temporary_disablement.minimum_days") == 4
    payable = payable_days([CERTIFICATE], ACCIDENT, [ACCIDENT], None, law())
    assert payable == (Days(date(2026, 7, 16), date(2026, 8, 11)),)
    assert count_days(payable) == 27


def test_the_final_certificate_leaves_18_days() -> None:
    """Fit from 3 August, so paid to 2 August: 16 days of July (16th to 31st) and 2 of August."""
    payable = payable_days([CERTIFICATE], ACCIDENT, [ACCIDENT], FIT_FROM, law())
    assert payable == (Days(date(2026, 7, 16), date(2026, 8, 2)),)
    assert count_days(payable) == 18


def test_the_revisions_pay_1763_91_then_72_09_more_and_leave_612_to_recover() -> None:
    """27 × 65.33 = 1,763.91; 27 × 68.00 = 1,836.00, 72.09 more; 18 × 68.00 = 1,224.00, 612.00 less (s.50)."""
    revisions = []
    for june, fit_from in ((None, None), ("3050.00", None), ("3050.00", FIT_FROM)):
        base = wage_base(ACCIDENT, known_months(june), open_spell={JUNE}, law=law())
        rate = daily_rate(average_assumed_monthly_wage(base.assumed, law()), law())
        revisions.append(rate * count_days(payable_days([CERTIFICATE], ACCIDENT, [ACCIDENT], fit_from, law())))
    assert revisions == [176_391, 183_600, 122_400]
    assert revisions[1] - revisions[0] == 7_209
    assert revisions[1] - revisions[2] == 61_200
    assert law().says("act4.recovery.shortfall_opens_recovery")


def test_the_worker_is_covered_for_employment_injury() -> None:
    """Born in 1990 and first liable in 2010: under 60 and first liable before 55, so the first category (s.6(2))."""
    assert category(date(1990, 5, 17), date(2010, 3, 1), Month(2026, 7), law()) is Category.FIRST
    assert contingencies(Category.FIRST, law()) == ("employment_injury", "invalidity", "non_employment_injury")


def test_september_at_2600_is_contributed_for_in_class_30() -> None:
    """2,600.00 is the upper edge of class 30 (2,500 to 2,600): 44.65 and 12.75; SKBBK 19.15; Act 800 0.2 % of 2,550."""
    september = book().on(date(2026, 9, 1), DECIDED)
    due = contribution(rm("2600.00"), Category.FIRST, september)
    assert (due.employer, due.employee) == (4_465, 1_275)
    assert skbbk_contribution(rm("2600.00"), Category.FIRST, september) == 1_915
    both = act800_contribution(rm("2600.00"), True, september)
    assert (both.employer, both.employee) == (510, 510)


def test_the_top_rate_is_rounded_once() -> None:
    """5,950 ÷ 30 × 80 % = 158.666..., so 158.67; rounding 198.33 first would give 158.66 (rules S1)."""
    assert daily_rate(Fraction(595_000), law()) == 15_867
