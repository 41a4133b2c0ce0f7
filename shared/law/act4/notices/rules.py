"""The employer's notice of an accident (Employees' Social Security (General) Regulations 1971)."""

from datetime import datetime, timedelta
from fractions import Fraction

from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2013-01-01")
def notice_in_time(learnt_at: datetime, given_at: datetime, law: LawOn) -> bool:
    """Whether notice was given within 48 hours of learning of the accident, the last instant included."""
    return given_at - learnt_at <= timedelta(hours=law.hours("act4.notices.employer_hours"))


def hours_between(first: datetime, second: datetime) -> Fraction:
    """The hours from one instant to another, exact; zero where the second is not later."""
    return max(Fraction(0), Fraction((second - first) // timedelta(seconds=1), 3600))
