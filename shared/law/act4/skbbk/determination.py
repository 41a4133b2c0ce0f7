"""Who takes part in SKBBK in a month (Act 4 s.6(2), Act A1788)."""

from shared.kernel.periods import Month
from shared.law.act4.skbbk.rules import Choices, Participation, free_from, may_be_released, participation
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps
from shared.law.fact_types import Fact
from shared.law.facts import Facts

CITED = "Act 4, s.6(2) (Act A1788)"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Finds how the person stands in the month, and what the release leaves free."""
    facts.in_order("released on", "came back on")
    month = Month.of(law.in_force)
    choices = Choices(
        foreign=facts.says("foreign"),
        employed_from=facts.day_if_given("employed from"),
        released_on=facts.day_if_given("released on"),
        came_back_on=facts.day_if_given("came back on"),
    )
    possible = may_be_released(month, choices.foreign, law)
    steps.amount("release possible", possible, month)
    free = free_from(choices, law.on(month.first_day)) if possible else None
    if free is not None and choices.released_on is not None:
        steps.amount("first free month", str(free), choices.released_on)
    found = participation(choices, month, law)
    steps.amount("status", found.value, month, CITED)
    steps.amount("takes part", found is not Participation.OUT, found.value, CITED)
    out = found is Participation.OUT
    refunded = out and month.first_day >= law.on(month.first_day).day("act4.skbbk.refund_from")
    steps.amount("refunded", refunded, month, CITED)


DETERMINATIONS = (
    Determination(
        name="act4 skbbk participation",
        title="Whether a person takes part in SKBBK in a month",
        title_ms="Sama ada seseorang menyertai SKBBK dalam sebulan",
        law=CITED,
        law_day="day of the month",
        facts=(
            Fact("day of the month", "date", "a day of the wage month"),
            Fact("foreign", "yes_no", "neither citizen nor permanent resident", default="no"),
            Fact("employed from", "date", "first day with the employer, where it is new", default=""),
            Fact("released on", "date", "day on which the Liability Release Notice was filed", default=""),
            Fact("came back on", "date", "day on which a released person chose to take part", default=""),
        ),
        tests=(),
        results=(
            Result("release possible", "pelepasan boleh", "yes_no", "whether a release can leave the month free"),
            Result("first free month", "bulan bebas pertama", "text", "first month that the release leaves free"),
            Result("status", "kedudukan", "text", "mandatory, in by default, in by choice, or out"),
            Result("takes part", "menyertai", "yes_no", "whether the month is contributed for and covered"),
            Result("refunded", "dikembalikan", "yes_no", "whether what was deducted for the month is given back"),
        ),
        decide=decide,
        granted="decided",
    ),
)
