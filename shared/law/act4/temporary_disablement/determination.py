"""Temporary disablement benefit for an employment injury, from the facts of a claim to the amount (Act 4 s.22)."""

from shared.law.act4.accident.asked import COVER_FACTS, COVER_TESTS, INJURY_FACT, INJURY_TEST, is_covered, is_injury
from shared.law.act4.owing.asked import alive_test
from shared.law.act4.temporary_disablement.asked import (
    CERTIFIED_TEST,
    DAY_FACTS,
    DAY_RESULTS,
    days_asked,
    is_certified,
    pay,
)
from shared.law.act4.temporary_disablement.rules import daily_rate
from shared.law.act4.wage_base.asked import WAGE_FACTS
from shared.law.book import LawOn
from shared.law.determination import Determination, Steps, with_earlier
from shared.law.facts import Facts

SECTION = "Act 4, s.22"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests cover and the days certified, averages the assumed wages, and multiplies the rate by the payable days."""
    is_covered(facts, law, steps)
    is_injury(facts, steps)
    asked = days_asked(facts, law)
    if is_certified(facts, asked, law, steps, "act4.temporary_disablement.minimum_days", SECTION):
        pay(facts, asked, law, steps, "act4.temporary_disablement.share", daily_rate, SECTION)


DETERMINATIONS = with_earlier(
    Determination(
        name="act4 temporary disablement",
        title="Temporary disablement benefit for an employment injury",
        title_ms="Faedah hilang upaya sementara bagi bencana kerja",
        law="Act 4, s.22; Fourth Schedule",
        law_day="accident",
        facts=(*DAY_FACTS, *WAGE_FACTS, *COVER_FACTS, INJURY_FACT),
        tests=(*COVER_TESTS, INJURY_TEST, CERTIFIED_TEST, alive_test(SECTION)),
        results=DAY_RESULTS,
        decide=decide,
        # Since version 2 a death is a fact of its own.
        version=2,
    )
)
