"""The rules of this folder for a whole population: int64 arrays of sen in and out, equal row by row."""

from dataclasses import dataclass

import numpy as np

from shared.law.act4.cover.rules import Category, contingencies
from shared.law.book import LawOn
from shared.law.bulk import BoolArray, Int64Array, class_numbers, pick


@dataclass(frozen=True, slots=True)
class Act4Columns:
    """Row by row: class number (0 without wages), and in sen assumed wage, employer's and employee's contribution."""

    number: Int64Array
    assumed: Int64Array
    employer: Int64Array
    employee: Int64Array


def contributions(wages: Int64Array, first_category: BoolArray, law: LawOn) -> Act4Columns:
    """Twin of `wage_class` and `contribution` for wages of one month; `first_category` is false for the second."""
    table = law.table("act4.contributions.classes")
    numbers = class_numbers(wages, table)
    employer = np.where(first_category, pick(table, "employer_first", numbers), pick(table, "employer_second", numbers))
    employee = np.where(first_category, pick(table, "employee_first", numbers), 0)
    return Act4Columns(numbers, pick(table, "assumed", numbers), employer, employee)


def skbbk_contributions(wages: Int64Array, first_category: BoolArray, law: LawOn) -> Int64Array:
    """Twin of `skbbk_contribution` for wages of one month."""
    covered = [
        "non_employment_injury" in contingencies(category, law) for category in (Category.SECOND, Category.FIRST)
    ]
    if not any(covered):
        return np.zeros_like(wages)
    table = law.table("act4.contributions.skbbk")
    amounts = pick(table, "employee", class_numbers(wages, table))
    return np.where(np.array(covered)[first_category.astype(np.int64)], amounts, 0)
