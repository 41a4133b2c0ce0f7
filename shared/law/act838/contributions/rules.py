"""The contribution under Act 838: one amount for each period of twelve months, in advance (s.15, Third Schedule)."""

from shared.kernel.money import Sen
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2022-12-01")
def is_whole_periods(months: int, law: LawOn) -> bool:
    """Whether months are one contribution period or several."""
    return months > 0 and months % law.months("act838.contributions.months") == 0


@rule("2022-12-01")
def contribution(months: int, law: LawOn) -> Sen:
    """The contribution in sen for months that are whole periods; a ValueError for others."""
    if not is_whole_periods(months, law):
        raise ValueError("a contribution is for whole periods")
    return months // law.months("act838.contributions.months") * law.sen("act838.contributions.amount")
