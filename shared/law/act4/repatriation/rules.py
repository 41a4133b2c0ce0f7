"""Repatriation of a foreign worker's remains: of which deaths, and what of its cost is paid (Act 4 s.15)."""

from collections.abc import Mapping
from fractions import Fraction

from shared.kernel.money import Sen
from shared.law.act4.funeral.rules import shared_out
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2019-01-01")
def is_repatriated(foreign: bool, law: LawOn) -> bool:
    """Whether the remains of such a worker are repatriated at the organisation's cost: of foreign workers they are."""
    return ("foreign" if foreign else "local") in law.names("act4.repatriation.workers")


@rule("2019-01-01")
def death_opens(death: str, law: LawOn) -> bool:
    """Whether a death opens it, for example "employment_injury" (`assumed`)."""
    return death in law.names("act4.repatriation.deaths")


@rule("2019-01-01", correction=1)
def payments(costs: Mapping[str, Sen], highest: Sen, law: LawOn) -> Mapping[str, Sen]:
    """What each of those gets who proved a cost, by name: together not above the highest, each in proportion.

    A sen that cannot be divided goes to whoever would lose most of one, of two alike to the first named. That the
    actual cost is paid is `assumed`: else it is flat.
    """
    proved = {name: Fraction(cost) for name, cost in costs.items() if cost}
    total = int(sum(proved.values()))
    return shared_out(costs, proved, min(highest, total) if law.says("act4.repatriation.actual_cost") else highest)
