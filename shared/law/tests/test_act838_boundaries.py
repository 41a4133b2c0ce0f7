"""Housewives on both sides of every edge, and each assumption turned round (Act 838)."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from shared.kernel.clock import BUSINESS_ZONE
from shared.kernel.periods import Days, Month
from shared.law.act838.contributions.rules import contribution, is_whole_periods
from shared.law.act838.cover.rules import (
    claimed_in_time,
    contribution_turns,
    coverage_turns,
    end_of_age,
    in_contribution_period,
    in_coverage_period,
    may_be_covered,
    may_join,
    within_territory,
)
from shared.law.act838.morbid_allowance.rules import allowance, monthly, paid_at_age, part_of_month, rehabilitation
from shared.law.act838.permanent_disablement.rules import loss, loss_of_item, lump_sum
from shared.law.act838.survivors.rules import (
    Relation,
    Survivor,
    base,
    funeral,
    kept,
    monthly_share,
    opens,
    qualifies,
    shares,
)
from shared.law.book import LawOn
from shared.law.errors import OutsideTable
from shared.law.tests.turned import law_of, turned

DAY = "2026-07-15"
TODAY = date(2026, 7, 15)
MINUTE = timedelta(minutes=1)
HALF = Fraction(1, 2)


def law() -> LawOn:
    return law_of(DAY)


def without(folder: Path, figure: str) -> LawOn:
    return turned(folder, DAY, {f"act838.{figure}": ("yes_no", "no")})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BUSINESS_ZONE)


def test_who_may_be_covered_first_paid_before_54_and_is_under_55(tmp_path: Path) -> None:
    born = date(1970, 1, 1)
    assert may_be_covered(born, date(2023, 12, 31), True, date(2024, 12, 31), law())
    assert not may_be_covered(born, date(2024, 1, 1), True, date(2024, 12, 31), law())
    assert not may_be_covered(born, date(2023, 12, 31), True, date(2025, 1, 1), law())
    assert not may_be_covered(born, date(2023, 12, 31), False, date(2024, 12, 31), law())
    assert may_be_covered(
        born, date(2023, 12, 31), False, date(2024, 12, 31), without(tmp_path, "cover.nationals_only")
    )


def test_the_contribution_period_is_twelve_months_to_the_minute() -> None:
    payments = [at("2024-01-01T08:00"), at("2025-03-10T10:00")]
    paid, end = at("2025-03-10T10:00"), at("2026-03-10T10:00")
    assert not in_contribution_period(payments, paid - MINUTE, law())
    assert in_contribution_period(payments, paid, law())
    assert in_contribution_period(payments, end - MINUTE, law())
    assert not in_contribution_period(payments, end, law())


def test_one_payment_covers_twenty_months() -> None:
    payments = [at("2025-03-10T10:00")]
    moments = ("2025-03-10T09:59", "2025-03-10T10:00", "2026-11-10T09:59", "2026-11-10T10:00")
    assert [in_coverage_period(payments, at(each), law()) for each in moments] == [False, True, True, False]


def test_two_payments_within_twelve_months_cover_forty_from_the_first(tmp_path: Path) -> None:
    payments = [at("2025-03-10T10:00"), at("2024-03-10T10:00")]
    moments = ("2027-07-10T09:59", "2027-07-10T10:00", "2028-07-10T09:59", "2028-07-10T10:00")
    assert [in_coverage_period(payments, at(each), law()) for each in moments] == [True, False, False, False]
    from_second = without(tmp_path, "cover.coverage_from_latest_payments")
    assert [in_coverage_period(payments, at(each), from_second) for each in moments] == [True, True, True, False]


def test_payments_further_apart_cover_two_thirds_of_the_complete_months() -> None:
    """24 months paid are two thirds of 36, which are complete until 10 April 2027; of 37 they are less."""
    payments = [at("2024-03-10T10:00"), at("2025-03-11T10:00")]
    moments = ("2027-04-09T10:00", "2027-04-10T10:00")
    assert [in_coverage_period(payments, at(each), law()) for each in moments] == [True, False]


def test_a_payment_to_come_covers_nothing() -> None:
    payments = [at("2024-09-10T10:00"), at("2026-07-15T10:00")]
    assert not in_coverage_period(payments, at("2026-07-15T09:59"), law())
    assert in_coverage_period(payments, at("2026-07-15T10:00"), law())
    assert not in_coverage_period([], at(DAY), law())


@pytest.mark.parametrize(("kind", "happened"), [("injury", date(2025, 7, 15)), ("invalidity", date(2024, 7, 15))])
def test_a_claim_is_in_time_or_late_on_grounds(kind: str, happened: date, tmp_path: Path) -> None:
    late = TODAY + timedelta(days=1)
    assert claimed_in_time(happened, TODAY, kind, False, law())
    assert not claimed_in_time(happened, late, kind, False, law())
    assert claimed_in_time(happened, late, kind, True, law())
    assert not claimed_in_time(happened, late, kind, True, without(tmp_path, "cover.late_on_grounds"))


def test_the_incident_happens_in_malaysia(tmp_path: Path) -> None:
    assert within_territory(True, law())
    assert not within_territory(False, law())
    assert within_territory(False, without(tmp_path, "cover.malaysia_only"))


def test_a_death_before_55_opens_survivors_benefit() -> None:
    assert opens(date(1971, 7, 16), TODAY, law())
    assert not opens(date(1971, 7, 15), TODAY, law())


def test_the_base_is_her_allowance_or_half_the_presumed_income() -> None:
    assert base(45_000, law()) == 45_000
    assert base(None, law()) == 30_000


AT_21, AT_55 = date(2005, 7, 15), date(1971, 7, 15)
NEXT = timedelta(days=1)


@pytest.mark.parametrize(
    ("survivor", "expected"),
    [
        (Survivor(Relation.WIDOWER, AT_55 + NEXT), True),
        (Survivor(Relation.WIDOWER, AT_55), False),
        (Survivor(Relation.PARENT, AT_55 + NEXT), True),
        (Survivor(Relation.PARENT, AT_55), False),
        (Survivor(Relation.WIDOWER, date(1990, 1, 1), married_on=TODAY), False),
        (Survivor(Relation.WIDOWER, date(1990, 1, 1), married_on=TODAY + NEXT), True),
        (Survivor(Relation.CHILD, AT_21 + NEXT), True),
        (Survivor(Relation.CHILD, AT_21), False),
        (Survivor(Relation.CHILD, date(2008, 1, 1), married_on=TODAY), False),
        (Survivor(Relation.CHILD, AT_21, first_degree_until=TODAY), True),
        (Survivor(Relation.CHILD, AT_21, first_degree_until=TODAY - NEXT), False),
        (Survivor(Relation.CHILD, AT_21, first_degree_until=TODAY, married_on=TODAY), False),
        (Survivor(Relation.CHILD, AT_55 + NEXT, incapable=True), True),
        (Survivor(Relation.CHILD, AT_55, incapable=True), False),
    ],
)
def test_who_is_counted_as_a_survivor(survivor: Survivor, expected: bool) -> None:
    assert qualifies(survivor, TODAY, law()) is expected


def test_who_caused_the_death_forfeits_while_that_is_law(tmp_path: Path) -> None:
    guilty = Survivor(Relation.WIDOWER, date(1990, 1, 1), caused_death=True)
    assert kept(HALF, guilty, law()) == 0
    assert kept(HALF, Survivor(Relation.WIDOWER, date(1990, 1, 1)), law()) == HALF
    assert kept(HALF, guilty, without(tmp_path, "survivors.causing_death_forfeits")) == HALF


WIDOWER, CHILD, PARENT = Relation.WIDOWER, Relation.CHILD, Relation.PARENT


@pytest.mark.parametrize(
    ("relations", "expected"),
    [
        ({}, {}),
        ({"a": WIDOWER, "b": PARENT}, {"a": "3/5", "b": "0"}),
        ({"a": WIDOWER, "b": CHILD}, {"a": "3/5", "b": "2/5"}),
        ({"a": WIDOWER, "b": CHILD, "c": CHILD}, {"a": "3/7", "b": "2/7", "c": "2/7"}),
        ({"a": CHILD, "b": CHILD, "c": PARENT}, {"a": "3/10", "b": "3/10", "c": "0"}),
        ({"a": PARENT, "b": PARENT}, {"a": "1/5", "b": "1/5"}),
    ],
)
def test_survivors_share_by_class(relations: dict[str, Relation], expected: dict[str, str]) -> None:
    assert shares(relations, law()) == {name: Fraction(part) for name, part in expected.items()}


def test_a_share_is_rounded_half_up_while_that_is_assumed(tmp_path: Path) -> None:
    assert monthly_share(30_001, HALF, law()) == 15_001
    assert monthly_share(30_001, HALF, without(tmp_path, "survivors.share_rounded_half_up")) == 15_000


@pytest.mark.parametrize(
    ("born_on", "heir", "cost", "expected"),
    [
        (AT_55 + NEXT, True, 100, 300_000),
        (AT_55 + NEXT, False, 299_999, 299_999),
        (AT_55 + NEXT, False, 300_001, 300_000),
        (AT_55, True, 100, 0),
    ],
)
def test_the_funeral_benefit_is_paid_for_a_death_before_55(born_on: date, heir: bool, cost: int, expected: int) -> None:
    assert funeral(born_on, TODAY, heir, cost, law()) == expected


def test_the_morbid_allowance_is_half_the_presumed_income_paid_to_55() -> None:
    assert monthly(law()) == 30_000
    assert paid_at_age(AT_55 + NEXT, TODAY, law())
    assert not paid_at_age(AT_55, TODAY, law())


def test_a_broken_month_is_paid_by_its_own_days(tmp_path: Path) -> None:
    """300.00 × 17 / 31 = 164.516; × 10 / 31 = 96.774."""
    july = Month(2026, 7).days
    assert part_of_month(30_000, Days(TODAY, july.last), law()) == 16_452
    assert part_of_month(30_000, Days(date(2026, 7, 22), july.last), law()) == 9_677
    assert part_of_month(30_000, july, law()) == 30_000
    by_month = without(tmp_path, "morbid_allowance.broken_month_by_its_days")
    assert part_of_month(30_000, Days(TODAY, july.last), by_month) == 30_000


def test_allowances_are_fixed_and_dialysis_is_the_lower_of_limit_and_cost() -> None:
    assert allowance("attendance", 1, law()) == 25_000
    assert allowance("renal", 1, law()) == 20_000
    assert [allowance("dialysis", cost, law()) for cost in (19_999, 20_001)] == [19_999, 20_000]


@pytest.mark.parametrize(
    ("cost", "paid", "expected"),
    [(100, 0, 100), (5_000_001, 0, 5_000_000), (200, 4_999_900, 100), (200, 5_000_000, 0), (200, 5_000_100, 0)],
)
def test_rehabilitation_is_borne_to_its_limit_in_a_period(cost: int, paid: int, expected: int) -> None:
    assert rehabilitation(cost, paid, law()) == expected


@pytest.mark.parametrize(
    ("part", "paid", "expected"),
    [("1/10", 0, 300_000), ("1", 0, 3_000_000), ("1/2", 1_500_001, 1_499_999), ("1/2", 3_000_001, 0),
     ("1/2000000", 0, 2)],
)  # fmt: skip
def test_the_lump_sum_is_the_loss_of_30000_and_no_more_in_a_period(part: str, paid: int, expected: int) -> None:
    """30,000.00 / 2,000,000 = 0.015, half up 0.02."""
    assert lump_sum(Fraction(part), paid, law()) == expected


def test_losses_together_are_not_above_the_whole_and_items_are_1_to_55() -> None:
    assert loss([HALF, Fraction(1, 4)], law()) == Fraction(3, 4)
    assert loss([HALF, HALF, HALF], law()) == 1
    assert loss([], law()) == 0
    assert 0 < loss_of_item("55", law()) < 1
    with pytest.raises(OutsideTable):
        loss_of_item("56", law())


def test_a_contribution_is_for_whole_periods_of_twelve_months() -> None:
    assert [is_whole_periods(months, law()) for months in (0, 1, 12, 13, 24)] == [False, False, True, False, True]
    assert contribution(24, law()) == 24_000
    for months in (0, 13):
        with pytest.raises(ValueError, match="whole periods"):
            contribution(months, law())


def test_half_of_an_odd_income_is_rounded_half_up(tmp_path: Path) -> None:
    """50 % of 600.01 is 300.005."""
    odd = turned(tmp_path, DAY, {"act838.contributions.presumed_income": ("ringgit", '"600.01"')})
    assert base(None, odd) == 30_001
    assert monthly(odd) == 30_001


def test_both_periods_turn_only_where_they_may() -> None:
    """Two consecutive payments, a third one after a year without, a fourth: every rule of coverage is among them."""
    paid = [at("2023-01-10 09:00"), at("2024-01-10 08:00"), at("2026-02-01 10:00"), at("2026-12-01 10:00")]
    for turns, runs in (
        (contribution_turns(paid, law()), in_contribution_period),
        (coverage_turns(paid, law()), in_coverage_period),
    ):
        moments = [at("2022-12-01 00:00") + timedelta(days=number / 2) for number in range(6_000)]
        changes = [
            (before, after)
            for before, after in pairwise(moments)
            if runs(paid, before, law()) != runs(paid, after, law())
        ]
        assert changes
        assert all(any(before < turn <= after for turn in turns) for before, after in changes)
        assert not runs(paid, turns[-1], law())


def test_women_alone_join_until_they_are_55(tmp_path: Path) -> None:
    assert [may_join(woman, law()) for woman in (True, False)] == [True, False]
    assert may_join(False, without(tmp_path, "cover.women_only"))
    assert end_of_age(date(1980, 4, 9), law()) == date(2035, 4, 9)
