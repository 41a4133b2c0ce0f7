"""Who is covered as a housewife, and the two clocks that run from the same payments (Act 838 s.3, First Schedule).

The contribution period covers domestic injury; the coverage period, which is longer, covers invalidity and survivors.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from itertools import pairwise
from math import floor

from shared.kernel.periods import age_on, birthday, completed_months, months_after
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2022-12-01")
def may_be_covered(born_on: date, first_paid_on: date, national: bool, day: date, law: LawOn) -> bool:
    """Whether a housewife is within the Act on a day: under 55, first paid before 54, citizen or permanent resident."""
    if law.says("act838.cover.nationals_only") and not national:
        return False
    if age_on(born_on, first_paid_on) >= law.age("act838.cover.first_contribution_age"):
        return False
    return age_on(born_on, day) < law.age("act838.cover.maximum_age")


@rule("2022-12-01")
def in_contribution_period(payments: Collection[datetime], moment: datetime, law: LawOn) -> bool:
    """Whether a moment lies within twelve months of the time of a payment: domestic injury (ss.3, 18(2))."""
    months = law.months("act838.cover.contribution_months")
    return any(_runs(paid_at, months, moment) for paid_at in payments)


def _runs(paid_at: datetime, months: int, moment: datetime) -> bool:
    return paid_at <= moment < months_after(paid_at, months)


@rule("2022-12-01")
def in_coverage_period(payments: Sequence[datetime], moment: datetime, law: LawOn) -> bool:
    """Whether a moment lies within coverage for invalidity and survivors (s.3).

    Twenty months from one payment of twelve months, forty from the first of two consecutive ones (from which payment is
    `assumed`); or contributions for two thirds of the complete months since the first payment, 24 months at least.
    """
    paid = sorted(each for each in payments if each <= moment)
    if any(_runs(each, law.months("act838.cover.coverage_per_12"), moment) for each in paid):
        return True
    longer = law.months("act838.cover.coverage_per_24")
    pairs = pairwise(paid)
    if any(
        _follows(first, second, law) and _runs(_from(first, second, law), longer, moment) for first, second in pairs
    ):
        return True
    return bool(paid) and _has_paid_long(paid, moment, law)


def _follows(first: datetime, second: datetime, law: LawOn) -> bool:
    return second.date() <= months_after(first.date(), law.months("act838.cover.contribution_months"))


def _from(first: datetime, second: datetime, law: LawOn) -> datetime:
    return first if law.says("act838.cover.coverage_from_latest_payments") else second


def _has_paid_long(paid: Sequence[datetime], moment: datetime, law: LawOn) -> bool:
    months = len(paid) * law.months("act838.cover.contribution_months")
    if months < law.months("act838.cover.longer_months"):
        return False
    complete = completed_months(paid[0].date(), moment.date())
    return months >= complete * law.share("act838.cover.longer_part")


@rule("2022-12-01")
def contribution_turns(payments: Collection[datetime], law: LawOn) -> list[datetime]:
    """The moments at which the answer of `in_contribution_period` may turn: between them it is the same."""
    months = law.months("act838.cover.contribution_months")
    return sorted({*payments, *(months_after(each, months) for each in payments)})


@rule("2022-12-01")
def coverage_turns(payments: Collection[datetime], law: LawOn) -> list[datetime]:
    """The moments at which the answer of `in_coverage_period` may turn: between them it is the same."""
    paid = sorted(payments)
    turns = set(paid)
    for months in ("act838.cover.coverage_per_12", "act838.cover.coverage_per_24"):
        turns.update(months_after(each, law.months(months)) for each in paid)
    return sorted(turns.union(_days_of_too_little(paid, law)))


def _days_of_too_little(paid: Sequence[datetime], law: LawOn) -> list[datetime]:
    """With each number of payments, the day on which they stop being enough of the months since the first one."""
    period, part = law.months("act838.cover.contribution_months"), law.share("act838.cover.longer_part")
    enough = [floor(count * period / part) + 1 for count in range(1, len(paid) + 1)]
    return [datetime.combine(months_after(paid[0].date(), months), time(), paid[0].tzinfo) for months in enough]


@rule("2022-12-01")
def end_of_age(born_on: date, law: LawOn) -> date:
    """The first day on which a housewife is too old to be covered (First Schedule)."""
    return birthday(born_on, law.age("act838.cover.maximum_age"))


@rule("2022-12-01")
def may_join(woman: bool, law: LawOn) -> bool:
    """Whether it is a woman, as a housewife is (s.3)."""
    return woman or not law.says("act838.cover.women_only")


@rule("2022-12-01")
def claimed_in_time(happened_on: date, claimed_on: date, kind: str, grounds: bool, law: LawOn) -> bool:
    """Whether a claim is in time: 12 months for an injury, 24 for invalidity, later on reasonable grounds (ss.20, 21).

    `kind` is "injury" or "invalidity".
    """
    if claimed_on <= months_after(happened_on, law.months(f"act838.cover.{kind}_claim_months")):
        return True
    return grounds and law.says("act838.cover.late_on_grounds")


@rule("2022-12-01")
def within_territory(in_malaysia: bool, law: LawOn) -> bool:
    """Whether the incident happened where it must: in Malaysia (s.20(3))."""
    return in_malaysia or not law.says("act838.cover.malaysia_only")
