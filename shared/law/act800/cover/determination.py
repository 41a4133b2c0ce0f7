"""Who is insured under Act 800 in a month, whatever the wages (s.2, First Schedule)."""

from shared.kernel.periods import Month
from shared.law.act800.cover.asked import COVER_TESTS, PERSON_FACTS, make_tests
from shared.law.act800.cover.rules import age_in
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts

SERVICE = "works under a contract of service"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the contract and the First Schedule, by the law of the first day of the month."""
    month = Month.of(law.in_force)
    then = law.on(month.first_day)
    # Nobody was insured before the Act: without an entry there is no answer.
    then.require("act800.cover.minimum_age")
    steps.test(SERVICE, facts.says("contract of service"), "Act 800, s.2")
    make_tests(facts, month, then, steps)
    if facts.has("born"):
        born_on = facts.day("born")
        steps.amount("age", age_in(born_on, month, then), born_on, "Act 800, First Schedule")


DETERMINATIONS = (
    Determination(
        name="act800 cover",
        title="Whether a person is insured under Act 800 in a month",
        title_ms="Sama ada seseorang diinsuranskan di bawah Akta 800 dalam sebulan",
        law="Act 800, s.2; First Schedule",
        law_day="day of the month",
        facts=(
            Fact("day of the month", "date", "a day of the month"),
            Fact("contract of service", "yes_no", "whether there is a real contract of service", default="yes"),
            *PERSON_FACTS,
        ),
        tests=(Test(SERVICE, "bekerja di bawah kontrak perkhidmatan", "Act 800, s.2"), *COVER_TESTS),
        results=(Result("age", "umur", "age", "completed years, as the First Schedule asks in the month"),),
        decide=decide,
        granted="covered",
    ),
)
