"""Monthly contributions under Act 789 of a whole population: int64 sen in and out, equal row by row."""

import numpy as np

from shared.law.book import LawOn
from shared.law.bulk import Int64Array, check_wages
from shared.law.errors import OutsideTable


def monthly_contributions(earnings: Int64Array, law: LawOn) -> Int64Array:
    """Twin of `class_of(earning).monthly`; `OutsideTable` if any insured earnings in sen are those of no class."""
    check_wages(earnings)
    table = law.table("act789.contributions.classes")
    insured = np.array(table.column("earning"), dtype=np.int64)
    rows = np.minimum(np.searchsorted(insured, earnings), len(insured) - 1)
    if np.any(insured[rows] != earnings):
        raise OutsideTable("Insured earnings of the population are those of no class.")
    return np.array(table.column("monthly"), dtype=np.int64)[rows]
