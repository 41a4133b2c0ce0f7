"""The facts and tests that every question about a non-employment injury has (Act 4 s.2(14A), ss.44A to 44C)."""

from shared.law.act4.accident.asked import CONTRACT, COVER_FACTS, COVER_TESTS, covers
from shared.law.act4.skbbk_benefits.rules import (
    has_wages,
    is_covered_cause,
    is_covered_conduct,
    is_covered_place,
    is_outside_section_96b,
)
from shared.law.book import LawOn
from shared.law.determination import Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts

COVERED = "covered for non employment injury on the day"
TAKES_PART = "takes part in the scheme in the month of the accident"
WAGES = "wages were paid for the month of the accident"
CAUSE = "caused by an accident"
NOT_EMPLOYMENT = "did not arise out of and in the course of employment"
PLACE = "happened in Malaysia"
CONDUCT = "not caused by excluded conduct"
SECTION_96B = "not in a circumstance of section 96B"

INJURY_FACTS = (
    *COVER_FACTS,
    Fact(
        "takes part",
        "yes_no",
        "whether the person takes part: not released by a liability release notice, and contributing",
        default="yes",
    ),
    Fact("wages paid in the month", "yes_no", "whether wages were paid for the month of the accident", default="yes"),
    Fact("cause", "choice", "what caused the injury", default="accident", choices=("accident", "disease")),
    Fact("arose out of employment", "yes_no", "whether it is an employment injury instead", default="no"),
    Fact("outside Malaysia", "yes_no", "whether the accident happened outside Malaysia", default="no"),
    Fact("conduct under section 93", "yes_no", "whether an act punishable under section 93 was done", default="no"),
    Fact(
        "breach of immigration law",
        "yes_no",
        "whether a foreign worker misused a pass or broke the Immigration Act 1959/63",
        default="no",
    ),
    Fact(
        "circumstance of section 96B",
        "yes_no",
        "whether section 96B excludes it; the text of the section is open",
        default="no",
    ),
)
INJURY_TESTS = (
    COVER_TESTS[0],
    Test(COVERED, "dilindungi bagi kecederaan bukan bencana kerja pada hari itu", "Act 4, s.6(2) (Act A1788)"),
    Test(TAKES_PART, "menyertai skim pada bulan kemalangan", "Act 4, s.6 (Act A1788)"),
    Test(WAGES, "gaji dibayar bagi bulan kemalangan", "Act 4, s.6 (Act A1788)"),
    Test(CAUSE, "disebabkan oleh kemalangan", "Act 4, s.2(14A)"),
    Test(NOT_EMPLOYMENT, "tidak terbit daripada dan dalam masa pekerjaan", "Act 4, s.2(14A)"),
    Test(PLACE, "berlaku di Malaysia", "Act 4, s.44A"),
    Test(CONDUCT, "bukan akibat perbuatan yang dikecualikan", "Act 4, s.44B"),
    Test(SECTION_96B, "bukan dalam keadaan seksyen 96B", "Act 4, s.2(14A), s.96B"),
)


def is_covered(facts: Facts, law: LawOn, steps: Steps) -> bool:
    """Test cover, participation and the exclusions; before the scheme the test of cover alone is made and fails."""
    steps.test(CONTRACT, facts.says("contract of service"), "Act 4, s.2(5)", "Act 4, s.5")
    if not steps.test(COVERED, covers(facts.text("category"), "non_employment_injury", law), "Act 4, s.6(2)"):
        return False
    steps.test(TAKES_PART, facts.says("takes part"), "Act 4, s.6 (Act A1788)")
    steps.test(WAGES, has_wages(facts.says("wages paid in the month"), law))
    steps.test(CAUSE, is_covered_cause(facts.text("cause"), law))
    steps.test(NOT_EMPLOYMENT, not facts.says("arose out of employment"), "Act 4, s.2(14A)")
    steps.test(PLACE, is_covered_place(facts.says("outside Malaysia"), law), "Act 4, s.44A")
    misconduct = facts.says("conduct under section 93") or facts.says("breach of immigration law")
    steps.test(CONDUCT, is_covered_conduct(misconduct, law), "Act 4, s.44B")
    steps.test(SECTION_96B, is_outside_section_96b(facts.says("circumstance of section 96B"), law), "Act 4, s.96B")
    return not steps.refused
