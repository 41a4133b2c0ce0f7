"""Interest on contributions that are paid late (Act 4 s.14A; General Regulations 1971, reg. 33).

The sources read regulation 33 in two ways; the figure `interest_reading` says which is used. `law` is the law in force
on the day of payment.
"""

from collections.abc import Collection
from datetime import date
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.kernel.periods import Month, months_after
from shared.law.act4.arrears.errors import UnknownReading
from shared.law.book import LawOn
from shared.law.rule import rule

DAILY, BY_MONTH = "daily", "by_month"


@rule("2013-01-01")
def late_interest(amount: Sen, due: date, paid: date, law: LawOn) -> Sen:
    """The interest in sen on the contributions of one month, by the reading in use; zero if nothing is late."""
    reading = law.text("act4.arrears.interest_reading")
    if reading not in (DAILY, BY_MONTH):
        raise UnknownReading(f"The reading of regulation 33 is {reading!r}.")
    if paid <= due or amount == 0:
        return 0
    return (daily_interest if reading == DAILY else interest_by_month)(amount, due, paid, law)


@rule("2013-01-01")
def exact_interest(amount: Sen, days_late: int, law: LawOn) -> Fraction:
    """The interest of a year over the days late, in sen, before any minimum or rounding."""
    return amount * law.share("act4.arrears.interest_rate") * days_late / law.days("act4.arrears.day_basis")


@rule("2013-01-01")
def daily_interest(amount: Sen, due: date, paid: date, law: LawOn) -> Sen:
    """Reading A: 6 % a year for each day late, half a sen up, not under the minimum of a contribution month."""
    exact = exact_interest(amount, (paid - due).days, law)
    return max(law.sen("act4.arrears.interest_minimum"), half_up(exact))


@rule("2013-01-01")
def interest_by_month(amount: Sen, due: date, paid: date, law: LawOn) -> Sen:
    """Reading B: a minimum for each month or part of a month late, larger sums up to a multiple of the step."""
    step = law.sen("act4.arrears.interest_step")
    steps = -(-exact_interest(amount, (paid - due).days, law) // step)
    return max(law.sen("act4.arrears.interest_each_month") * months_late(due, paid), steps * step)


@rule("2013-01-01")
def interest_in_parts(parts: Collection[tuple[Sen, date]], due: date, law: LawOn) -> Sen:
    """The interest in sen on the contributions of one month that were paid in parts, each with its day of payment.

    By the day each part is late on its own, by the law of its day, with one minimum and one rounding for the month; by
    the month each part is charged as a sum of its own (both `assumed`: the sources speak of one payment).
    """
    late = [(amount, paid) for amount, paid in parts if amount and paid > due]
    if law.text("act4.arrears.interest_reading") != DAILY:
        return sum(late_interest(amount, due, paid, law.on(paid)) for amount, paid in late)
    if not late:
        return 0
    exact = sum((exact_interest(amount, (paid - due).days, law.on(paid)) for amount, paid in late), Fraction())
    return max(law.sen("act4.arrears.interest_minimum"), half_up(exact))


def months_late(due: date, paid: date) -> int:
    """Months and parts of a month from the due day to the day of payment: the day after is one month."""
    months = Month.of(paid) - Month.of(due)
    return months + (paid > months_after(due, months))


@rule("2013-01-01")
def waived(only_skbbk: bool, law: LawOn) -> bool:
    """Whether interest is waived for what is paid on the day of the law: a grace month, or the start of SKBBK."""
    if law.says("act4.arrears.grace_month"):
        return True
    return only_skbbk and law.says("act4.arrears.skbbk_grace")


@rule("2013-01-01")
def compound_bounds(law: LawOn) -> tuple[Sen, Sen] | None:
    """The lowest and the highest compound in sen for not contributing, offered on the day of the law (Act 4 s.95A).

    None in a grace month, in which nothing is compounded. The highest is what the organisation's practice has, and no
    more than the Act's part of the highest fine.
    """
    if law.says("act4.arrears.grace_month"):
        return None
    of_fine = int(law.sen("act4.arrears.fine_highest") * law.share("act4.arrears.compound_share"))
    return law.sen("act4.arrears.compound_lowest"), min(law.sen("act4.arrears.compound_highest"), of_fine)
