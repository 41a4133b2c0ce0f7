"""Constant attendance allowance: who has it, and how much a month (Act 4 s.15)."""

from fractions import Fraction

from shared.kernel.money import Sen
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2013-01-01")
def totally_disabled(loss: Fraction, law: LawOn) -> bool:
    """Whether an assessed loss is a total permanent disablement (Act 4 s.15, Second Schedule)."""
    return loss >= law.share("act4.attendance.total_loss")


@rule("2013-01-01")
def allowance(months: int, law: LawOn) -> Sen:
    """The flat allowance for so many whole months, in sen."""
    return months * law.sen("act4.attendance.monthly")
