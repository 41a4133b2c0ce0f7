"""Cover of a self-employment activity: from the minute of payment, for the months that were paid (Act 789 ss.3, 14)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shared.kernel.periods import months_after
from shared.law.book import LawOn
from shared.law.rule import rule


@dataclass(frozen=True, slots=True)
class Payment:
    """A contribution for one activity: the time on the receipt, in Malaysian time, and the months paid for."""

    paid_at: datetime
    months: int


@rule("2017-06-01")
def cover_ends(payment: Payment, law: LawOn) -> datetime:
    """The first moment without cover: the same time of day so many months later (s.3).

    Months beyond the longest period do not count. Whether the very minute is still covered is `assumed`.
    """
    months = min(payment.months, law.months("act789.cover.months"))
    return months_after(payment.paid_at, months)


@rule("2017-06-01")
def is_covered(payments: Collection[Payment], moment: datetime, law: LawOn) -> bool:
    """Whether a moment lies inside a coverage period of the activity (s.14(2)): one minute of lapse is no cover."""
    return any(_covers(payment, moment, law) for payment in payments)


def _covers(payment: Payment, moment: datetime, law: LawOn) -> bool:
    end = cover_ends(payment, law)
    begins = _begins(payment, law) <= moment
    return begins and (moment < end if law.says("act789.cover.last_minute_excluded") else moment <= end)


def _begins(payment: Payment, law: LawOn) -> datetime:
    begin = payment.paid_at
    if not law.says("act789.cover.begins_with_payment"):
        begin = datetime.combine(begin.date(), time(), begin.tzinfo)
    return begin


@rule("2017-06-01")
def cover_turns(payments: Collection[Payment], law: LawOn) -> list[datetime]:
    """The moments at which the answer of `is_covered` may turn: from one of them to the next it is the same."""
    after_end = timedelta() if law.says("act789.cover.last_minute_excluded") else timedelta.resolution
    begins = {_begins(payment, law) for payment in payments}
    return sorted(begins | {cover_ends(payment, law) + after_end for payment in payments})


@rule("2017-06-01")
def may_be_covered(national: bool, law: LawOn) -> bool:
    """Whether a self-employed person is within the Act: a citizen or permanent resident (s.3)."""
    return national or not law.says("act789.cover.nationals_only")


@rule("2017-06-01")
def claimed_in_time(since: date, claimed_on: date, law: LawOn) -> bool:
    """Whether a claim comes within 72 months of the accident, or of the confirmation of a disease (s.14(3))."""
    return claimed_on <= months_after(since, law.months("act789.cover.claim_months"))


@rule("2017-06-01")
def disease_presumed(listed: bool, ceased_on: date, appeared_on: date, law: LawOn) -> bool:
    """Whether a listed disease is presumed to come from an activity that ceased within 72 months before (s.16)."""
    return listed and appeared_on <= months_after(ceased_on, law.months("act789.cover.disease_months"))
