"""Benefits for a non-employment injury: temporary and permanent disablement, dependants (Act 4 s.44C, Act A1788)."""

from shared.law.act4.dependants import asked as death
from shared.law.act4.owing.asked import alive_test, died_test, is_found_alive
from shared.law.act4.permanent_disablement import asked as loss
from shared.law.act4.skbbk_benefits.asked import INJURY_FACTS, INJURY_TESTS, is_covered
from shared.law.act4.skbbk_benefits.rules import (
    PERMANENT_SHARE,
    TEMPORARY_SHARE,
    day_of_phase,
    exact_permanent_rate,
    exact_rate_of_death,
    temporary_daily_rate,
)
from shared.law.act4.temporary_disablement import asked as days
from shared.law.act4.wage_base.asked import WAGE_FACTS
from shared.law.book import LawOn
from shared.law.determination import Determination, Steps, with_earlier
from shared.law.fact_types import Fact
from shared.law.facts import Facts

SECTION = "Act 4, s.44C; Fourth Schedule (Act A1788)"


def decide_injury(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests cover and what is excluded."""
    is_covered(facts, law, steps)


def decide_temporary(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests cover and the days certified, and pays days at the rate of the phase."""
    if not is_covered(facts, law, steps):
        return
    asked = days.days_asked(facts, law)
    if days.is_certified(facts, asked, law, steps, "act4.skbbk_benefits.minimum_days", SECTION):
        first = asked.paid[0].first if asked.paid else facts.day("accident")
        of_phase = law.on(day_of_phase(law.in_force, first, law))
        days.pay(facts, asked, of_phase, steps, TEMPORARY_SHARE, temporary_daily_rate, SECTION)


def decide_permanent(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests cover, loss, time and option, and reckons the daily rates of the phase."""
    if is_covered(facts, law, steps) and loss.is_payable(facts, law, steps):
        loss.pay(facts, law, steps, PERMANENT_SHARE, exact_permanent_rate)


def decide_death(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests cover, the cause of death and who shares, and reckons each one's part of the rate of the phase."""
    if not is_found_alive(facts, steps, death.BENEFIT) and is_covered(facts, law, steps):
        death.pay(facts, law, steps, PERMANENT_SHARE, exact_rate_of_death)


DETERMINATIONS = (
    Determination(
        name="act4 non employment injury",
        title="Whether an accident is a non-employment injury",
        title_ms="Sama ada kemalangan ialah kecederaan bukan bencana kerja",
        law="Act 4, s.2(14A), ss.44A to 44B (Act A1788)",
        law_day="accident",
        facts=(Fact("accident", "date", "the day of the accident"), *INJURY_FACTS),
        tests=INJURY_TESTS,
        results=(),
        decide=decide_injury,
        granted="non employment injury",
    ),
    *with_earlier(
        Determination(
            name="act4 non employment injury temporary disablement",
            title="Temporary disablement benefit for a non-employment injury",
            title_ms="Faedah hilang upaya sementara bagi kecederaan bukan bencana kerja",
            law=SECTION,
            law_day="accident",
            facts=(*days.DAY_FACTS, *WAGE_FACTS, *INJURY_FACTS),
            tests=(*INJURY_TESTS, days.CERTIFIED_TEST, alive_test(SECTION)),
            results=days.DAY_RESULTS,
            decide=decide_temporary,
            # Since version 2 a death is a fact of its own.
            version=2,
        )
    ),
    *with_earlier(
        Determination(
            name="act4 non employment injury permanent disablement",
            title="Permanent disablement benefit for a non-employment injury",
            title_ms="Faedah hilang upaya kekal bagi kecederaan bukan bencana kerja",
            law=SECTION,
            law_day="accident",
            facts=(*loss.LOSS_FACTS, *WAGE_FACTS, *INJURY_FACTS),
            tests=(*INJURY_TESTS, *loss.LOSS_TESTS),
            results=loss.LOSS_RESULTS,
            decide=decide_permanent,
            # Since version 2 a death ends it; since version 3 it is applied for by the first choice.
            # Since version 4 what was assessed before a review stands until it.
            # Since version 5 no lump sum is paid of a provisional assessment.
            # Since version 6 what was owed before a first day that was stated later stays until it was looked at.
            version=6,
        ),
        loss.SINCE,
    ),
    Determination(
        name="act4 non employment injury dependants benefit",
        title="Dependants' benefit for a death by a non-employment injury",
        title_ms="Faedah orang tanggungan bagi kematian akibat kecederaan bukan bencana kerja",
        law=SECTION,
        law_day="accident",
        facts=(*death.DEATH_FACTS, *WAGE_FACTS, *INJURY_FACTS),
        tests=(died_test(death.BENEFIT), *INJURY_TESTS, *death.DEATH_TESTS),
        results=death.DEATH_RESULTS,
        decide=decide_death,
    ),
)
