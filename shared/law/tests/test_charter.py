"""The days that the client charter counts: August 2026, in which the 31st, a Monday, is Merdeka Day."""

from datetime import date

import pytest

from shared.law.act4.charter.rules import is_working_day, promised_days
from shared.law.errors import OutsideTable
from shared.law.tests.turned import law_of

LAW = law_of("2026-08-10")


@pytest.mark.parametrize(
    ("day", "works"),
    [(10, True), (14, True), (15, False), (16, False), (17, True), (31, False)],
    ids=["Monday", "Friday", "Saturday", "Sunday", "the next Monday", "a public holiday"],
)
def test_the_offices_work_from_monday_to_friday_but_for_public_holidays(day: int, works: bool) -> None:
    assert is_working_day(date(2026, 8, day), LAW) is works


def test_the_charter_promises_days_for_each_kind_and_for_nothing_else() -> None:
    assert [promised_days(name, LAW) for name in ("temporary_disablement", "funeral_benefit")] == [5, 3]
    with pytest.raises(OutsideTable):
        promised_days("a_cup_of_tea", LAW)
