"""The insured daily earning and the rates that are shares of it (Act 789, Second Schedule)."""

from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2017-06-01")
def daily_earning(monthly: Sen, law: LawOn) -> Fraction:
    """The exact insured daily earning in sen: insured monthly earnings by thirty (para 3(3))."""
    return Fraction(monthly, law.days("act789.daily_rate.days_in_a_month"))


@rule("2017-06-01")
def rounded(exact: Fraction, law: LawOn) -> Sen:
    """A daily rate in sen, rounded once, half up (`assumed`)."""
    return half_up(exact) if law.says("act789.daily_rate.rounded_half_up") else int(exact)


@rule("2017-06-01")
def temporary_rate(monthly: Sen, law: LawOn) -> Sen:
    """Temporary disablement benefit for one day in sen: 80 % of the daily earning (s.17, para 3)."""
    return rounded(daily_earning(monthly, law) * law.share("act789.temporary_disablement.share"), law)


@rule("2017-06-01")
def permanent_exact(monthly: Sen, loss: Fraction, law: LawOn) -> Fraction:
    """Permanent disablement benefit for one day, exact: 90 % of the daily earning × the loss (s.18)."""
    return daily_earning(monthly, law) * law.share("act789.permanent_disablement.share") * loss


@rule("2017-06-01")
def permanent_rate(monthly: Sen, loss: Fraction, earlier: Sen, law: LawOn) -> Sen:
    """The daily rate for a loss beside those of earlier injuries, together not above that of a total loss (para 4)."""
    full = rounded(permanent_exact(monthly, Fraction(1), law), law)
    return max(0, min(rounded(permanent_exact(monthly, loss, law), law), full - earlier))


@rule("2017-06-01")
def by_the_month(daily: Sen, law: LawOn) -> Sen:
    """A daily benefit stated by the month: thirty days of it (`derived`)."""
    return daily * law.days("act789.daily_rate.benefit_month")


@rule("2017-06-01")
def commutable(loss: Fraction, earlier_losses: Fraction, law: LawOn) -> Fraction:
    """The part of the daily rate that may be taken as a lump sum: all up to a loss of 20 %, else one fifth (s.29)."""
    if loss + earlier_losses <= law.share("act789.permanent_disablement.commutable_loss"):
        return Fraction(1)
    return law.share("act789.permanent_disablement.commutation_share")
