"""What platforms deduct from gig workers' earnings (Act 872 s.83; P.U.(A) 143/2026 reg. 2).

The one case below a sen: 1.25 % of each transaction. The gross amounts are kept, and the remittance of a platform for a
month is rounded once, half a sen up (rules S1).
"""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.law.act789.contributions.rules import class_numbered
from shared.law.book import LawOn
from shared.law.rule import rule


@dataclass(frozen=True, slots=True)
class Transaction:
    """What a worker earned once, in sen: gross without tips, the tips, and the commission that the platform keeps."""

    gross: Sen
    tips: Sen = 0
    commission: Sen = 0


@rule("2026-03-31")
def earnings(transaction: Transaction, law: LawOn) -> Sen:
    """The earnings in sen that are deducted from: gross, without tips; before commission (`assumed`)."""
    counted = transaction.gross
    if law.says("act872.deduction.tips_count"):
        counted += transaction.tips
    if not law.says("act872.deduction.on_gross"):
        counted -= transaction.commission
    return counted


@rule("2026-03-31")
def exact_deduction(earned: Collection[Sen], law: LawOn) -> Fraction:
    """The exact deduction in sen from the earnings of one platform in a month."""
    return sum(earned) * law.share("act872.deduction.rate")


@rule("2026-03-31")
def remittance(earned: Collection[Sen], law: LawOn) -> Sen:
    """What one platform remits for a month, in sen: rounded once on the sum (`assumed`), or on each transaction."""
    if law.says("act872.deduction.rounded_on_remittance"):
        return half_up(exact_deduction(earned, law))
    return sum(half_up(exact_deduction([each], law)) for each in earned)


@rule("2026-03-31")
def default_minimum(law: LawOn) -> Sen:
    """The monthly contribution in sen that a worker must reach who has chosen nothing: of the lowest class."""
    return class_numbered(law.count("act872.deduction.default_class"), law).monthly


def shortfall(remitted: Sen, minimum: Sen) -> Sen:
    """What the worker tops up himself, in sen, when all remittances are short of the minimum (Act 872 s.83(e))."""
    return max(0, minimum - remitted)
