"""Who is covered against what under Act 4: the category of a person in a month, and its contingencies."""

from datetime import date
from enum import StrEnum

from shared.kernel.periods import Month, age_on
from shared.law.book import LawOn
from shared.law.rule import rule


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
def contingencies(category: Category, law: LawOn) -> tuple[str, ...]:
    """What a category covers on the day of the law: employment_injury, invalidity, non_employment_injury (s.6(2))."""
    return law.names(f"act4.cover.{category.value}_category")
