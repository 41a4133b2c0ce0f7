"""Repatriation of the remains of a foreign worker (Act 4 s.15)."""

from shared.law.act4.funeral.determination import DEATHS
from shared.law.act4.owing.asked import FOUND_ALIVE_FACT, died_test, is_found_alive
from shared.law.act4.repatriation.rules import death_opens, is_repatriated, payments
from shared.law.book import LawOn
from shared.law.decision import Per
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import sen, working

SECTION = "Act 4, s.15"
FOREIGN = "a foreign worker"
OPENS = "the death is one for which remains are repatriated"
PROVED = "somebody proves a cost of the repatriation"
HIGHEST_KNOWN = "the highest cost of a repatriation is known"
HIGHEST = "highest cost of repatriation"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests worker, death and cost, and pays the cost up to the highest, which a person states: no source has it."""
    if is_found_alive(facts, steps, SECTION):
        return
    steps.test(FOREIGN, is_repatriated(facts.says(FOREIGN), law))
    steps.test(OPENS, death_opens(facts.text("death").replace(" ", "_"), law))
    costs = {name: each.sen("paid for the repatriation") for name, each in facts.people("claimants").items()}
    steps.test(PROVED, sum(costs.values()) > 0, SECTION)
    if steps.refused or not steps.test(HIGHEST_KNOWN, facts.has(HIGHEST), SECTION):
        return
    highest, instrument = facts.stated_sen(HIGHEST)
    steps.amount(HIGHEST, highest, sen(highest), f"{SECTION}; {instrument}")
    paid, proved = payments(costs, highest, law), sum(costs.values())
    steps.amount("amount", sum(paid.values()), working("min({}, {})", sen(highest), sen(proved)))
    for name, part in paid.items():
        steps.amount(f"paid to {name}", part, sen(costs[name]), SECTION)
        if part:
            died_on = facts.day("died on")
            steps.term(name, Per.ONCE, part, died_on, died_on)


DETERMINATIONS = (
    Determination(
        name="act4 repatriation of remains",
        title="Repatriation of the remains of a foreign worker",
        title_ms="Penghantaran pulang jenazah pekerja asing",
        law=SECTION,
        law_day="died on",
        facts=(
            Fact("died on", "date", "the day of the death"),
            Fact(
                "death",
                "choice",
                "of what, or as what, the insured person died, as funeral benefit has it",
                default=DEATHS[0],
                choices=DEATHS,
            ),
            FOUND_ALIVE_FACT,
            Fact(FOREIGN, "yes_no", "neither citizen nor permanent resident"),
            Fact(
                "claimants",
                "people",
                "whoever bore a cost, by a name",
                of=(Fact("paid for the repatriation", "ringgit", "actual cost with receipts", default="0.00"),),
            ),
            Fact(
                HIGHEST,
                "stated_ringgit",
                "the most that is paid for one case, and what states it; absent: nobody has stated it",
                default="",
            ),
        ),
        tests=(
            died_test(SECTION),
            Test(FOREIGN, "pekerja asing", SECTION),
            Test(OPENS, "kematian itu melayakkan penghantaran pulang jenazah", SECTION),
            Test(PROVED, "seseorang membuktikan kos penghantaran pulang", SECTION),
            Test(HIGHEST_KNOWN, "kos tertinggi penghantaran pulang diketahui", SECTION, officer=True),
        ),
        results=(
            Result(HIGHEST, "kos tertinggi penghantaran pulang", "sen", "as it was stated"),
            Result("amount", "amaun", "sen", "the actual cost, up to the highest"),
            Result("paid to <person>", "dibayar kepada <person>", "sen", "the part of each who bore a cost"),
        ),
        decide=decide,
    ),
)
