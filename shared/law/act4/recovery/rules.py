"""Recovery of benefit received without entitlement (Act 4 s.50)."""

from shared.kernel.money import Sen
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2013-01-01")
def owed_back(received: Sen, entitled: Sen, law: LawOn) -> Sen:
    """What was received above the entitlement, in sen (s.50; for a revised entitlement `assumed`)."""
    return max(0, received - entitled) if law.says("act4.recovery.shortfall_opens_recovery") else 0


@rule("2013-01-01")
def set_off(owed: Sen, payment: Sen, law: LawOn) -> Sen:
    """What of a later payment is kept against a debt, in sen: never above either, whole sen downwards (s.50(1A))."""
    if not law.says("act4.recovery.set_off_mandatory"):
        return 0
    return min(owed, int(payment * law.share("act4.recovery.set_off_share")))
