"""Benefits for a non-employment injury: daily rates by phase, and what is excluded (Act 4 ss.44A to 44C, Act A1788)."""

from datetime import date
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.law.act4.daily_rate.rules import WHOLE, exact_daily_rate
from shared.law.book import LawOn
from shared.law.rule import rule

TEMPORARY_SHARE = "act4.skbbk_benefits.temporary_share"
PERMANENT_SHARE = "act4.skbbk_benefits.permanent_share"


@rule("2026-06-01")
def day_of_phase(happened_on: date, paid_from: date, law: LawOn) -> date:
    """The day that chooses the phase of the rates: that of the accident (`assumed`), else the first day paid."""
    return happened_on if law.says("act4.skbbk_benefits.phase_by_accident_day") else paid_from


@rule("2026-06-01")
def temporary_daily_rate(average: Fraction, law: LawOn) -> Sen:
    """The benefit for one payable day in sen: 48, 64 or 80 % of the assumed average daily wage, half up (s.44C)."""
    return half_up(_exact(average, law.share(TEMPORARY_SHARE), WHOLE, law))


@rule("2026-06-01")
def exact_permanent_rate(average: Fraction, loss: Fraction, law: LawOn) -> Fraction:
    """The daily rate for a loss, in sen, not yet rounded: of a full loss 54, 72 or 90 % (s.44C)."""
    return _exact(average, law.share(PERMANENT_SHARE), loss, law)


@rule("2026-06-01")
def exact_rate_of_death(average: Fraction, law: LawOn) -> Fraction:
    """The daily rate of a death, in sen, not yet rounded: that of a full loss, as for employment injury (s.44C)."""
    return exact_permanent_rate(average, WHOLE, law)


@rule("2026-06-01")
def is_covered_cause(cause: str, law: LawOn) -> bool:
    """Whether such a cause makes a non-employment injury: an accident does, a disease does not (s.2(14A))."""
    return cause in law.names("act4.skbbk_benefits.causes")


@rule("2026-06-01")
def is_covered_place(outside_malaysia: bool, law: LawOn) -> bool:
    """Whether the place of an accident leaves it covered (s.44A)."""
    excluded = law.says("act4.skbbk_benefits.outside_malaysia_excluded")
    return not (outside_malaysia and excluded)


@rule("2026-06-01")
def is_covered_conduct(misconduct: bool, law: LawOn) -> bool:
    """Whether the person's conduct leaves an accident covered: section 93, a pass, immigration law (s.44B)."""
    excluded = law.says("act4.skbbk_benefits.conduct_excluded")
    return not (misconduct and excluded)


@rule("2026-06-01")
def is_outside_section_96b(circumstance: bool, law: LawOn) -> bool:
    """Whether an accident is free of the circumstances of section 96B, whose text was not found (s.2(14A))."""
    excluded = law.says("act4.skbbk_benefits.section_96b_excluded")
    return not (circumstance and excluded)


@rule("2026-06-01")
def has_wages(paid: bool, law: LawOn) -> bool:
    """Whether the month of the accident has the wages that cover needs."""
    needed = law.says("act4.skbbk_benefits.wages_needed")
    return paid or not needed


def _exact(average: Fraction, share: Fraction, loss: Fraction, law: LawOn) -> Fraction:
    floored = law.says("act4.skbbk_benefits.floor_applies")
    return exact_daily_rate(average, share, law, loss=loss, floored=floored)
