"""What every question about a month under Act 800 states of the person, and the tests of the First Schedule."""

from shared.kernel.periods import Month, age_on
from shared.law.act800.cover.rules import age_in, spouse_is_insured, work_is_insured
from shared.law.book import LawOn
from shared.law.determination import Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts

NATIONAL = "citizen or permanent resident"
KIND = "kind of work is not excluded"
SPOUSE = "not the employer's spouse"
OLD_ENOUGH = "has reached the minimum age"
YOUNG_ENOUGH = "is under the maximum age"
EARLY_ENOUGH = "was first liable before the age limit"
KINDS = (
    "employed",
    "casual_outside_trade",
    "domestic_servant",
    "federal_or_state_public_service",
    "local_authority",
    "statutory_body",
    "detainee",
    "mineral_winner",
)
PERSON_FACTS = (
    Fact("born", "date", "day of birth; without it the ages are taken to be met", default=""),
    Fact("first liable", "date", "first day on which contributions were due, with any employer", default=""),
    Fact("foreign", "yes_no", "neither citizen nor permanent resident", default="no"),
    Fact(
        "kind of work",
        "choice",
        "employed, or a kind of work that the First Schedule names",
        default="employed",
        choices=KINDS,
    ),
    Fact("spouse of the employer", "yes_no", "whether the person is married to the employer", default="no"),
)
COVER_TESTS = (
    Test(NATIONAL, "warganegara atau pemastautin tetap", "Act 800, s.2"),
    Test(KIND, "jenis kerja tidak dikecualikan", "Act 800, First Schedule"),
    Test(SPOUSE, "bukan suami atau isteri majikan", "Act 800, First Schedule"),
    Test(OLD_ENOUGH, "telah mencapai umur minimum", "Act 800, First Schedule"),
    Test(YOUNG_ENOUGH, "di bawah umur maksimum", "Act 800, First Schedule"),
    Test(EARLY_ENOUGH, "mula bertanggungan sebelum had umur", "Act 800, First Schedule"),
)


def make_tests(facts: Facts, month: Month, law: LawOn, steps: Steps) -> None:
    """Test nationality, the kind of work, and, where the birth is given, the ages."""
    steps.test(NATIONAL, not facts.says("foreign") or law.says("act800.cover.foreigners_insured"), "Act 800, s.2")
    steps.test(KIND, work_is_insured(facts.text("kind of work"), law))
    steps.test(SPOUSE, not facts.says("spouse of the employer") or spouse_is_insured(law), "Act 800, First Schedule")
    if not facts.has("born"):
        return
    born_on = facts.day("born")
    facts.in_order("born", "first liable")
    age = age_in(born_on, month, law)
    steps.test(OLD_ENOUGH, age >= law.age("act800.cover.minimum_age"))
    steps.test(YOUNG_ENOUGH, age < law.age("act800.cover.maximum_age"))
    if facts.has("first liable"):
        first = age_on(born_on, facts.day("first liable"))
        steps.test(EARLY_ENOUGH, first < law.age("act800.cover.first_liable_age"))
