"""An increase of a periodic benefit with its arrears (Act 4; orders after actuarial reviews)."""

from shared.law.act4.increases.rules import in_range, increased, is_a_review
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import percent, sen, working

ORDER = "Act 4 (increases by order)"
REVIEWED = "a review took effect on that day"
IN_RANGE = "the factor lies in the range of the review"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the review and its range; then the new monthly amount and what is owed for the months since."""
    first_day, factor = str(facts.day("in force")), facts.share("factor")
    if not steps.test(REVIEWED, is_a_review(first_day, law)):
        return
    if not steps.test(IN_RANGE, in_range(first_day, factor, law)):
        return
    before, months = facts.sen("monthly benefit"), facts.count("months of arrears")
    after = increased(before, factor, law)
    steps.amount("new monthly benefit", after, working("{} × (1 + {})", sen(before), percent(factor)), ORDER)
    steps.amount("arrears", (after - before) * months, working("{} × {}", sen(after - before), months), ORDER)


DETERMINATIONS = (
    Determination(
        name="act4 increase",
        title="Increase of a periodic benefit",
        title_ms="Kenaikan faedah berkala",
        law=ORDER,
        law_day="day",
        facts=(
            Fact("day", "date", "the day on which the increase took effect, or a later one"),
            Fact("monthly benefit", "ringgit", "before the increase"),
            Fact("in force", "date", "the day on which the increase took effect"),
            Fact("factor", "percent", "of the year in which the benefit began, as the order states it"),
            Fact("months of arrears", "count", "between that day and the first payment with it", default="0"),
        ),
        tests=(
            Test(REVIEWED, "semakan berkuat kuasa pada hari itu", ORDER),
            Test(IN_RANGE, "faktor dalam julat semakan", ORDER),
        ),
        results=(
            Result("new monthly benefit", "faedah bulanan baharu", "sen", "rounded once"),
            Result("arrears", "tunggakan", "sen", "months of arrears × the rise"),
        ),
        decide=decide,
        granted="increased",
    ),
)
