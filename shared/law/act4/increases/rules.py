"""Increases of periodic benefits: by order, after an actuarial review, never by an index (Act 4)."""

from datetime import date
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.kernel.periods import Days, Month, months_after
from shared.law.book import LawOn
from shared.law.errors import NoLongerLaw, NotYetLaw, OutsideTable
from shared.law.rule import rule

_REVIEWS = "act4.increases.reviews"


@rule("2013-01-01")
def is_a_review(first_day: str, law: LawOn) -> bool:
    """Whether a review took effect on a day ("2023-01-01")."""
    try:
        law.table(_REVIEWS).find(first_day)
    except (NotYetLaw, NoLongerLaw, OutsideTable):
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
def may_be_entered(in_force: date, entered_on: date, law: LawOn) -> bool:
    """Whether an order is entered on a day: not so long before it is in force that the day is a mistake (`assumed`)."""
    return in_force <= months_after(entered_on, law.months("act4.increases.ahead_months"))


@rule("2013-01-01")
def may_have_least(benefit: str, law: LawOn) -> bool:
    """Whether an order may name the least that a benefit is by the month."""
    return benefit in law.names("act4.increases.least")


@rule("2013-01-01")
def is_shared(benefit: str, law: LawOn) -> bool:
    """Whether several share a benefit, of all of which an order names the least."""
    return benefit in law.names("act4.increases.shared")


@rule("2013-01-01")
def least_of_part(least: Sen, part: Fraction, law: LawOn) -> Sen:  # noqa: ARG001  the version is noted in it
    """A part of the least of a shared benefit, in sen, half up, as each one's part of the benefit is."""
    return half_up(least * part)


@rule("2013-01-01")
def rise_of_days(rise: Sen, days: Days, law: LawOn) -> Sen:
    """What an increase from a day inside a month comes to for days of that month, in sen, half up (`assumed`)."""
    if not law.says("act4.increases.broken_month_by_its_days"):
        return 0
    return half_up(Fraction(rise * len(days), len(Month.of(days.first).days)))
