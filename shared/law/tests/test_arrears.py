"""Interest on late contributions: both readings of regulation 33, grace months, and the time limits of registration."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from shared.law.act4.arrears.errors import UnknownReading
from shared.law.act4.arrears.rules import (
    compound_bounds,
    exact_interest,
    interest_in_parts,
    late_interest,
    months_late,
    waived,
)
from shared.law.act4.registration.rules import (
    keep_records_to,
    kept_for_life_to,
    notify_cessation_by,
    register_employee_by,
    register_employer_by,
)
from shared.law.tests.turned import law_of, turned

DUE = date(2026, 2, 15)
READING_B = {"act4.arrears.interest_reading": ("text", "by_month")}


@pytest.mark.parametrize(
    ("amount", "paid", "interest"),
    [
        (100_000, DUE, 0),
        (100_000, date(2026, 2, 14), 0),
        (0, date(2027, 2, 15), 0),
        (1, date(2026, 2, 16), 500),  # the minimum
        (100_000, date(2026, 3, 17), 500),  # 4.93
        (100_000, date(2026, 3, 18), 510),  # 5.0958...
        (50_125, date(2026, 4, 29), 602),  # 6.015: half a sen goes up
        (10_000_000, date(2027, 2, 15), 600_000),
    ],
)
def test_reading_a_charges_six_percent_a_year_by_the_day_and_five_ringgit_at_least(
    amount: int, paid: date, interest: int
) -> None:
    """Act 4 s.14A; General Regulations 1971, reg. 33 (dossier act4 §1.4)."""
    assert late_interest(amount, DUE, paid, law_of(paid)) == interest


@pytest.mark.parametrize(
    ("amount", "paid", "interest"),
    [
        (100_000, DUE, 0),
        (100_000, date(2026, 2, 16), 500),  # part of a month
        (100_000, date(2026, 3, 15), 500),
        (100_000, date(2026, 3, 16), 1_000),  # a second month begun
        (1_000_000, date(2026, 3, 15), 5_000),  # 10,000 × 6 % × 28 / 365 = 46.03, up to 50
        (10_000_000, date(2027, 2, 15), 600_000),  # exactly a multiple
        (10_000_001, date(2027, 2, 15), 600_500),
    ],
)
def test_reading_b_charges_each_month_begun_and_rounds_larger_sums_up(
    tmp_path: Path, amount: int, paid: date, interest: int
) -> None:
    """The other reading of reg. 33, kept in the book and not in use (`assumed`)."""
    assert late_interest(amount, DUE, paid, turned(tmp_path, str(paid), READING_B)) == interest


def test_a_reading_that_no_rule_knows_is_an_error(tmp_path: Path) -> None:
    law = turned(tmp_path, "2026-03-18", {"act4.arrears.interest_reading": ("text", "weekly")})
    with pytest.raises(UnknownReading, match="weekly"):
        late_interest(100_000, DUE, DUE, law)


def test_parts_are_late_each_on_its_own_with_one_minimum_and_one_rounding() -> None:
    """6,000.00 for 31 days is 30.5753..., 4,000.00 for 91 days 59.8356...: together 90.4109..., which is 90.41; rounded
    each on its own they would be 90.42. Of 10.00 on each of two days it is RM5 once."""
    law = law_of("2026-05-17")
    parts = [(600_000, date(2026, 3, 18)), (400_000, date(2026, 5, 17)), (999_999, DUE)]
    assert interest_in_parts(parts, DUE, law) == 9_041
    assert interest_in_parts([(1_000, date(2026, 2, 16)), (1_000, date(2026, 2, 17))], DUE, law) == 500
    assert interest_in_parts([(1_000, DUE)], DUE, law) == 0
    assert interest_in_parts([], DUE, law) == 0


def test_by_the_month_each_part_is_charged_as_a_sum_of_its_own(tmp_path: Path) -> None:
    law = turned(tmp_path, "2026-03-16", READING_B)
    parts = [(100_000, date(2026, 2, 16)), (100_000, date(2026, 3, 16))]
    assert interest_in_parts(parts, DUE, law) == 500 + 1_000


def test_the_exact_interest_has_no_minimum() -> None:
    assert exact_interest(100_000, 30, law_of("2026-03-17")) == Fraction(100_000 * 6 * 30, 36_500)
    assert exact_interest(100_000, 0, law_of("2026-03-17")) == 0


@pytest.mark.parametrize(
    ("due", "paid", "months"),
    [
        (date(2026, 2, 15), date(2026, 2, 16), 1),
        (date(2026, 2, 15), date(2026, 3, 15), 1),
        (date(2026, 2, 15), date(2026, 3, 16), 2),
        (date(2025, 12, 15), date(2026, 1, 16), 2),
        (date(2026, 1, 31), date(2026, 2, 28), 1),  # a month ends with a shorter one
        (date(2026, 1, 31), date(2026, 3, 1), 2),
    ],
)
def test_a_month_begun_is_a_month(due: date, paid: date, months: int) -> None:
    assert months_late(due, paid) == months


@pytest.mark.parametrize(
    ("day", "all_waived", "skbbk_waived"),
    [
        ("2024-04-30", False, None),
        ("2024-05-01", True, True),
        ("2024-05-31", True, True),
        ("2024-06-01", False, None),
        ("2025-03-31", False, None),
        ("2025-04-01", True, True),
        ("2025-05-31", True, True),
        ("2025-06-01", False, None),
        ("2026-06-01", False, True),
        ("2026-11-30", False, True),
        ("2026-12-01", False, False),
    ],
)
def test_interest_is_waived_in_grace_months_and_for_skbbk_in_its_first_six(
    day: str, all_waived: bool, skbbk_waived: bool | None
) -> None:
    """Dossier act4 §1.4; before June 2026 there is no SKBBK to ask about."""
    law = law_of(day)
    assert waived(False, law) is all_waived
    if skbbk_waived is not None:
        assert waived(True, law) is skbbk_waived


def test_registration_has_thirty_days_and_records_are_kept_for_seven_years() -> None:
    """Act 4 ss.4, 5; General Regulations 1971 (dossier act4 §1.3)."""
    law = law_of("2026-07-01")
    assert register_employer_by(date(2026, 7, 1), law) == date(2026, 7, 31)
    assert register_employee_by(date(2026, 7, 15), law) == date(2026, 8, 14)
    assert notify_cessation_by(date(2026, 12, 31), law) == date(2027, 1, 30)
    assert keep_records_to(date(2026, 7, 1), law) == date(2033, 7, 1)
    assert keep_records_to(date(2024, 2, 29), law) == date(2031, 2, 28)


def test_the_record_of_somebody_of_whom_no_death_is_known_is_kept_seven_years_beyond_the_hundredth() -> None:
    law = law_of("2026-07-01")
    assert kept_for_life_to(date(1985, 7, 15), law) == date(2092, 7, 15)
    assert kept_for_life_to(date(2000, 2, 29), law) == date(2107, 2, 28)


@pytest.mark.parametrize(
    ("day", "bounds"),
    [
        (date(2018, 7, 27), (50_000, 400_000)),
        (date(2024, 4, 30), (50_000, 500_000)),
        (date(2024, 5, 31), None),  # a grace month
        (date(2024, 6, 1), (50_000, 500_000)),
    ],
)
def test_a_compound_has_bounds_and_none_is_offered_in_a_grace_month(day: date, bounds: tuple[int, int] | None) -> None:
    """Act 4 s.95A and the organisation's practice (dossier act4 §1.4, §4.6)."""
    assert compound_bounds(law_of(day)) == bounds


def test_a_compound_is_never_above_the_acts_part_of_the_highest_fine(tmp_path: Path) -> None:
    law = turned(tmp_path, "2026-08-03", {"act4.arrears.compound_share": ("percent", "30")})
    assert compound_bounds(law) == (50_000, 300_000)
