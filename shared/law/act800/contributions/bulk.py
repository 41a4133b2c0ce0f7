"""The contributions of this folder for a whole population: int64 arrays of sen in and out, equal row by row."""

from dataclasses import dataclass

import numpy as np

from shared.law.book import LawOn
from shared.law.bulk import BoolArray, Int64Array, class_numbers, pick


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
