"""The fine of an employer who does not report vacancies (Act 800 s.45F)."""

from shared.law.act800.employment_services.rules import highest_vacancy_fine
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps
from shared.law.fact_types import Fact, MalformedFact
from shared.law.facts import Facts


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Finds the fine of the offence."""
    offence = facts.count("offence")
    if offence < 1:
        raise MalformedFact("offence", "counted from 1")
    steps.amount("highest fine", highest_vacancy_fine(offence, law), offence)


DETERMINATIONS = (
    Determination(
        name="act800 vacancy fine",
        title="Fine of an employer who does not report vacancies",
        title_ms="Denda majikan yang tidak melaporkan kekosongan",
        law="Act 800, s.45F (Bill passed on 2026-03-12, not commenced)",
        law_day="day of the offence",
        facts=(
            Fact("day of the offence", "date", "the day of the offence"),
            Fact("offence", "count", "1 for the first offence, 2 for the second, 3 and more for a later one"),
        ),
        tests=(),
        results=(Result("highest fine", "denda paling tinggi", "sen", "the highest fine of this offence"),),
        decide=decide,
        granted="fined",
    ),
)
