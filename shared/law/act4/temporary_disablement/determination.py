"""Temporary disablement benefit for an employment injury, from the facts of a claim to the amount (Act 4 s.22)."""

from shared.kernel.money import Sen, ringgit
from shared.kernel.periods import Month, count_days
from shared.law.act4.temporary_disablement.rules import certified_days, daily_rate, daily_rate_working, payable_days
from shared.law.act4.wage_base.rules import assumed_wage_of_month, average_assumed_monthly_wage, wage_base, wage_window
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.facts import Fact, Facts

CERTIFIED = "certified unfit long enough"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the days certified, averages the assumed wages, and multiplies the daily rate by the payable days."""
    happened_on = facts.day("accident")
    fit_from = facts.day("fit from") if facts.has("fit from") else None
    certified = certified_days(facts.periods("certified"), happened_on, fit_from, law)
    if not steps.test(CERTIFIED, count_days(certified) >= law.days("act4.temporary_disablement.minimum_days")):
        return
    base = wage_base(happened_on, _assumed(facts, law), facts.months("employed without contribution yet"), law)
    average = average_assumed_monthly_wage(base.assumed, law)
    total = ringgit(sum(base.assumed.values()))
    steps.amount("average assumed monthly wage", average, f"{total} / {len(base.assumed)}", "Act 4, Fourth Schedule")
    rate = daily_rate(average, law)
    steps.amount("daily rate", rate, daily_rate_working(base.assumed, law))
    periods = payable_days(facts.periods("certified"), happened_on, facts.days("worked with wages"), fit_from, law)
    days = count_days(periods)
    steps.amount("days", days, ", ".join(map(str, periods)) or "none", "Act 4, s.22")
    steps.amount("amount", days * rate, f"{days} × {ringgit(rate)}", "Act 4, s.22")


def _assumed(facts: Facts, law: LawOn) -> dict[Month, Sen]:
    """Assumed wages as given, or looked up from the wages of each month; both in one window would be two truths."""
    given = {month: amounts[0] for month, amounts in facts.by_month("assumed wages").items()}
    window = wage_window(facts.day("accident"), law)
    worked = {month: wages for month, wages in facts.by_month("wages").items() if month <= window[-1]}
    return {month: assumed_wage_of_month(wages, month, law) for month, wages in worked.items()} | given


DETERMINATIONS = (
    Determination(
        name="act4 temporary disablement",
        title="Temporary disablement benefit for an employment injury",
        title_ms="Faedah hilang upaya sementara bagi bencana kerja",
        law="Act 4, s.22; Fourth Schedule",
        on="the day of the accident",
        facts=(
            Fact("accident", "date", "the day of the accident"),
            Fact("certified", "periods", "the days certified unfit for work, first and last"),
            Fact("worked with wages", "dates", "days on which wages were paid", default=[]),
            Fact("fit from", "date", "first day of fitness by a final certificate", default=""),
            Fact("wages", "by_month", "wages declared; a list of amounts for several employers", default={}),
            Fact("assumed wages", "by_month", "assumed wages of the class, in place of wages", default={}),
            Fact(
                "employed without contribution yet",
                "months",
                "months of an employment that goes on whose contribution is not known yet: rated provisionally",
                default=[],
            ),
        ),
        tests=(Test(CERTIFIED, "disahkan tidak sihat cukup lama", "Act 4, s.22"),),
        results=(
            Result(
                "average assumed monthly wage",
                "purata gaji bulanan anggapan",
                "sen",
                "the exact average over the contribution months of the six months before the month of the accident",
            ),
            Result("daily rate", "kadar harian", "sen", "benefit for one payable day, not under the floor"),
            Result("days", "hari", "days", "payable days"),
            Result("amount", "amaun", "sen", "days × daily rate"),
        ),
        decide=decide,
    ),
)
