"""Who is insured under Act 800 on which days of employment: months by hand from the dossier (other-schemes §4.1)."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.domain.employment_insurance import insurance_membership, is_insured
from services.registration.domain.membership import Employed, Residing, joined
from services.registration.domain.skbbk import Standing
from shared.kernel.periods import Month
from shared.law.book import book

LAW = book().on(date(2026, 12, 31), date(2026, 12, 31))
DAYS = st.dates(date(2010, 1, 1), date(2031, 12, 31))


def day(text: str) -> date:
    return date.fromisoformat(text)


def insured_days(
    born_on: str, *spells: tuple[str, str], foreign: tuple[str, str] | None = None
) -> list[tuple[str, str]]:
    """First and last day of each period, "" for what is open; `foreign` are the days of a foreign worker."""
    residences = [Residing("citizen", None, None)]
    if foreign is not None:
        first, last = (day(each) if each else None for each in foreign)
        residences = [Residing("foreign_worker", first, last)]
    employed = tuple(Employed(day(first), day(last) if last else None) for first, last in spells)
    found = insurance_membership(day(born_on), Standing(employed, tuple(residences)), LAW)
    assert {period.category for period in found} <= {"insured"}
    return [(str(period.first), str(period.last or "")) for period in found]


@pytest.mark.parametrize(
    ("born_on", "spells", "found"),
    [
        # Until the month before the 60th birthday: February 2050.
        ("1990-03-15", [("2015-06-10", "")], [("2018-01-01", "2050-02-28")]),
        ("1990-03-15", [("2020-06-10", "2020-07-09")], [("2020-06-10", "2020-07-09")]),
        # From the month of the 18th birthday on.
        ("2008-07-31", [("2026-01-05", "")], [("2026-07-01", "2068-06-30")]),
        # First liable at 57, and a day before.
        ("1968-06-10", [("2025-06-10", "")], []),
        ("1968-06-10", [("2025-06-09", "")], [("2025-06-09", "2028-05-31")]),
        # Spells of several employers that overlap or adjoin are one.
        (
            "1990-03-15",
            [("2020-01-01", "2020-06-30"), ("2020-07-01", "2020-08-15"), ("2020-08-10", "2020-12-31")],
            [("2020-01-01", "2020-12-31")],
        ),
        ("1990-03-15", [("2017-01-01", "2017-12-31")], []),
    ],
)
def test_who_is_insured_on_which_days(
    born_on: str, spells: list[tuple[str, str]], found: list[tuple[str, str]]
) -> None:
    assert insured_days(born_on, *spells) == found


def test_a_foreign_worker_is_not_insured_and_a_permanent_resident_is_from_the_month_of_it() -> None:
    assert insured_days("1990-03-15", ("2024-01-01", ""), foreign=("", "")) == []
    assert insured_days("1990-03-15", ("2024-01-01", ""), foreign=("", "2025-05-20")) == [("2025-05-01", "2050-02-28")]
    came = insured_days("1990-03-15", ("2024-01-01", "2025-12-31"), foreign=("2025-06-01", "2025-08-31"))
    assert came == [("2024-01-01", "2025-05-31"), ("2025-09-01", "2025-12-31")]


@settings(max_examples=150, deadline=None)
@given(
    born_on=st.dates(date(1955, 1, 1), date(2010, 12, 31)),
    spells=st.lists(st.tuples(DAYS, st.integers(0, 900)), min_size=1, max_size=4),
    moves=st.lists(DAYS, max_size=2, unique=True),
)
def test_the_periods_are_exactly_the_employed_days_of_insured_months(
    born_on: date, spells: list[tuple[date, int]], moves: list[date]
) -> None:
    """Day by day, without the search for the months in which something may change."""
    employed = [Employed(first, first + timedelta(days=more)) for first, more in spells]
    standing = Standing(tuple(employed), _residences(sorted(moves)))
    periods = insurance_membership(born_on, standing, LAW)
    within = {period.first + timedelta(days=n) for period in periods for n in range(_length(period.first, period.last))}
    for days in joined(employed, date(2009, 1, 1)):
        for n in range(_length(days.first, days.last)):
            one = days.first + timedelta(days=n)
            assert (one in within) == is_insured(born_on, Month.of(one), standing, LAW), one
            within.discard(one)
    assert not within, "days without employment"


def _length(first: date, last: date | None) -> int:
    assert last is not None
    return (last - first).days + 1


def _residences(moves: list[date]) -> tuple[Residing, ...]:
    """Citizen and foreign worker in turn, changed on each of these days."""
    firsts = [None, *moves]
    lasts = [*(day - timedelta(days=1) for day in moves), None]
    kinds = ("foreign_worker", "citizen", "foreign_worker")
    return tuple(Residing(kinds[n], first, last) for n, (first, last) in enumerate(zip(firsts, lasts, strict=True)))
