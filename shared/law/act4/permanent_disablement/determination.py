"""Permanent disablement benefit for an employment injury (Act 4 s.22; Second and Fourth Schedules)."""

from shared.law.act4.accident.asked import COVER_FACTS, COVER_TESTS, INJURY_FACT, INJURY_TEST, is_covered, is_injury
from shared.law.act4.permanent_disablement.asked import LOSS_FACTS, LOSS_RESULTS, LOSS_TESTS, SINCE, is_payable, pay
from shared.law.act4.permanent_disablement.rules import exact_rate
from shared.law.act4.wage_base.asked import WAGE_FACTS
from shared.law.book import LawOn
from shared.law.determination import Determination, Steps, with_earlier
from shared.law.facts import Facts


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests cover, loss, time and option, and reckons the daily rates and what the option makes of them."""
    is_covered(facts, law, steps)
    is_injury(facts, steps)
    if is_payable(facts, law, steps):
        pay(facts, law, steps, "act4.permanent_disablement.share", exact_rate)


DETERMINATIONS = with_earlier(
    Determination(
        name="act4 permanent disablement",
        title="Permanent disablement benefit for an employment injury",
        title_ms="Faedah hilang upaya kekal bagi bencana kerja",
        law="Act 4, s.22; Second and Fourth Schedules",
        law_day="accident",
        facts=(*LOSS_FACTS, *WAGE_FACTS, *COVER_FACTS, INJURY_FACT),
        tests=(*COVER_TESTS, INJURY_TEST, *LOSS_TESTS),
        results=LOSS_RESULTS,
        decide=decide,
        # Since version 2 a death ends it; since version 3 it is applied for by the first choice.
        # Since version 4 what was assessed before a review stands until it.
        # Since version 5 no lump sum is paid of a provisional assessment.
        # Since version 6 what was owed before a first day that was stated later stays until it was looked at.
        version=6,
    ),
    SINCE,
)
