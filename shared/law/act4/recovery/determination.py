"""Recovery of an overpayment by set-off against a later payment (Act 4 s.50)."""

from shared.kernel.money import ringgit
from shared.law.act4.recovery.rules import owed_back, set_off
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts

OVERPAID = "more was received than there was entitlement to"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Takes the entitlement from what was received, and the debt from the next payment."""
    received, entitled, payment = facts.sen("received"), facts.sen("entitled"), facts.sen("next payment")
    owed = owed_back(received, entitled, law)
    if not steps.test(OVERPAID, owed > 0, "Act 4, s.50"):
        return
    steps.amount("owed back", owed, f"{ringgit(received)} - {ringgit(entitled)}", "Act 4, s.50")
    kept = set_off(owed, payment, law)
    steps.amount("set off", kept, f"min({ringgit(owed)}, {ringgit(payment)})")
    steps.amount("paid", payment - kept, f"{ringgit(payment)} - {ringgit(kept)}", "Act 4, s.50(1A)")
    steps.amount("still owed", owed - kept, f"{ringgit(owed)} - {ringgit(kept)}", "Act 4, s.50(1A)")


DETERMINATIONS = (
    Determination(
        name="act4 recovery",
        title="Recovery of an overpayment",
        title_ms="Tuntutan balik lebihan bayaran",
        law="Act 4, s.50",
        on="the day of the later payment",
        facts=(
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
