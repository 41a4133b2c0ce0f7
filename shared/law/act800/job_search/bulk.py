"""Job search allowance for a whole population: int64 arrays of sen in and out, equal row by row to the rules."""

import numpy as np

from shared.law.act800.job_search.rules import SHARES
from shared.law.book import LawOn
from shared.law.bulk import Int64Array
from shared.law.errors import NoWageMonth, OutsideTable


def monthly_amounts(assumed_total: Int64Array, averaged: Int64Array, months: Int64Array, law: LawOn) -> Int64Array:
    """Twin of the rule `monthly_amounts`: a row a person, a column a month, in sen; zero after the last month.

    The average of a person is `assumed_total` (sen) by `averaged` (the number of months added); `months` are the months
    of benefit, 0 for who has none. Raises `NoWageMonth` and `OutsideTable` as the rules do for one person, `ValueError`
    for a negative number and `TypeError` for an array that is not int64.
    """
    table = law.table(SHARES)
    _check(assumed_total, averaged, months)
    if np.any((averaged == 0) & (months > 0)):
        raise NoWageMonth
    if np.any(months > len(table.rows)):
        raise OutsideTable(f"There are shares for {len(table.rows)} months.")
    result = np.zeros((len(months), len(table.rows)), dtype=np.int64)
    for column in range(len(table.rows)):
        share = table.share(table.find(column + 1), "share")
        divisor = np.maximum(averaged, 1) * share.denominator
        amount = (2 * assumed_total * share.numerator + divisor) // (2 * divisor)
        result[:, column] = np.where(months > column, amount, 0)
    return result


def _check(*arrays: Int64Array) -> None:
    for array in arrays:
        if array.dtype != np.int64:
            raise TypeError(f"sen and months are int64, not {array.dtype}")
        if np.any(array < 0):
            raise ValueError("sen and months are not negative")
