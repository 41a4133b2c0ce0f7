"""Dependants' benefit for a death by an employment injury (Act 4, Fourth Schedule)."""

from shared.law.act4.accident.asked import COVER_FACTS, COVER_TESTS, INJURY_FACT, INJURY_TEST, is_covered, is_injury
from shared.law.act4.dependants.asked import BENEFIT, DEATH_FACTS, DEATH_RESULTS, DEATH_TESTS, pay
from shared.law.act4.dependants.rules import exact_rate
from shared.law.act4.owing.asked import died_test, is_found_alive
from shared.law.act4.wage_base.asked import WAGE_FACTS
from shared.law.book import LawOn
from shared.law.determination import Determination, Steps
from shared.law.facts import Facts


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests cover, the cause of death and who shares, and reckons each one's part of the daily rate."""
    if is_found_alive(facts, steps, BENEFIT):
        return
    is_covered(facts, law, steps)
    is_injury(facts, steps)
    pay(facts, law, steps, "act4.permanent_disablement.share", exact_rate)


DETERMINATIONS = (
    Determination(
        name="act4 dependants benefit",
        title="Dependants' benefit for a death by an employment injury",
        title_ms="Faedah orang tanggungan bagi kematian akibat bencana kerja",
        law="Act 4, Fourth Schedule",
        law_day="accident",
        facts=(*DEATH_FACTS, *WAGE_FACTS, *COVER_FACTS, INJURY_FACT),
        tests=(died_test(BENEFIT), *COVER_TESTS, INJURY_TEST, *DEATH_TESTS),
        results=DEATH_RESULTS,
        decide=decide,
    ),
)
