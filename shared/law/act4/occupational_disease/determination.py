"""Whether a disease is presumed an employment injury (Act 4 s.28, Fifth Schedule)."""

from shared.kernel.periods import completed_months
from shared.law.act4.accident.asked import COVER_FACTS, COVER_TESTS, is_covered
from shared.law.act4.occupational_disease.rules import caused_by_accident, within_the_months
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import working

SECTION = "Act 4, s.28"
ACCIDENT = "a specific accident caused the disease"
DISEASE = "the disease is listed"
WORK = "the work is listed for the disease"
MONTHS = "began in the listed work or within the months after leaving it"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """A specific accident suffices; otherwise the disease, the work and the time must be those of the Schedule."""
    is_covered(facts, law, steps)
    if caused_by_accident(facts.says("caused by a specific accident"), law):
        steps.test(ACCIDENT, True, SECTION)
        return
    steps.test(DISEASE, facts.says("disease listed"), SECTION)
    steps.test(WORK, facts.says("work listed"), SECTION)
    left = facts.day_if_given("left the work")
    began = facts.day("began")
    if left is not None:
        steps.amount("months since leaving", completed_months(left, began), working("{} → {}", left, began), SECTION)
    steps.test(MONTHS, within_the_months(left, began, facts.says("extended"), law), SECTION)


DETERMINATIONS = (
    Determination(
        name="act4 occupational disease",
        title="Whether a disease is an employment injury",
        title_ms="Sama ada penyakit ialah bencana kerja",
        law="Act 4, s.28; Fifth Schedule",
        law_day="began",
        facts=(
            Fact("began", "date", "the day on which the disease began, or was first certified"),
            Fact("disease listed", "yes_no", "whether the Fifth Schedule lists the disease"),
            Fact("work listed", "yes_no", "whether the work is one that the Schedule lists for the disease"),
            Fact("left the work", "date", "the last day of the listed work; absent: still in it", default=""),
            Fact("extended", "yes_no", "whether the organisation extended the time at its discretion", default="no"),
            Fact("caused by a specific accident", "yes_no", "whether one accident caused it", default="no"),
            *COVER_FACTS,
        ),
        tests=(
            *COVER_TESTS,
            Test(ACCIDENT, "penyakit disebabkan oleh kemalangan tertentu", SECTION),
            Test(DISEASE, "penyakit itu tersenarai", "Act 4, s.28; Fifth Schedule"),
            Test(WORK, "kerja itu tersenarai bagi penyakit itu", "Act 4, s.28; Fifth Schedule"),
            Test(MONTHS, "bermula semasa kerja tersenarai atau dalam tempoh selepas meninggalkannya", SECTION),
        ),
        results=(
            Result("months since leaving", "bulan sejak meninggalkan kerja", "months", "completed months, if left"),
        ),
        decide=decide,
        granted="employment injury",
    ),
)
