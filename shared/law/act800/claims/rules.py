"""Who may claim under Act 800, for how many months, and how the days of a claim are counted (ss.27 to 44)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from shared.kernel.periods import Days, Month, months_after
from shared.law.act4.calendar.rules import moved_from_holiday
from shared.law.act800.claims.errors import BeforeApproval, ClaimBeforeLoss, ClaimNumberNotListed
from shared.law.book import LawOn
from shared.law.rule import rule
from shared.law.table import Table

CONDITIONS = "act800.claims.conditions"


@dataclass(frozen=True, slots=True)
class ContributionMonths:
    """Months of one claimant: contributed for, on temporary disablement benefit without wages, used in earlier claims.

    The month of the loss need not be among the contributed ones.
    """

    contributed: Collection[Month]
    disabled: Collection[Month] = ()
    used: Collection[Month] = ()


@rule("2018-01-01")
def last_day_to_claim(lost_on: date, law: LawOn) -> date:
    """The last of the 60 days within which a claim is made (ss.28-29); of a holiday the day after (`assumed`)."""
    days, counts_loss = law.days("act800.claims.limit"), law.says("act800.claims.limit_counts_day_of_loss")
    return moved_from_holiday(_last_day(lost_on, days, counts_loss), law)


@rule("2018-01-01")
def claimed_in_time(lost_on: date, claimed_on: date, law: LawOn) -> bool:
    """Whether a claim is made within the limit (s.28); `ClaimBeforeLoss` for one dated before the loss."""
    if claimed_on < lost_on:
        raise ClaimBeforeLoss(f"The claim of {claimed_on} is dated before the loss of {lost_on}.")
    return claimed_on <= last_day_to_claim(lost_on, law)


@rule("2018-01-01")
def is_loss_of_employment(kind: str, law: LawOn) -> bool:
    """Whether an end of employment is a loss of employment (s.30); the kind in words, "contract expiry".

    The Act lists what is none, and resignations that are one; every other end of employment is one.
    """
    name = kind.replace(" ", "_")
    return name in law.names("act800.claims.counted_resignations") or name not in law.names("act800.claims.not_loss")


@rule("2018-01-01")
def claim_window(lost_on: date, claim_number: int, law: LawOn) -> tuple[Month, ...]:
    """The consecutive months up to and with the month of the loss in which contributions are counted, oldest first."""
    table = law.table(CONDITIONS)
    return (Month.of(lost_on) + 1).window_before(table.whole(_row(table, claim_number), "window"))


@rule("2018-01-01")
def counted_months(lost_on: date, claim_number: int, months: ContributionMonths, law: LawOn) -> tuple[Month, ...]:
    """The months of the window that count as contributed, oldest first (s.32).

    The month of the loss counts even if unpaid, and so do months of temporary disablement benefit without wages; a
    month used in an approved claim does not count again.
    """
    counted = set(months.contributed)
    if law.says("act800.claims.month_of_loss_counts"):
        counted.add(Month.of(lost_on))
    if law.says("act800.claims.disablement_months_count"):
        counted.update(months.disabled)
    if not law.says("act800.claims.used_months_count_again"):
        counted.difference_update(months.used)
    return tuple(month for month in claim_window(lost_on, claim_number, law) if month in counted)


@rule("2018-01-01")
def months_of_benefit(claim_number: int, contributions: int, law: LawOn) -> int:
    """The months of benefit for so many contributions in the window, 0 if too few (Fourth Schedule)."""
    table = law.table(CONDITIONS)
    row = _row(table, claim_number)
    reached = (column for column in table.columns[2:] if contributions >= table.whole(row, column))
    return max((int(column.removeprefix("months_")) for column in reached), default=0)


@rule("2018-01-01")
def last_waiting_day(approved_on: date, law: LawOn) -> date:
    """The last day of the waiting period (s.3)."""
    counts = law.says("act800.claims.waiting_period_counts_day_of_approval")
    return _last_day(approved_on, law.days("act800.claims.waiting_period"), counts)


@rule("2018-01-01")
def benefit_month(approved_on: date, day: date, law: LawOn) -> int:
    """The month of benefit, from 1, in which a day lies, and 0 in the waiting period (ss.3, 34).

    Raises `BeforeApproval`.
    """
    if day < approved_on:
        raise BeforeApproval(f"{day} is before the approval of {approved_on}.")
    waited = last_waiting_day(approved_on, law)
    if day <= waited:
        return 0
    first = waited + timedelta(days=1)
    begun = Month.of(day) - Month.of(first)
    if law.says("act800.job_search.benefit_months_follow_waiting_period") and months_after(first, begun) > day:
        begun -= 1
    return begun + 1


@rule("2018-01-01")
def suspended_within_limit(suspended: Days, law: LawOn) -> bool:
    """Whether a suspension is no longer than the Act allows (s.41)."""
    return len(suspended) <= law.days("act800.claims.suspension")


def _last_day(event: date, days: int, counts_event: bool) -> date:
    return event + timedelta(days=days - 1 if counts_event else days)


def _row(table: Table, claim_number: int) -> int:
    if str(claim_number) not in table.keys:
        raise ClaimNumberNotListed(f"The Fourth Schedule lists no claim {claim_number}.")
    return table.find(claim_number)
