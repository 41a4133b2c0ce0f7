"""A decision listens to the months that rate it, and to those that would if a line of theirs arrived (rules F2)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from services.claims.domain.employments import months_that_would_count
from services.claims.domain.facts import InjuryFacts, Spell, WageMonth
from shared.kernel.periods import Month
from shared.law.book import book

ACCIDENT = date(2026, 7, 15)
LAW = book().on(ACCIDENT, date(2026, 8, 20))
WINDOW = [Month(2026, number) for number in range(1, 7)]
NOTHING_KNOWN = InjuryFacts(
    person=1, person_revision=1, born_on=date(1990, 1, 14), happened_on=ACCIDENT, certificates=(),
    worked_with_wages=(), spells=(Spell(UUID(int=1), 7, date(2020, 1, 6), None, 1),), memberships=(), wages=(),
    watermarks={}, known_to=datetime(2026, 8, 20, tzinfo=UTC),
)  # fmt: skip


def known(*months: str, employer: int = 7) -> InjuryFacts:
    return replace(NOTHING_KNOWN, wages=tuple(WageMonth(employer, Month.of(month), 248_000, 1) for month in months))


def test_when_all_months_are_known_no_other_would_count() -> None:
    assert list(months_that_would_count(known("2025-12", *map(str, WINDOW)), LAW)) == WINDOW


def test_for_a_missing_month_a_class_of_the_year_before_may_stand_in() -> None:
    for facts in (NOTHING_KNOWN, known("2025-03", "2026-02")):
        months = months_that_would_count(facts, LAW)
        assert (months[0], months[-1], len(months)) == (Month(2025, 1), Month(2026, 6), 18)


def test_the_wages_of_an_employer_without_a_spell_make_no_month_known() -> None:
    assert months_that_would_count(known(*map(str, WINDOW), employer=8), LAW)[0] == Month(2025, 1)
