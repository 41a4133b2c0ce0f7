"""Training under Act 800: when a course may begin, how long it may be, the allowance and the fee (s.37)."""

from datetime import date
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.kernel.periods import Days, months_after
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2018-01-01")
def begins_in_time(begins: date, allowance: Days, employed_from: date | None, law: LawOn) -> bool:
    """Whether a course begins while job search allowance is paid, within 12 months after, or in new employment (s.37).

    New employment allows it for six months from its first day.
    """
    if allowance.first <= begins <= months_after(allowance.last, law.months("act800.training.after_allowance")):
        return True
    if employed_from is None:
        return False
    return employed_from <= begins <= months_after(employed_from, law.months("act800.training.after_new_employment"))


@rule("2018-01-01")
def short_enough(course: Days, months_of_benefit: int, law: LawOn) -> bool:
    """Whether a course is no longer than the months of job search allowance, and than six months (s.37)."""
    months = min(months_of_benefit, law.months("act800.training.longest"))
    return course.last < months_after(course.first, months)


@rule("2018-01-01")
def share_of_a_day(average: Fraction, law: LawOn) -> Sen:
    """A quarter of the assumed monthly wage for one day in sen, before its floor and cap, rounded half up (s.37)."""
    return half_up(average * law.share("act800.training.share") / law.days("act800.training.days_in_a_month"))


@rule("2018-01-01")
def daily_allowance(average: Fraction, law: LawOn) -> Sen:
    """The allowance in sen for a day attended: what is paid a day is rounded once; it has a floor and a cap (s.37)."""
    amount = max(share_of_a_day(average, law), law.sen("act800.training.floor"))
    return min(amount, law.sen("act800.training.cap"))


@rule("2018-01-01")
def fee(charged: Sen, law: LawOn) -> Sen:
    """The part of a training fee in sen that is paid to the provider, meals and materials included (s.37)."""
    return min(charged, law.sen("act800.training.fee_cap"))
