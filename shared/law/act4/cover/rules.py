"""Who is covered against what under Act 4: the category of a person in a month, and its contingencies."""

from datetime import date
from enum import StrEnum

from shared.kernel.money import Sen
from shared.kernel.periods import Month, age_on, last_reached
from shared.law.book import LawOn
from shared.law.rule import rule

_FIGURES_OF_WORK = tuple(
    f"act4.cover.{name}" for name in ("excluded", "spouse_covered", "intern_allowance_over", "domestic_workers_covered")
)


class Category(StrEnum):
    """The categories of section 6(2)."""

    FIRST = "first"
    SECOND = "second"


@rule("2013-01-01")
def category(born_on: date, first_liable_on: date, month: Month, law: LawOn) -> Category:
    """The category of a person in a contribution month, by the law of that month (Act 4 s.6(2), First Schedule).

    Second is who was first liable at 55 or later, and who has reached 60; the month of the switch is `assumed`.
    """
    then = law.on(month.first_day)
    if age_on(born_on, first_liable_on) >= then.age("act4.cover.first_liable_age"):
        return Category.SECOND
    counted_on = (month - then.months("act4.cover.switch_months")).last_day
    reached = age_on(born_on, counted_on) >= then.age("act4.cover.second_category_age")
    return Category.SECOND if reached else Category.FIRST


@rule("2013-01-01")
def possible_categories(born_on: date, first_liable_on: date | None, month: Month, law: LawOn) -> tuple[Category, ...]:
    """The categories that a person may have in a month, also where first liability is not known (Act 4 s.6(2)).

    Without it: first before the age at which first liability makes the second, second from 60, and between them both.
    """
    if first_liable_on is not None:
        return (category(born_on, first_liable_on, month, law),)
    then = law.on(month.first_day)
    if age_on(born_on, month.last_day) < then.age("act4.cover.first_liable_age"):
        return (Category.FIRST,)
    liable_since_birth = category(born_on, born_on, month, law)
    return (Category.SECOND,) if liable_since_birth is Category.SECOND else (Category.FIRST, Category.SECOND)


@rule("2013-01-01")
def contingencies(category: Category, law: LawOn) -> tuple[str, ...]:
    """What a category covers on the day of the law: employment_injury, invalidity, non_employment_injury (s.6(2))."""
    return law.names(f"act4.cover.{category.value}_category")


@rule("2013-01-01")
def covered_against(category: Category, foreign: bool, law: LawOn) -> tuple[str, ...]:
    """The contingencies of a person on the day of the law, sorted; of a foreign worker only those open to them.

    Employment injury since 1 January 2019, invalidity since 1 July 2024; `NotYetLaw` before.
    """
    covered = set(contingencies(category, law))
    if foreign:
        covered &= set(law.names("act4.cover.foreign_contingencies"))
    return tuple(sorted(covered))


@rule("2013-01-01")
def contributes_as(category: Category, foreign: bool, law: LawOn) -> Category:
    """The category by whose columns of the Third Schedule is contributed: the first only where invalidity is covered.

    So a foreign worker of the first category pays by the second until 30 June 2024 (Act 4 s.6(2)).
    """
    return Category.FIRST if "invalidity" in covered_against(category, foreign, law) else Category.SECOND


@rule("2013-01-01")
def within_first_wage_limit(first_wage: Sen, both_agreed: bool, law: LawOn) -> bool:
    """Whether the wage in sen at first employment lets a person in (First Schedule): no limit since 1 June 2016.

    A higher wage passes where employer and employee agreed.
    """
    if both_agreed or not law.says("act4.cover.first_wage_limit_applies"):
        return True
    return first_wage <= law.sen("act4.cover.first_wage_limit")


@rule("2013-01-01")
def work_is_covered(kind: str, spouse: bool, domestic: bool, allowance: Sen | None, law: LawOn) -> bool:
    """Whether the Act has such work on the day of the law, whoever does it (s.2(5), First Schedule).

    Of an intern the monthly allowance in sen decides, where it is known; of whoever is married to the employer, and of
    domestic workers, the day does. What the Act asks of foreign workers is for the caller to know.
    """
    if kind in law.names("act4.cover.excluded") or (spouse and not law.says("act4.cover.spouse_covered")):
        return False
    if kind == "paid_intern" and allowance is not None and allowance <= law.sen("act4.cover.intern_allowance_over"):
        return False
    return not domestic or law.says("act4.cover.domestic_workers_covered")


def as_first_liable(born_on: date, first_liable_on: date, law: LawOn) -> date:
    """A first day of liability that counts the same and is that of many: no rule, a search.

    `category` asks of that day which of the ages was reached that first liability makes the second category at.
    """
    entries = law.book.figures["act4.cover.first_liable_age"].entries
    return last_reached(born_on, first_liable_on, (each.value for each in entries if each.known <= law.known))


def first_day_of_foreign_workers(law: LawOn) -> date:
    """The first day on which the Act is open to foreign workers: no rule, a search."""
    entries = law.book.figures["act4.cover.foreign_workers_covered"].entries
    return min(entry.in_force for entry in entries if entry.value is True and entry.known <= law.known)


def days_on_which_work_may_change(law: LawOn) -> set[date]:
    """The days on which what the Act has of a kind of work may begin or end by an amendment: no rule, a search."""
    return {
        entry.in_force
        for name in _FIGURES_OF_WORK
        for entry in law.book.figures[name].entries
        if entry.known <= law.known
    }
