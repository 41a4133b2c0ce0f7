"""What is contributed under Act 789, and who pays it (Act 789 s.11, Second Schedule)."""

from shared.law.act789.contributions.rules import allows_plan, class_of, contribution, earning_of_plan, subsidised
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import percent, sen, working

MONTHS = "between one month and the most at once"
OPEN = "subsidy programme is open"
PLAN = "programme subsidises the plan"
NO_PLAN = "none"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Looks up the class, multiplies by the months, and divides what is due between government and payer."""
    law.require("act789.contributions.classes")
    months = facts.count("months")
    if not steps.test(MONTHS, 1 <= months <= law.months("act789.contributions.longest_months"), "Act 789, s.3"):
        return
    plan = facts.text("plan") if facts.has("plan") else NO_PLAN
    earning = facts.sen("monthly earning") if plan == NO_PLAN else earning_of_plan(plan, law)
    found = class_of(earning, law)
    steps.amount("class", found.number, sen(earning))
    steps.amount("monthly earning", found.earning, found.number, "Act 789, Second Schedule")
    steps.amount("monthly contribution", found.monthly, found.number, "Act 789, Second Schedule")
    full = contribution(earning, months, law)
    steps.amount("contribution", full, working("{} × {}", months, sen(found.monthly)), "Act 789, s.11(2)")
    if not facts.has("programme"):
        steps.amount("government share", 0, 0, "Act 789, s.11")
        steps.amount("payer share", full, sen(full), "Act 789, s.11")
        return
    _subsidise(facts.text("programme"), plan, full, law, steps)


def _subsidise(programme: str, plan: str, full: int, law: LawOn, steps: Steps) -> None:
    programmes = law.table("act789.contributions.subsidies.programmes")
    if not steps.test(OPEN, programme in programmes.keys):
        return
    if not steps.test(PLAN, allows_plan(programme, plan, law), "act789.contributions.subsidies.programmes"):
        return
    shares = subsidised(full, programme, law)
    share = programmes.share(programmes.find(programme), "government")
    steps.amount("government share", shares.government, working("{} × {}", sen(full), percent(share)))
    of_payer = working("{} − {}", sen(full), sen(shares.government))
    steps.amount("payer share", shares.payer, of_payer, "Act 789, s.11")


DETERMINATIONS = (
    Determination(
        name="act789 contributions",
        title="Contributions of the self-employed, with subsidies",
        title_ms="Caruman orang bekerja sendiri, dengan subsidi",
        law="Act 789, s.11; Second Schedule",
        law_day="paid on",
        facts=(
            Fact("paid on", "date", "the day of payment"),
            Fact("plan", "text", "the plan, 1 to 4; or give monthly earning", default=""),
            Fact("monthly earning", "ringgit", "the insured monthly earnings of one of the 30 classes", default=""),
            Fact("months", "count", "months paid for in advance", default="12"),
            Fact(
                "programme",
                "text",
                "the subsidy programme: penjana_gig (2020), sps (2022, 2023), sps_madani_plan_2 and sps_madani_plan_4 "
                "(2023), sps_2024, sps_2025, volunteers_2025, first_time_2026, second_year_2026",
                default="",
            ),
        ),
        tests=(
            Test(MONTHS, "antara sebulan dan bilangan bulan tertinggi", "Act 789, s.3; s.11"),
            Test(OPEN, "program subsidi dibuka", "Government subsidy programme, Act 789 contributions"),
            Test(PLAN, "program mensubsidi pelan itu", "Government subsidy programme, Act 789 contributions"),
        ),
        results=(
            Result("class", "kelas", "count", "number of the class, from 1"),
            Result("monthly earning", "pendapatan bulanan", "sen", "insured monthly earnings"),
            Result("monthly contribution", "caruman bulanan", "sen", "contribution for one month"),
            Result("contribution", "caruman", "sen", "contribution for all months paid for"),
            Result("government share", "bahagian kerajaan", "sen", "what the government pays, to 10 sen"),
            Result("payer share", "bahagian pembayar", "sen", "what is left to pay"),
        ),
        decide=decide,
        granted="due",
    ),
)
