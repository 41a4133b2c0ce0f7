"""Job search allowance: a falling share of the assumed monthly wage for up to six months (Act 800 ss.27-44)."""

from datetime import date, timedelta
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.law.act4.calendar.rules import moved_from_holiday
from shared.law.book import LawOn
from shared.law.rule import rule

SHARES = "act800.job_search.shares"


@rule("2018-01-01")
def monthly_amounts(average: Fraction, months: int, law: LawOn) -> tuple[Sen, ...]:
    """The allowance of month 1, 2, ... in sen, for so many months of benefit (s.34).

    `average` is the exact average assumed monthly wage in sen. An amount a month is what is paid, so each is rounded,
    half up, once; a total is their sum. `OutsideTable` for more months than the Act has shares.
    """
    table = law.table(SHARES)
    shares = (table.share(table.find(month), "share") for month in range(1, months + 1))
    return tuple(half_up(average * share) for share in shares)


@rule("2018-01-01")
def report_due_on(accepted_on: date, law: LawOn) -> date:
    """The last day to report that work was accepted (s.34); of a holiday the day after (`assumed`)."""
    return moved_from_holiday(accepted_on + timedelta(days=law.days("act800.job_search.report_limit")), law)
