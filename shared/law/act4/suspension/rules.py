"""Suspension of a periodic benefit for what its payee did or does not do (Act 4, s.49)."""

from shared.kernel.periods import Days, Month
from shared.law.book import LawOn
from shared.law.errors import OutsideTable
from shared.law.rule import rule

_GROUNDS = "act4.suspension.grounds"


@rule("2013-01-01")
def may_be_suspended(benefit: str, ground: str, law: LawOn) -> bool:
    """Whether a benefit may be suspended on a ground."""
    table = law.table(_GROUNDS)
    try:
        return benefit in table.text(table.find(ground), "benefits").split()
    except OutsideTable:
        return False


@rule("2013-01-01")
def is_too_long(ground: str, months: Days | None, law: LawOn) -> bool:
    """Whether it lasts longer than the ground lets it; one without an end does where the ground has a longest time."""
    table = law.table(_GROUNDS)
    most = table.whole(table.find(ground), "most_months")
    if not most:
        return False
    return months is None or Month.of(months.last) - Month.of(months.first) + 1 > most


@rule("2013-01-01")
def months_are_lost(law: LawOn) -> bool:
    """Whether the months of a suspension that is over stay unpaid (`assumed`)."""
    return law.says("act4.suspension.months_lost")
