"""Funeral benefit (Act 4 s.29)."""

from shared.law.act4.funeral.rules import Claimant, benefit, death_is_covered, payments
from shared.law.act4.invalidity.asked import (
    CONTRIBUTION_FACTS,
    COUNTED,
    EARLIER_TEST,
    PENSION_RESULTS,
    QUALIFYING_TEST,
    provisional_by_payable,
    qualify,
)
from shared.law.act4.owing.asked import FOUND_ALIVE_FACT, died_test, is_found_alive
from shared.law.act4.survivors.rules import opens
from shared.law.book import LawOn
from shared.law.decision import Per
from shared.law.determination import Determination, Result, Steps, Test, with_earlier
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import sen, working

SECTION = "Act 4, s.29"
COVERED = "the death is one for which funeral benefit is paid"
YOUNG = "died before 60"
PAYABLE = "an heir claims, or somebody proves a cost"
DEATHS = (
    "employment injury",
    "non employment injury",
    "temporary disablement",
    "permanent disablement",
    "non employment injury temporary disablement",
    "non employment injury permanent disablement",
    "invalidity pensioner",
    "qualified insured",
    "other",
)
RELATIONS = ("widow", "widower", "son", "daughter", "parent", "other")


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the death and the claimants, and divides the benefit."""
    if is_found_alive(facts, steps, SECTION):
        return
    steps.test(COVERED, death_is_covered(facts.text("death").replace(" ", "_"), law))
    people = {
        name: Claimant(each.text("relation"), each.day_if_given("born"), each.sen("paid for the funeral"))
        for name, each in facts.people("claimants").items()
    }
    paid = payments(people, law)
    steps.test(PAYABLE, sum(paid.values()) > 0 and not facts.says("nobody claims"), SECTION)
    if steps.refused:
        return
    whole, total = benefit(law), sum(paid.values())
    steps.amount("amount", total, sen(whole) if total == whole else working("min({}, {})", sen(whole), sen(total)))
    for name, part in paid.items():
        steps.amount(f"paid to {name}", part, people[name].relation, SECTION)
        if part:
            died_on = facts.day("died on")
            steps.term(name, Per.ONCE, part, died_on, died_on)


def decide_qualified(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the age and the qualifying period."""
    facts.in_order("born", "first liable", "death")
    died_on = facts.day("death")
    steps.test(YOUNG, opens(facts.day("born"), died_on, False, law), "Act 4, s.17A")
    qualify(facts, died_on, law, steps)
    provisional_by_payable(facts, steps)


DETERMINATIONS = (
    *with_earlier(
        Determination(
            name="act4 qualified insured",
            title="Whether the deceased died before 60 with a qualifying period",
            title_ms="Sama ada si mati meninggal dunia sebelum umur 60 dengan tempoh kelayakan",
            law="Act 4, s.17, s.29",
            law_day="death",
            facts=(
                Fact("born", "date", "date of birth of the deceased"),
                Fact("death", "date", "the day of the death"),
                *CONTRIBUTION_FACTS,
            ),
            tests=(Test(YOUNG, "meninggal dunia sebelum umur 60", "Act 4, s.17A"), QUALIFYING_TEST, EARLIER_TEST),
            results=tuple(each for each in PENSION_RESULTS if each.name in COUNTED),
            decide=decide_qualified,
            granted="qualified",
            # Since version 2 the months of a foreign worker count since invalidity is insured, and those that are
            # payable and not declared; what was contributed before 2013 an officer finds.
            version=2,
        )
    ),
    *with_earlier(
        Determination(
            name="act4 funeral benefit",
            title="Funeral benefit",
            title_ms="Faedah pengurusan mayat",
            law=SECTION,
            law_day="died on",
            facts=(
                Fact("died on", "date", "the day of the death"),
                Fact(
                    "death",
                    "choice",
                    "of what, or as what, the insured person died: of an injury; while on temporary or permanent "
                    "disablement benefit, for an employment injury or outside it; as an invalidity pensioner; "
                    "before 60 with a qualifying period",
                    default=DEATHS[0],
                    choices=DEATHS,
                ),
                FOUND_ALIVE_FACT,
                Fact("nobody claims", "yes_no", "whether it was found that nobody claims it", default="no"),
                Fact(
                    "claimants",
                    "people",
                    "each claimant by a name",
                    of=(
                        Fact("relation", "choice", "what the claimant was to the deceased", choices=RELATIONS),
                        Fact("born", "date", "date of birth; decides who is the eldest son or daughter", default=""),
                        Fact("paid for the funeral", "ringgit", "actual cost with receipts", default="0.00"),
                    ),
                ),
            ),
            tests=(
                died_test(SECTION),
                Test(COVERED, "kematian itu melayakkan faedah pengurusan mayat", SECTION),
                Test(PAYABLE, "waris menuntut, atau seseorang membuktikan kos", SECTION),
            ),
            results=(
                Result("amount", "amaun", "sen", "the benefit, or the actual cost up to it where no heir claims"),
                Result("paid to <person>", "dibayar kepada <person>", "sen", "each claimant's part"),
            ),
            decide=decide,
            # Since version 2 the death is what the questions about the injury and the contributions found.
            version=2,
        )
    ),
)
