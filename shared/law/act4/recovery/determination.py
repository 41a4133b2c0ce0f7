"""Recovery of an overpayment by set-off against a later payment (Act 4 s.50)."""

from shared.law.act4.recovery.rules import owed_back, set_off
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import sen, working

OVERPAID = "more was received than there was entitlement to"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Takes the entitlement from what was received, and the debt from the next payment."""
    received, entitled, payment = facts.sen("received"), facts.sen("entitled"), facts.sen("next payment")
    owed = owed_back(received, entitled, law)
    if not steps.test(OVERPAID, owed > 0, "Act 4, s.50"):
        return
    steps.amount("owed back", owed, working("{} - {}", sen(received), sen(entitled)), "Act 4, s.50")
    kept = set_off(owed, payment, law)
    steps.amount("set off", kept, working("min({}, {})", sen(owed), sen(payment)))
    steps.amount("paid", payment - kept, working("{} - {}", sen(payment), sen(kept)), "Act 4, s.50(1A)")
    steps.amount("still owed", owed - kept, working("{} - {}", sen(owed), sen(kept)), "Act 4, s.50(1A)")


DETERMINATIONS = (
    Determination(
        name="act4 recovery",
        title="Recovery of an overpayment",
        title_ms="Tuntutan balik lebihan bayaran",
        law="Act 4, s.50",
        law_day="paid on",
        facts=(
            Fact("paid on", "date", "the day of the later payment"),
            Fact("received", "ringgit", "what was received"),
            Fact("entitled", "ringgit", "what there was entitlement to"),
            Fact("next payment", "ringgit", "the later payment that it is set off against", default="0.00"),
        ),
        tests=(Test(OVERPAID, "menerima lebih daripada kelayakan", "Act 4, s.50"),),
        results=(
            Result("owed back", "perlu dibayar balik", "sen", "received less entitled"),
            Result("set off", "ditolak", "sen", "kept from the later payment"),
            Result("paid", "dibayar", "sen", "what is left of the later payment"),
            Result("still owed", "baki hutang", "sen", "what stays owed"),
        ),
        decide=decide,
        granted="to be recovered",
    ),
)
