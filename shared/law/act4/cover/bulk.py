"""The categories of a whole population in one month: days in, marks out, equal row by row to the rules."""

from datetime import date

import numpy as np

from shared.kernel.periods import Month
from shared.law.book import LawOn
from shared.law.bulk import BoolArray, DayArray, ages_on


def first_category(born_on: DayArray, first_liable_on: DayArray, month: Month, law: LawOn) -> BoolArray:
    """Twin of `category`: who is in the first category in the month; raises NotYetLaw before the law has any."""
    then = law.on(month.first_day)
    counted_on = _day((month - then.months("act4.cover.switch_months")).last_day)
    was_late = ages_on(born_on, first_liable_on) >= then.age("act4.cover.first_liable_age")
    has_reached = ages_on(born_on, counted_on) >= then.age("act4.cover.second_category_age")
    return ~(was_late | has_reached)


def _day(day: date) -> DayArray:
    return np.array(day, dtype="datetime64[D]")
