"""The self-employed on both sides of every edge, and each assumption turned round (Act 789)."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from shared.kernel.clock import BUSINESS_ZONE
from shared.law.act4.dependants.rules import Relation
from shared.law.act789.contributions.rules import allows_plan, class_numbered, class_of, contribution
from shared.law.act789.cover.rules import (
    Payment,
    claimed_in_time,
    cover_ends,
    cover_turns,
    disease_presumed,
    is_covered,
    may_be_covered,
)
from shared.law.act789.daily_rate.rules import (
    by_the_month,
    commutable,
    permanent_exact,
    permanent_rate,
    rounded,
    temporary_rate,
)
from shared.law.act789.dependants.rules import beside_another, daily_share, shares
from shared.law.book import LawOn
from shared.law.errors import OutsideTable
from shared.law.tests.turned import law_of, turned

DAY = "2026-07-15"
MINUTE = timedelta(minutes=1)
PAID = datetime(2026, 1, 31, 10, 30, tzinfo=BUSINESS_ZONE)


def law() -> LawOn:
    return law_of(DAY)


def without(folder: Path, figure: str) -> LawOn:
    return turned(folder, DAY, {f"act789.{figure}": ("yes_no", "no")})


@pytest.mark.parametrize(
    ("months", "end"),
    [(1, (2026, 2, 28)), (12, (2027, 1, 31)), (13, (2027, 1, 31))],
)
def test_cover_ends_at_the_time_of_payment_and_after_twelve_months_at_last(
    months: int, end: tuple[int, int, int]
) -> None:
    assert cover_ends(Payment(PAID, months), law()) == datetime(*end, 10, 30, tzinfo=BUSINESS_ZONE)


def test_cover_begins_with_the_minute_of_payment_and_ends_before_that_minute(tmp_path: Path) -> None:
    payments = [Payment(PAID, 1)]
    end = datetime(2026, 2, 28, 10, 30, tzinfo=BUSINESS_ZONE)
    moments = (PAID - MINUTE, PAID, end - MINUTE, end, end + MINUTE)
    assert [is_covered(payments, each, law()) for each in moments] == [False, True, True, False, False]
    with_last = without(tmp_path / "a", "cover.last_minute_excluded")
    assert [is_covered(payments, each, with_last) for each in moments] == [False, True, True, True, False]
    midnight = without(tmp_path / "b", "cover.begins_with_payment")
    day = datetime(2026, 1, 31, tzinfo=BUSINESS_ZONE)
    assert [is_covered(payments, each, midnight) for each in (day - MINUTE, day, end)] == [False, True, False]


def test_a_claim_comes_within_72_months() -> None:
    assert claimed_in_time(date(2020, 7, 15), date(2026, 7, 15), law())
    assert not claimed_in_time(date(2020, 7, 15), date(2026, 7, 16), law())


def test_a_listed_disease_is_presumed_within_72_months_of_the_activity() -> None:
    assert disease_presumed(True, date(2020, 7, 15), date(2026, 7, 15), law())
    assert not disease_presumed(True, date(2020, 7, 15), date(2026, 7, 16), law())
    assert not disease_presumed(False, date(2020, 7, 15), date(2026, 7, 15), law())


def test_rates_are_shares_of_a_thirtieth_rounded_half_up(tmp_path: Path) -> None:
    """1,050.00 / 30 = 35.00; 80 % of it 28.00; 90 % of 3,950.00 / 30 is 118.50, a third of it 39.50."""
    assert temporary_rate(105_000, law()) == 2_800
    assert permanent_exact(395_000, Fraction(1, 3), law()) == 3_950
    assert (rounded(Fraction(21, 2), law()), rounded(Fraction(209, 20), law())) == (11, 10)
    assert rounded(Fraction(21, 2), without(tmp_path, "daily_rate.rounded_half_up")) == 10
    assert by_the_month(2_800, law()) == 84_000


@pytest.mark.parametrize(
    ("earlier", "expected"), [(0, 5_925), (5_925, 5_925), (5_926, 5_924), (11_850, 0), (12_000, 0)]
)
def test_rates_of_several_injuries_do_not_exceed_that_of_a_total_loss(earlier: int, expected: int) -> None:
    """3,950.00 / 30 × 90 % = 118.50; half of it 59.25."""
    assert permanent_rate(395_000, Fraction(1, 2), earlier, law()) == expected


def test_up_to_twenty_percent_in_all_may_be_commuted() -> None:
    assert commutable(Fraction(20, 100), Fraction(0), law()) == 1
    assert commutable(Fraction(10, 100), Fraction(10, 100), law()) == 1
    assert commutable(Fraction(10, 100), Fraction(11, 100), law()) == Fraction(1, 5)


WIDOW, CHILD, PARENT = Relation.WIDOW, Relation.CHILD, Relation.PARENT
SIBLING, GRANDPARENT = Relation.SIBLING, Relation.GRANDPARENT


@pytest.mark.parametrize(
    ("relations", "expected"),
    [
        ({}, {}),
        ({"a": WIDOW}, {"a": "3/5"}),
        ({"a": WIDOW, "b": WIDOW, "c": CHILD}, {"a": "3/10", "b": "3/10", "c": "2/5"}),
        ({"a": WIDOW, "b": CHILD, "c": CHILD}, {"a": "3/7", "b": "2/7", "c": "2/7"}),
        ({"a": CHILD, "b": CHILD, "c": PARENT}, {"a": "3/10", "b": "3/10", "c": "0"}),
        ({"a": PARENT, "b": PARENT, "c": SIBLING}, {"a": "1/5", "b": "1/5", "c": "0"}),
        ({"a": SIBLING, "b": GRANDPARENT}, {"a": "2/5", "b": "0"}),
        ({"a": GRANDPARENT}, {"a": "2/5"}),
    ],
)
def test_dependants_share_by_class(relations: dict[str, Relation], expected: dict[str, str]) -> None:
    assert shares(relations, law()) == {name: Fraction(part) for name, part in expected.items()}


def test_the_other_dependants_come_in_turn_while_that_is_assumed(tmp_path: Path) -> None:
    together = without(tmp_path, "dependants.others_in_turn")
    assert shares({"a": PARENT, "b": SIBLING}, together) == {"a": Fraction(1, 5), "b": Fraction(1, 5)}


def test_a_share_is_rounded_half_up_while_that_is_assumed(tmp_path: Path) -> None:
    assert daily_share(Fraction(1_001), Fraction(1, 2), law()) == 501
    assert daily_share(Fraction(1_001), Fraction(1, 2), without(tmp_path, "dependants.share_rounded_half_up")) == 500


def test_the_higher_of_two_benefits_is_paid(tmp_path: Path) -> None:
    both = without(tmp_path, "dependants.higher_of_two_only")
    assert [beside_another(500, other, law()) for other in (499, 500, 501)] == [500, 500, 0]
    assert beside_another(500, 501, both) == 500


def test_a_class_is_found_by_what_it_insures_and_by_its_number() -> None:
    first = class_numbered(1, law())
    assert class_of(first.earning, law()) == first
    assert contribution(first.earning, 12, law()) == first.monthly * 12
    last = class_numbered(30, law())
    assert class_of(last.earning, law()).number == 30
    for number in (0, 31):
        with pytest.raises(OutsideTable):
            class_numbered(number, law())
    with pytest.raises(OutsideTable):
        class_of(first.earning + 1, law())


def test_a_programme_is_for_one_plan_or_for_any() -> None:
    of_2025, of_2026 = law_of("2025-07-15"), law()
    assert allows_plan("sps_2025", "2", of_2025)
    assert not allows_plan("sps_2025", "4", of_2025)
    assert allows_plan("first_time_2026", "4", of_2026)


def test_cover_turns_only_where_it_may(tmp_path: Path) -> None:
    payments = [Payment(PAID, 1), Payment(PAID, 12)]
    assert cover_turns(payments, law()) == [PAID, cover_ends(payments[0], law()), cover_ends(payments[1], law())]
    inclusive = without(tmp_path, "cover.last_minute_excluded")
    (_, end) = cover_turns(payments[:1], inclusive)
    assert is_covered(payments[:1], end - timedelta.resolution, inclusive)
    assert not is_covered(payments[:1], end, inclusive)


def test_only_nationals_are_covered(tmp_path: Path) -> None:
    assert [may_be_covered(national, law()) for national in (True, False)] == [True, False]
    assert may_be_covered(False, without(tmp_path, "cover.nationals_only"))
