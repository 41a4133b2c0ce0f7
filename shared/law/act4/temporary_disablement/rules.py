"""Temporary disablement benefit: which days are payable, and how much a day (Act 4 s.22, Fourth Schedule)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.kernel.periods import Days, Month, days_without, joined
from shared.law.act4.daily_rate.working import rate_working
from shared.law.book import LawOn
from shared.law.rule import rule
from shared.law.working import Working, sen, working


@rule("2013-01-01")
def certified_days(
    certificates: Collection[Days], happened_on: date, fit_from: date | None, law: LawOn
) -> tuple[Days, ...]:
    """The days of certified unfitness from the accident on, which the minimum counts (Act 4 s.22).

    A final certificate's `fit_from` ends them the day before, whatever earlier certificates foresaw (`assumed`).
    """
    last = date.max
    if fit_from is not None and law.says("act4.temporary_disablement.final_certificate_supersedes"):
        if fit_from <= happened_on:
            return ()
        last = fit_from - timedelta(days=1)
    since = Days(happened_on, last)
    return joined(part for certificate in certificates if (part := certificate.intersect(since)) is not None)


@rule("2013-01-01")
def payable_days(
    certificates: Collection[Days],
    happened_on: date,
    worked_with_wages: Collection[date],
    fit_from: date | None,
    law: LawOn,
) -> tuple[Days, ...]:
    """The certified days that are paid: not those worked with wages (Act 4 s.22).

    The accident day and the last certified day are payable too, unless wages were paid for them (`assumed`).
    """
    certified = certified_days(certificates, happened_on, fit_from, law)
    unpaid = set(worked_with_wages)
    if not law.says("act4.temporary_disablement.accident_day_payable"):
        unpaid.add(happened_on)
    if certified and not law.says("act4.temporary_disablement.last_certified_day_payable"):
        unpaid.add(certified[-1].last)
    return days_without(certified, unpaid)


@rule("2013-01-01")
def daily_rate(average: Fraction, law: LawOn) -> Sen:
    """The benefit for one payable day in sen: 80 % of the assumed average daily wage, not under the floor.

    `average` is the exact average assumed monthly wage in sen. The Act names the daily rate, so it is what is rounded,
    half up, once (Act 4 s.22, Fourth Schedule).
    """
    exact = average * law.share("act4.temporary_disablement.share") / law.days("act4.daily_rate.days_in_a_month")
    return max(law.sen("act4.daily_rate.floor"), half_up(exact))


@rule("2013-01-01")
def days_to_look_at(certified: int, law: LawOn) -> int:
    """Certified days beyond those after which a claim is looked at again; there is no longest duration (`assumed`)."""
    return max(0, certified - law.days("act4.temporary_disablement.review_days"))


@rule("2013-01-01")
def days_before_look(certified: Sequence[Days], law: LawOn) -> tuple[Days, ...]:
    """The certified days before those at which a person looks again: these are owed as they pass (`assumed`)."""
    left = law.days("act4.temporary_disablement.review_days")
    kept: list[Days] = []
    for days in certified:
        if left <= 0:
            break
        part = Days(days.first, min(days.last, days.first + timedelta(days=left - 1)))
        kept.append(part)
        left -= len(part)
    return tuple(kept)


@rule("2013-01-01")
def shared_with(days: Collection[Days], others: Collection[Days], law: LawOn) -> tuple[Days, ...]:  # noqa: ARG001
    """The days that another claim of the person has for the same loss: they are owed once (`assumed`: to that one)."""
    return joined(part for mine in days for theirs in others if (part := mine.intersect(theirs)) is not None)


def daily_rate_working(assumed_by_month: Mapping[Month, Sen], law: LawOn) -> Working:
    """The arithmetic behind `daily_rate`: "14700.00 / 6 / 30 × 80 %"."""
    total, months = sum(assumed_by_month.values()), len(assumed_by_month)
    rate = daily_rate(Fraction(total, months), law)
    return rate_working(
        working("{} / {}", sen(total), months), (law.share("act4.temporary_disablement.share"),), rate, law
    )
