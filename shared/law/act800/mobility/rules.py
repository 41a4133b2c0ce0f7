"""Mobility assistance for work taken up far away (Act 800 s.37A, passed in 2026 and not commenced)."""

from datetime import date

from shared.kernel.periods import months_after
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("9999-01-01")
def far_enough(kilometres: int, law: LawOn) -> bool:
    """Whether the new workplace is over the distance; just the distance is not over it (s.37A)."""
    return kilometres > law.kilometres("act800.mobility.over_distance")


@rule("9999-01-01")
def reported_in_time(reported_on: date, last_allowance_on: date, law: LawOn) -> bool:
    """Whether work is taken up within 12 months after the last job search or early re-employment allowance (s.37A).

    Work taken up before it is in time too (`assumed`): early re-employment allowance is paid after it.
    """
    if reported_on <= last_allowance_on and not law.says("act800.mobility.before_last_allowance_counts"):
        return False
    return reported_on <= months_after(last_allowance_on, law.months("act800.mobility.limit"))
