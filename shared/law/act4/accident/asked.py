"""The facts and tests of cover that the questions about injury benefits have in common (Act 4 s.2(5), s.5, s.6(2))."""

from shared.law.act4.cover.asked import NOT_INSURED
from shared.law.act4.cover.rules import Category, contingencies
from shared.law.book import LawOn
from shared.law.determination import Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts

CONTRACT = "employed under a contract of service on the day of the accident"
COVERED = "covered for employment injury on the day"

COVER_FACTS = (
    Fact("contract of service", "yes_no", "whether employed under a contract of service on the day", default="yes"),
    Fact(
        "category",
        "choice",
        "the category of insurance on the day, or none",
        default=Category.FIRST.value,
        choices=(*(each.value for each in Category), NOT_INSURED),
    ),
)
INJURY = "arose out of and in the course of employment"
INJURY_FACT = Fact(
    "employment injury", "yes_no", "whether it arose out of and in the course of employment", default="yes"
)
INJURY_TEST = Test(INJURY, "terbit daripada dan dalam masa pekerjaan", "Act 4, s.2(6), ss.23-25")
COVER_TESTS = (
    Test(CONTRACT, "bekerja di bawah kontrak perkhidmatan pada hari kemalangan", "Act 4, s.2(5), s.5"),
    Test(COVERED, "dilindungi bagi bencana kerja pada hari itu", "Act 4, s.6(2)"),
)


def covers(category: str, contingency: str, law: LawOn) -> bool:
    """Whether a category, or "none", covers a contingency on the day of the law (Act 4 s.6(2))."""
    return category != NOT_INSURED and contingency in contingencies(Category(category), law)


def is_covered(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Test the contract of service and the cover for employment injury."""
    steps.test(CONTRACT, facts.says("contract of service"), "Act 4, s.2(5)", "Act 4, s.5")
    insured = covers(facts.text("category"), "employment_injury", law)
    steps.test(COVERED, insured, "Act 4, s.6(2)")


def is_injury(facts: Facts, steps: Steps) -> None:
    """Test that it is an employment injury, which is a question of its own."""
    steps.test(INJURY, facts.says("employment injury"), "Act 4, s.2(6)", "Act 4, ss.23-25")
