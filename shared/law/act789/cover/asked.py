"""What every question about an injury of the self-employed states: earnings, payment, injury and claim (Act 789)."""

from datetime import date

from shared.kernel.money import Sen
from shared.law.act789.contributions.rules import class_of, earning_of_plan
from shared.law.act789.cover.rules import Payment, claimed_in_time, is_covered
from shared.law.book import LawOn
from shared.law.determination import Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts

COVERED = "injured within the coverage period"
IN_TIME = "claimed in time"
FROM_ACTIVITY = "injured by the activity or travelling for its purpose"
INJURY_FACTS = (
    Fact("plan", "text", "the plan, 1 to 4; or give monthly earning", default=""),
    Fact("monthly earning", "ringgit", "the insured monthly earnings of one of the 30 classes", default=""),
    Fact("injured at", "instant", "the moment of the injury"),
    Fact(
        "payments",
        "records",
        "contributions for this activity",
        of=(
            Fact("paid at", "instant", "the time and date on the receipt"),
            Fact("months", "count", "months paid for", default="12"),
        ),
    ),
    Fact("by the activity", "yes_no", "whether the activity, or travel for its purpose, caused it", default="yes"),
    Fact("claimed on", "date", "the day of the claim; absent: not tested", default=""),
    Fact("disease confirmed on", "date", "for a disease, the day of its medical confirmation", default=""),
)
INJURY_TESTS = (
    Test(COVERED, "kecederaan dalam tempoh perlindungan", "Act 789, s.14(2)"),
    Test(FROM_ACTIVITY, "kecederaan oleh aktiviti atau perjalanan bagi maksudnya", "Act 789, s.3"),
    Test(IN_TIME, "tuntutan dibuat dalam masa", "Act 789, s.14(3)"),
)
EARNING_RESULT = Result("monthly earning", "pendapatan bulanan", "sen", "insured monthly earnings of the class")


def make_tests(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Test cover to the minute, the cause, and the time of the claim where it is given."""
    facts.in_order("injured at", "claimed on")
    payments = [Payment(each.instant("paid at"), each.count("months")) for each in facts.people("payments").values()]
    steps.test(COVERED, is_covered(payments, facts.instant("injured at"), law), "Act 789, s.14(2)")
    steps.test(FROM_ACTIVITY, facts.says("by the activity"), "Act 789, s.3")
    if facts.has("claimed on"):
        confirmed = facts.day_if_given("disease confirmed on") or injured_on(facts)
        steps.test(IN_TIME, claimed_in_time(confirmed, facts.day("claimed on"), law))


def injured_on(facts: Facts) -> date:
    """The day of the injury."""
    return facts.instant("injured at").date()


def insured(facts: Facts, law: LawOn, steps: Steps) -> Sen:
    """Record and return the insured monthly earnings in sen."""
    given = facts.sen("monthly earning") if facts.has("monthly earning") else earning_of_plan(facts.text("plan"), law)
    found = class_of(given, law)
    steps.amount("monthly earning", found.earning, found.number, "Act 789, Second Schedule, para 2")
    return found.earning
