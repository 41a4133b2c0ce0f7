"""The pension's months, worked by hand: whatever day the story begins on."""

from datetime import date

import pytest

from deploy.local.pension import months_from


@pytest.mark.parametrize(
    ("noticed_on", "months"),
    [
        # Two of the 30 days of November: 1,475.00 x 2 / 30 = 98.33; 31 December 2026 is a Thursday.
        (date(2026, 11, 29), [(9833, date(2026, 11, 30)), (147500, date(2026, 12, 31)), (147500, date(2027, 1, 29))]),
        # A whole month from its first day on; the last banking days of 2026 (31 August is National Day).
        (date(2026, 7, 1), [(147500, date(2026, 7, 31)), (147500, date(2026, 8, 28)), (147500, date(2026, 9, 30))]),
        # The last day of February: 1,475.00 / 28 = 52.68.
        (date(2027, 2, 28), [(5268, date(2027, 2, 28)), (147500, date(2027, 3, 31)), (147500, date(2027, 4, 30))]),
    ],
    ids=str,
)
def test_what_is_left_of_a_month_and_two_more(noticed_on: date, months: list[tuple[int, date]]) -> None:
    assert [(each.amount_sen, each.due_on) for each in months_from(noticed_on)] == months
