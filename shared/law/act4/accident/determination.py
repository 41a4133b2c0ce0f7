"""Whether an accident is an employment injury, from its circumstances (Act 4 s.2(6), ss.23 to 25)."""

from shared.law.act4.accident.asked import COVER_FACTS, COVER_TESTS, is_covered
from shared.law.act4.accident.rules import in_the_course_of_employment, is_settled, journey_unbroken
from shared.law.book import LawOn
from shared.law.determination import Determination, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts

EMPLOYMENT = "happened in circumstances that the Act covers"
SETTLED = "whether the circumstance is covered is settled"
JOURNEY = "the journey was neither interrupted nor deviated from"
CIRCUMSTANCES = (
    "at work",
    "commuting",
    "journey for employment",
    "meal break",
    "emergency at the premises",
    "employer activity",
    "other",
)


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests cover, the circumstance, and for a journey that it was not broken."""
    is_covered(facts, law, steps)
    circumstance = facts.text("circumstance").replace(" ", "_")
    if is_settled(circumstance, law):
        steps.test(EMPLOYMENT, in_the_course_of_employment(circumstance, law))
    elif steps.test(SETTLED, facts.has("found by a person"), "Act 4, s.23"):
        steps.test(EMPLOYMENT, facts.says("found by a person"), "Act 4, s.2(6)", "Act 4, ss.23-25")
    steps.test(JOURNEY, journey_unbroken(circumstance, facts.says("interrupted or deviated"), law), "Act 4, s.24(2)")


DETERMINATIONS = (
    Determination(
        name="act4 employment injury",
        title="Whether an accident is an employment injury",
        title_ms="Sama ada kemalangan ialah bencana kerja",
        law="Act 4, s.2(6), ss.23-25",
        law_day="accident",
        facts=(
            Fact("accident", "date", "the day of the accident"),
            Fact(
                "circumstance",
                "choice",
                "when it happened; a weekly return from the home town for work is commuting, "
                "a tournament of the employer is an employer activity",
                choices=CIRCUMSTANCES,
            ),
            Fact("interrupted or deviated", "yes_no", "whether a journey was broken or left its way", default="no"),
            Fact(
                "found by a person",
                "yes_no",
                "where the Act leaves the circumstance open: whether a person found that it arose out of employment",
                default="",
            ),
            *COVER_FACTS,
        ),
        tests=(
            *COVER_TESTS,
            Test(SETTLED, "keadaan itu telah ditentukan", "Act 4, s.2(6), s.23", officer=True),
            Test(EMPLOYMENT, "berlaku dalam keadaan yang dilindungi Akta", "Act 4, s.2(6), ss.23-25"),
            Test(JOURNEY, "perjalanan tidak terganggu atau menyimpang", "Act 4, s.24(2)"),
        ),
        results=(),
        decide=decide,
        granted="employment injury",
    ),
)
