"""Permanent disablement beyond the worked cases: options, limits, factors, and each assumption turned round (s.22)."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from shared.kernel.money import sen_from_ringgit
from shared.law.act4.permanent_disablement.errors import LumpSumFactorUnknown
from shared.law.act4.permanent_disablement.rules import (
    Option,
    allows,
    applied_in_time,
    commuted_part,
    counted_loss,
    day_of_age,
    lump_sum,
    lump_sum_factor,
    rate_beside,
)
from shared.law.book import LawOn, book
from shared.law.case_files import read_cases
from shared.law.cases import OWN
from shared.law.determination import determination, determine
from shared.law.tests.turned import overlaid

ACCIDENT = date(2025, 7, 1)
KNOWN = date(2026, 11, 22)
rm = sen_from_ringgit


def law() -> LawOn:
    return book().on(ACCIDENT, KNOWN)


def contrary(folder: Path, figure: str) -> LawOn:
    name = f"act4__permanent_disablement__{figure}"
    return overlaid(folder, "yes_no", **{name: "no"}).on(ACCIDENT, KNOWN)


@pytest.mark.parametrize(
    ("option", "loss", "allowed"),
    [
        (Option.PERIODIC, "1/100", True),
        (Option.PERIODIC, "1", True),
        (Option.LUMP_SUM, "1/5", True),
        (Option.LUMP_SUM, "2001/10000", False),
        (Option.COMMUTE, "1/5", False),
        (Option.COMMUTE, "2001/10000", True),
    ],
)
def test_up_to_a_fifth_is_a_lump_sum_and_above_it_a_fifth_is_commuted(option: Option, loss: str, allowed: bool) -> None:
    assert allows(option, Fraction(loss), law()) is allowed


def test_what_is_commuted_is_nothing_all_or_one_fifth() -> None:
    assert [commuted_part(option, law()) for option in Option] == [0, 1, Fraction(1, 5)]


def test_the_published_lump_sums_follow_from_one_factor() -> None:
    """The minister's examples of 2022: 118.50 and 148.50 × 20 % × 7,479."""
    for rate, whole in (("118.50", "177252.30"), ("148.50", "222126.30")):
        assert lump_sum(rm(rate), Fraction(rm(rate)), Fraction(1, 5), 30, law()) == rm(whole)


@pytest.mark.parametrize("age", [0, 3, 29, 31, 300])
def test_every_other_age_is_refused_by_the_name_of_the_figure(age: int) -> None:
    with pytest.raises(LumpSumFactorUnknown) as fault:
        lump_sum_factor(age, law())
    assert fault.value.facts == {"figure": "act4.permanent_disablement.lump_sum_factor", "age": age}
    assert fault.value.code == "lump_sum_factor_unknown"
    assert str(age) in str(fault.value.detail)


def test_a_lump_sum_of_the_exact_rate_is_the_other_reading(tmp_path: Path) -> None:
    """26.78 × 7,479 = 200,287.62; 26.775 × 7,479 = 200,250.225, half up 200,250.23."""
    rate, exact = rm("26.78"), Fraction(26775, 10)
    assert lump_sum(rate, exact, Fraction(1), 30, law()) == rm("200287.62")
    assert lump_sum(rate, exact, Fraction(1), 30, contrary(tmp_path, "lump_sum_of_rounded_rate")) == rm("200250.23")


def test_the_daily_rates_of_several_injuries_stop_at_a_full_loss(tmp_path: Path) -> None:
    assert rate_beside(10_710, 0, 17_850, law()) == 10_710
    assert rate_beside(10_710, 7_140, 17_850, law()) == 10_710
    assert rate_beside(10_710, 7_141, 17_850, law()) == 10_709
    assert rate_beside(10_710, 17_850, 17_850, law()) == 0
    assert rate_beside(10_710, 20_000, 17_850, law()) == 0
    assert rate_beside(10_710, 20_000, 17_850, contrary(tmp_path, "several_injuries_capped")) == 10_710


def test_earlier_losses_count_towards_the_limit(tmp_path: Path) -> None:
    tenth = Fraction(1, 10)
    assert counted_loss(tenth, Fraction(0), law()) == tenth
    assert counted_loss(tenth, Fraction(12, 100), law()) == Fraction(22, 100)
    assert counted_loss(tenth, Fraction(12, 100), contrary(tmp_path, "earlier_losses_count")) == tenth


def test_the_age_is_that_of_the_day_of_the_choice(tmp_path: Path) -> None:
    chosen = date(2026, 2, 1)
    assert day_of_age(ACCIDENT, chosen, law()) == chosen
    assert day_of_age(ACCIDENT, None, law()) == ACCIDENT
    assert day_of_age(ACCIDENT, chosen, contrary(tmp_path, "age_on_day_of_choice")) == ACCIDENT


@pytest.mark.parametrize(
    ("last", "applied", "in_time"),
    [
        (date(2025, 8, 11), date(2026, 8, 11), True),
        (date(2025, 8, 11), date(2026, 8, 12), False),
        (date(2024, 2, 29), date(2025, 2, 28), True),
        (date(2024, 2, 29), date(2025, 3, 1), False),
    ],
)
def test_an_application_comes_within_twelve_months(last: date, applied: date, in_time: bool) -> None:
    assert applied_in_time(last, applied, law()) is in_time


@pytest.mark.parametrize(
    ("applied_on", "is_asked"),
    [("2026-07-15", False), ("2026-07-16", True), ("2026-08-11", True), ("2026-08-12", False), ("2026-10-01", True)],
)
def test_whether_it_begins_after_temporary_disablement_is_asked_on_its_days_alone(
    applied_on: str, is_asked: bool
) -> None:
    """No decision rests on an assumption that cannot change it: it would name a reading that is open."""
    about, name = "act4 permanent disablement", "Applied for while temporary disablement goes on, it begins after it"
    (case,) = (each for each in read_cases(OWN) if (each.about, each.name) == (about, name))
    law = book().on(case.on, KNOWN)
    determine(determination(about), {**case.facts, "applied on": applied_on}, law)
    read = {entry.figure for entry in law.read}
    assert ("act4.permanent_disablement.begins_after_temporary" in read) is is_asked
