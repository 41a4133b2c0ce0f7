"""What is owed for a day: which loss it makes good, so that no day of one loss is owed twice; and with whom it ends.

And what of it may be set off against what is to come back.
"""

from datetime import date, timedelta
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.kernel.periods import Days, Month
from shared.law.act4.invalidity.rules import part_of_month
from shared.law.book import LawOn
from shared.law.errors import OutsideTable
from shared.law.rule import rule

_LOSSES, _SHARES = "act4.owing.losses", "act4.owing.set_off_shares"
_DAY = timedelta(days=1)


@rule("2013-01-01")
def insured_loss(scheme: str, benefit: str, law: LawOn) -> str:
    """The loss that a benefit of a scheme makes good; one that the book does not list has a loss of its own."""
    name, table = f"{scheme}/{benefit}", law.table(_LOSSES)
    try:
        return table.text(table.find(name), "loss")
    except OutsideTable:
        return name


@rule("2013-01-01")
def last_day_alive(died_on: date, law: LawOn) -> date:
    """The last day of what somebody is owed until death: the day before it, where those left behind have that day.

    Which of them has the day of the death is `assumed`; nobody has it beside the other.
    """
    return died_on - _DAY if law.says("act4.dependants.day_of_death_payable") else died_on


@rule("2013-01-01")
def set_off_share(scheme: str, law: LawOn) -> Fraction:
    """Which part of a benefit may be set off against benefit of the same Act that was paid beyond what was owed.

    Act 4 has it set off (s.50(1A)), Act 800 lets it be (s.42): within the Act it is, all of it. An Act of which the
    book says nothing takes an agreement.
    """
    match scheme:
        case "act4":
            mandatory = law.says("act4.recovery.set_off_mandatory")
            return law.share("act4.recovery.set_off_share") if mandatory else Fraction(0)
        case "act800":
            return Fraction(law.says("act800.claims.overpayment_may_be_set_off"))
    table = law.table(_SHARES)
    try:
        return table.share(table.find(scheme), "share")
    except OutsideTable:
        return Fraction(0)


@rule("2013-01-01")
def loan_set_off_share(scheme: str, law: LawOn) -> Fraction:
    """Which part of a cash benefit may be set off against a loan under the same Act (Act 789, ss.25-26: one half).

    Of a loan under another Act nothing is known: that takes an agreement.
    """
    return law.share("act789.education.set_off_part") if scheme == "act789" else Fraction(0)


@rule("2013-01-01")
def part_until(benefit: str, monthly: Sen, days: Days, law: LawOn) -> Sen:
    """What a month of a periodic benefit comes to for its days until one, in sen, half up.

    Of a daily rate by the day, never more than a month; of a pension, and whatever else is stated by the month, by the
    actual days of that month (s.19(2)).
    """
    if days == Month.of(days.first).days:
        return monthly
    if benefit not in law.names("act4.owing.by_the_day"):
        return part_of_month(monthly, days, law)
    if not law.says("act4.daily_rate.broken_month_by_its_days"):
        return monthly
    whole = law.days("act4.daily_rate.benefit_month")
    return half_up(Fraction(monthly * min(whole, len(days)), whole))


@rule("2013-01-01")
def part_of_part(part: Sen, days: Days, fewer: Days, law: LawOn) -> Sen:  # noqa: ARG001  the version is noted in it
    """What a broken month comes to for fewer of its days, in sen, half up, where nothing says what the whole month is.

    Of a daily rate it is exact; of a pension, whose broken month is rounded, within a sen (`assumed`).
    """
    return half_up(Fraction(part * len(fewer), len(days)))


@rule("2013-01-01")
def days_of_part(benefit: str, monthly: Sen, part: Sen, month: Days, law: LawOn) -> int:
    """For how many days of a month an amount is that is a part of a periodic benefit: what `part_until` divided by."""
    is_by_the_day = benefit in law.names("act4.owing.by_the_day")
    whole = law.days("act4.daily_rate.benefit_month") if is_by_the_day else len(month)
    return min(max(1, half_up(Fraction(part * whole, monthly))), len(month))
