"""The rules of this folder for a whole population: days and int64 sen in, marks and sen out, equal row by row."""

from dataclasses import dataclass

import numpy as np

from shared.kernel.periods import Month
from shared.law.book import LawOn
from shared.law.bulk import BoolArray, DayArray, Int64Array, ages_on, class_numbers, pick


@dataclass(frozen=True, slots=True)
class Act800Columns:
    """Row by row: contributions of employer and employee in sen."""

    employer: Int64Array
    employee: Int64Array


def contributions(wages: Int64Array, is_insured: BoolArray, law: LawOn) -> Act800Columns:
    """Twin of `contribution` for wages of one month."""
    table = law.table("act800.contributions.classes")
    numbers = np.where(is_insured, class_numbers(wages, table), 0)
    return Act800Columns(pick(table, "employer", numbers), pick(table, "employee", numbers))


def insured(born_on: DayArray, first_liable_on: DayArray, foreign: BoolArray, month: Month, law: LawOn) -> BoolArray:
    """Twin of `insured` for one month; raises NotYetLaw before the Act."""
    then = law.on(month.first_day)
    on_last_day = then.says("act800.cover.age_on_last_day_of_month")
    day = np.array(month.last_day if on_last_day else month.first_day, dtype="datetime64[D]")
    ages = ages_on(born_on, day)
    is_of_age = (ages >= then.age("act800.cover.minimum_age")) & (ages < then.age("act800.cover.maximum_age"))
    is_insured = is_of_age & (ages_on(born_on, first_liable_on) < then.age("act800.cover.first_liable_age"))
    return is_insured if then.says("act800.cover.foreigners_insured") else is_insured & ~foreign
