"""Contributions under Act 838 of a whole population: whole months in, int64 sen out, equal row by row."""

from shared.law.book import LawOn
from shared.law.bulk import Int64Array


def contributions(months: Int64Array, law: LawOn) -> Int64Array:
    """Twin of `contribution`; a ValueError if any months are not whole periods."""
    period = law.months("act838.contributions.months")
    if ((months <= 0) | (months % period != 0)).any():
        raise ValueError("a contribution is for whole periods")
    return months // period * law.sen("act838.contributions.amount")
