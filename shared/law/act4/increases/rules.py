"""Increases of periodic benefits: by order, after an actuarial review, never by an index (Act 4)."""

from datetime import date
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.kernel.periods import Days, Month
from shared.law.book import LawOn
from shared.law.errors import OutsideTable
from shared.law.rule import rule

_REVIEWS = "act4.increases.reviews"


@rule("2013-01-01")
def is_a_review(first_day: str, law: LawOn) -> bool:
    """Whether a review took effect on a day ("2023-01-01")."""
    try:
        law.table(_REVIEWS).find(first_day)
    except OutsideTable:
        return False
    return True


@rule("2013-01-01")
def in_range(first_day: str, factor: Fraction, law: LawOn) -> bool:
    """Whether a factor lies between the least and the most that the review of that day gave."""
    table = law.table(_REVIEWS)
    row = table.find(first_day)
    return table.share(row, "least") <= factor <= table.share(row, "most")


@rule("2013-01-01")
def increased(monthly: Sen, factor: Fraction, law: LawOn) -> Sen:  # noqa: ARG001  the version is noted in it
    """A monthly benefit with its increase, in sen, rounded half up, once."""
    return half_up(monthly * (1 + factor))


@rule("2013-01-01")
def is_raised(benefit: str, law: LawOn) -> bool:
    """Whether orders raise a benefit."""
    return benefit in law.names("act4.increases.raised")


@rule("2013-01-01")
def raised_first_month(monthly: Sen, increase: Sen, in_force: date, law: LawOn) -> Sen:
    """The month in which an increase takes effect, with the rise for the days from that one on (`assumed`)."""
    month = Month.of(in_force)
    left = len(Days(in_force, month.last_day)) if law.says("act4.increases.broken_month_by_its_days") else 0
    return monthly + half_up(Fraction(increase * left, len(month.days)))
