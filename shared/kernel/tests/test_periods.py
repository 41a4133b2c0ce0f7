from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.periods import Days, MalformedPeriod, Month, age_on, collapse, count_days, days_without

DATES = st.dates(min_value=date(2020, 1, 1), max_value=date(2020, 3, 31))
RANGES = st.tuples(DATES, DATES).map(lambda days: Days(min(days), max(days)))


def test_a_month_is_read_from_a_text_and_from_a_day() -> None:
    assert Month.of("2026-06") == Month.of(date(2026, 6, 30)) == Month(2026, 6)
    assert str(Month(2026, 6)) == "2026-06"


@pytest.mark.parametrize("text", ["2026-6", "2026-13", "2026-00", "062026", "2026-06-01", " 2026-06", "0000-01"])
def test_a_text_that_is_not_a_month_is_refused(text: str) -> None:
    with pytest.raises(MalformedPeriod):
        Month.of(text)


def test_months_count_over_the_end_of_a_year() -> None:
    assert Month(2025, 12).next == Month(2026, 1)
    assert Month(2026, 1).previous == Month(2025, 12)
    assert Month(2026, 7) - Month(2025, 11) == 8
    assert Month(2026, 7) - 8 == Month(2025, 11)
    assert Month(2025, 12) < Month(2026, 1)


def test_a_month_knows_its_first_and_last_day() -> None:
    assert Month(2024, 2).days == Days(date(2024, 2, 1), date(2024, 2, 29))
    assert Month(2026, 2).last_day == date(2026, 2, 28)


def test_the_window_before_a_month_is_oldest_first_and_leaves_the_month_out() -> None:
    assert [str(month) for month in Month(2026, 7).window_before(6)] == [
        "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06",
    ]  # fmt: skip


@given(st.integers(min_value=24, max_value=9000 * 12), st.integers(min_value=-11, max_value=900))
def test_adding_months_and_taking_them_away_ends_where_it_began(number: int, step: int) -> None:
    month = Month(number // 12, number % 12 + 1)
    assert (month + step) - step == month
    assert (month + step) - month == step


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(MalformedPeriod):
        Days(date(2026, 7, 16), date(2026, 7, 15))


def test_a_range_holds_both_its_ends() -> None:
    days = Days(date(2026, 7, 15), date(2026, 8, 11))
    assert len(days) == len(list(days)) == 28
    assert date(2026, 7, 15) in days
    assert date(2026, 8, 11) in days
    assert date(2026, 8, 12) not in days


def test_ranges_meet_in_the_days_they_share() -> None:
    july = Month(2026, 7).days
    assert july.intersect(Days(date(2026, 7, 31), date(2026, 8, 11))) == Days(date(2026, 7, 31), date(2026, 7, 31))
    assert july.intersect(Month(2026, 8).days) is None


def test_days_taken_out_of_the_middle_split_a_range() -> None:
    left = days_without(
        [Days(date(2026, 7, 15), date(2026, 7, 20)), Days(date(2026, 7, 18), date(2026, 7, 22))],
        without=[date(2026, 7, 15), Days(date(2026, 7, 18), date(2026, 7, 19))],
    )
    assert left == (Days(date(2026, 7, 16), date(2026, 7, 17)), Days(date(2026, 7, 20), date(2026, 7, 22)))
    assert count_days(left) == 5


@given(st.lists(RANGES, max_size=5), st.lists(RANGES | DATES, max_size=5))
def test_what_is_left_is_each_day_that_is_not_taken_out(ranges: list[Days], without: list[Days | date]) -> None:
    taken = {day for part in without for day in (part if isinstance(part, Days) else (part,))}
    assert days_without(ranges, without) == collapse({day for part in ranges for day in part} - taken)


@given(st.sets(DATES))
def test_collapsed_ranges_hold_exactly_the_days_and_never_touch(days: set[date]) -> None:
    ranges = collapse(days)
    assert {day for part in ranges for day in part} == days
    assert all(one.last + timedelta(days=1) < two.first for one, two in pairwise(ranges))


def test_age_is_completed_on_the_birthday_and_on_1_march_for_a_leap_day() -> None:
    assert age_on(date(1966, 6, 1), date(2026, 5, 31)) == 59
    assert age_on(date(1966, 6, 1), date(2026, 6, 1)) == 60
    assert age_on(date(1964, 2, 29), date(2019, 2, 28)) == 54
    assert age_on(date(1964, 2, 29), date(2019, 3, 1)) == 55
