"""A decision listens to the months that rate it, and to those that would if a line of theirs arrived (rules F2)."""

from dataclasses import replace
from datetime import UTC, date, datetime

from services.claims.domain.facts import InjuryFacts, WageMonth
from services.claims.domain.temporary_disablement import FURTHEST_BACK, months_that_would_count
from shared.kernel.periods import Month
from shared.law.book import book

ACCIDENT = date(2026, 7, 15)
LAW = book().on(ACCIDENT, date(2026, 8, 20))
WINDOW = [Month(2026, number) for number in range(1, 7)]
NOTHING_KNOWN = InjuryFacts(
    person=1, person_revision=1, born_on=date(1990, 1, 14), happened_on=ACCIDENT, certificates=(),
    worked_with_wages=(), spells=(), memberships=(), wages=(), watermarks={},
    known_to=datetime(2026, 8, 20, tzinfo=UTC),
)  # fmt: skip


def known(*months: str) -> InjuryFacts:
    return replace(NOTHING_KNOWN, wages=tuple(WageMonth(7, Month.of(month), 248_000, 1) for month in months))


def test_a_month_between_the_last_known_one_and_the_window_would_be_newer() -> None:
    months = months_that_would_count(known("2025-03", "2025-10"), LAW)
    assert list(months) == [Month(2025, 10), Month(2025, 11), Month(2025, 12), *WINDOW]


def test_the_month_just_before_the_window_is_the_newest_there_can_be() -> None:
    assert list(months_that_would_count(known("2025-12", "2026-02"), LAW)) == [Month(2025, 12), *WINDOW]


def test_with_nothing_known_two_years_are_listened_to() -> None:
    months = months_that_would_count(NOTHING_KNOWN, LAW)
    assert months[0] == Month(2024, 1)
    assert len(months) == FURTHEST_BACK + len(WINDOW)
