"""Permanent disablement of a housewife: a lump sum by the Second Schedule (Act 838 ss.25, 26)."""

from collections.abc import Collection
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.law.book import LawOn
from shared.law.rule import rule

WHOLE = Fraction(1)


@rule("2022-12-01")
def loss_of_item(item: str, law: LawOn) -> Fraction:
    """The loss of an item, 1 to 55, of the Second Schedule; `OutsideTable` for another."""
    table = law.table("act838.permanent_disablement.schedule")
    return table.share(table.find(item), "loss")


@rule("2022-12-01")
def loss(losses: Collection[Fraction], law: LawOn) -> Fraction:  # noqa: ARG001  the version is noted in it
    """Losses together, not above the whole (s.26)."""
    return min(WHOLE, sum(losses, Fraction(0)))


@rule("2022-12-01")
def lump_sum(loss_: Fraction, paid_in_period: Sen, law: LawOn) -> Sen:
    """Loss × RM30,000 in sen, and no more than is left of RM30,000 in the contribution period (ss.25, 26)."""
    full = law.sen("act838.permanent_disablement.full_amount")
    return max(0, min(half_up(full * loss_), full - paid_in_period))
