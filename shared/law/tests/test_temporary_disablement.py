"""Temporary disablement benefit beyond the story: floors, gaps, overlaps, and each assumption turned round."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from shared.kernel.periods import Days, Month, count_days
from shared.law.act4.temporary_disablement.rules import certified_days, daily_rate, payable_days
from shared.law.act4.wage_base.rules import average_assumed_monthly_wage, wage_base
from shared.law.book import Book, LawOn, book
from shared.law.errors import NoWageMonth

KNOWN = date(2026, 11, 22)
ACCIDENT = date(2026, 7, 15)
CERTIFICATE = Days(date(2026, 7, 15), date(2026, 7, 20))
NO_DAYS: tuple[date, ...] = ()


def law() -> LawOn:
    return book().on(ACCIDENT, KNOWN)


def contrary(folder: Path, *figures: str) -> LawOn:
    """The law with yes-or-no figures that say no."""
    for figure in figures:
        path = folder / f"{figure.replace('.', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            "title: Turned round\nunit: yes_no\nentries:\n  - in_force: 2013-01-01\n    known: 2013-01-01\n"
            "    value: no\n    law: Act 4, s.22\n    source: a test\n    certainty: enacted\n",
            encoding="utf-8",
        )
    return Book({**book().figures, **Book.load(folder).figures}).on(ACCIDENT, KNOWN)


@pytest.mark.parametrize(
    ("day", "average", "rate"),
    [
        (date(2013, 12, 31), 2_000, 1_000),  # 20 ÷ 30 × 80 % = 0.53, floor RM10
        (date(2014, 1, 1), 2_000, 3_000),  # floor RM30
        (date(2026, 7, 15), 112_500, 3_000),  # 1,125 ÷ 30 × 80 % = 30.00 exactly
        (date(2026, 7, 15), 112_519, 3_001),  # 30.00506..., above half a sen
        (date(2026, 7, 15), 295_000, 7_867),  # dossier act4 §3.2: 78.67
        (date(2026, 7, 15), 395_000, 10_533),  # 105.33
        (date(2026, 7, 15), 495_000, 13_200),  # 132.00
    ],
)
def test_the_daily_rate_is_rounded_once_and_has_a_floor(day: date, average: int, rate: int) -> None:
    assert daily_rate(Fraction(average), book().on(day, KNOWN)) == rate


def test_the_accident_day_is_payable_when_no_wages_were_paid_for_it() -> None:
    assert payable_days([CERTIFICATE], ACCIDENT, NO_DAYS, None, law()) == (CERTIFICATE,)
    assert payable_days([CERTIFICATE], ACCIDENT, [ACCIDENT], None, law()) == (
        Days(date(2026, 7, 16), CERTIFICATE.last),
    )


def test_overlapping_certificates_count_each_day_once_and_days_before_the_accident_never() -> None:
    certificates = [Days(date(2026, 7, 10), date(2026, 7, 18)), CERTIFICATE, Days(date(2026, 7, 25), date(2026, 7, 26))]
    expected = (CERTIFICATE, Days(date(2026, 7, 25), date(2026, 7, 26)))
    assert certified_days(certificates, ACCIDENT, None, law()) == expected


def test_a_worked_day_in_the_middle_splits_what_is_paid() -> None:
    payable = payable_days([CERTIFICATE], ACCIDENT, [date(2026, 7, 17)], None, law())
    assert payable == (Days(ACCIDENT, date(2026, 7, 16)), Days(date(2026, 7, 18), date(2026, 7, 20)))


def test_fit_from_the_accident_on_leaves_nothing() -> None:
    assert certified_days([CERTIFICATE], ACCIDENT, ACCIDENT, law()) == ()
    assert payable_days([CERTIFICATE], ACCIDENT, NO_DAYS, ACCIDENT, law()) == ()


def test_each_assumption_about_days_is_a_figure_that_can_be_turned_round(tmp_path: Path) -> None:
    rules = ("accident_day_payable", "last_certified_day_payable", "final_certificate_supersedes")
    against = contrary(tmp_path, *(f"act4.temporary_disablement.{name}" for name in rules))
    payable = payable_days([CERTIFICATE], ACCIDENT, NO_DAYS, date(2026, 7, 17), against)
    assert payable == (Days(date(2026, 7, 16), date(2026, 7, 19)),)
    assert count_days(payable) == 4


def test_a_month_without_spell_or_contribution_is_not_counted() -> None:
    base = wage_base(ACCIDENT, {Month(2026, 5): 245_000}, open_spell=set(), law=law())
    assert base.assumed == {Month(2026, 5): 245_000}
    assert average_assumed_monthly_wage(base.assumed, law()) == 245_000


def test_the_last_known_class_may_lie_before_the_window_but_never_after_it() -> None:
    months = {Month(2025, 11): 205_000, Month(2026, 7): 595_000}
    base = wage_base(ACCIDENT, months, open_spell={Month(2026, 6), Month(2026, 7)}, law=law())
    assert base.assumed == {Month(2026, 6): 205_000}
    assert base.provisional == (Month(2026, 6),)


def test_the_last_known_class_is_that_of_the_newest_month_even_for_a_gap_before_it() -> None:
    months = {Month(2026, 1): 205_000, Month(2026, 4): 245_000}
    base = wage_base(ACCIDENT, months, open_spell={Month(2026, 3), Month(2026, 6)}, law=law())
    assert base.assumed == {**months, Month(2026, 3): 245_000, Month(2026, 6): 245_000}
    assert list(base.assumed) == sorted(base.assumed)
    assert base.provisional == (Month(2026, 3), Month(2026, 6))


def test_without_any_contribution_there_is_no_wage_base() -> None:
    with pytest.raises(NoWageMonth):
        wage_base(ACCIDENT, {}, open_spell={Month(2026, 6)}, law=law())
    with pytest.raises(NoWageMonth):
        wage_base(ACCIDENT, {Month(2026, 7): 595_000}, open_spell=set(), law=law())
    with pytest.raises(NoWageMonth):
        average_assumed_monthly_wage({}, law())


@pytest.mark.parametrize("figure", ["open_spell_makes_payable", "last_known_class_rates"])
def test_without_either_assumption_a_missing_month_is_left_out(tmp_path: Path, figure: str) -> None:
    against = contrary(tmp_path, f"act4.wage_base.{figure}")
    base = wage_base(ACCIDENT, {Month(2026, 5): 245_000}, open_spell={Month(2026, 6)}, law=against)
    assert (base.assumed, base.provisional) == ({Month(2026, 5): 245_000}, ())


def test_seven_months_are_more_than_the_window_holds() -> None:
    with pytest.raises(ValueError, match="window"):
        average_assumed_monthly_wage({Month(2026, number): 245_000 for number in range(1, 8)}, law())
