"""What platforms deduct and remit for a gig worker in a month (Act 872 s.83; P.U.(A) 143/2026 reg. 2)."""

from shared.kernel.money import Sen
from shared.law.act789.contributions.rules import class_of, earning_of_plan
from shared.law.act872.deduction.rules import (
    Transaction,
    default_minimum,
    earnings,
    exact_deduction,
    remittance,
    shortfall,
)
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import joined, percent, sen, working

DEDUCTION = "Act 872, s.83; P.U.(A) 143/2026 reg. 2"
TOLD = "Act 872, s.83(e)-(f)"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Sums exactly by platform, rounds each platform's remittance once, and compares with the plan's minimum."""
    law.require("act872.deduction.rate")
    remitted = earned_in_all = 0
    for platform, earned in _by_platform(facts, law).items():
        earned_in_all += sum(earned)
        steps.amount(f"earnings on {platform}", sum(earned), joined(" + ", *map(sen, earned)), "Act 872, s.2")
        share = percent(law.share("act872.deduction.rate"))
        exact = exact_deduction(earned, law)
        of_earned = working("{} × {}", sen(sum(earned)), share)
        steps.amount(f"exact deduction on {platform}", exact, of_earned, DEDUCTION)
        part = remittance(earned, law)
        steps.amount(f"remittance of {platform}", part, sen(exact))
        remitted += part
    steps.amount("exact deduction", exact_deduction([earned_in_all], law), sen(earned_in_all))
    steps.amount("remittance", remitted, working("Σ"), "Act 872, s.83(c)-(d)")
    minimum = _minimum(facts, law)
    steps.amount("minimum", minimum, sen(minimum))
    below = working("{} − {}", sen(minimum), sen(remitted))
    above = working("{} − {}", sen(remitted), sen(minimum))
    steps.amount("shortfall", shortfall(remitted, minimum), below, TOLD)
    steps.amount("excess", max(0, remitted - minimum), above, TOLD)
    notice = law.days("act872.deduction.notice_days")
    if remitted != minimum:
        steps.amount("notice days", notice, notice)


def _by_platform(facts: Facts, law: LawOn) -> dict[str, list[Sen]]:
    found: dict[str, list[Sen]] = {}
    for each in facts.people("transactions").values():
        transaction = Transaction(each.sen("gross"), each.sen("tips"), each.sen("commission"))
        found.setdefault(each.text("platform"), []).append(earnings(transaction, law))
    return found


def _minimum(facts: Facts, law: LawOn) -> Sen:
    if facts.has("plan"):
        return class_of(earning_of_plan(facts.text("plan"), law), law).monthly
    if facts.has("monthly earning"):
        return class_of(facts.sen("monthly earning"), law).monthly
    return default_minimum(law)


DETERMINATIONS = (
    Determination(
        name="act872 deduction",
        title="Deduction from a gig worker's earnings in a month",
        title_ms="Potongan daripada pendapatan pekerja gig dalam sebulan",
        law=DEDUCTION,
        law_day="last day of the month",
        facts=(
            Fact("last day of the month", "date", "the last day of the month"),
            Fact(
                "transactions",
                "records",
                "what the worker earned in the month",
                of=(
                    Fact("platform", "text", "the platform provider"),
                    Fact("gross", "ringgit", "earnings of the transaction before commission, without tips"),
                    Fact("tips", "ringgit", "tips", default="0.00"),
                    Fact("commission", "ringgit", "what the platform keeps", default="0.00"),
                ),
            ),
            Fact("plan", "text", "the worker's plan under Act 789, 1 to 4", default=""),
            Fact("monthly earning", "ringgit", "insured monthly earnings chosen, in place of a plan", default=""),
        ),
        tests=(),
        results=(
            Result("earnings on <platform>", "pendapatan di <platform>", "sen", "earnings deducted from"),
            Result("exact deduction on <platform>", "potongan tepat di <platform>", "sen", "before rounding"),
            Result("remittance of <platform>", "bayaran <platform>", "sen", "rounded once for the month"),
            Result("exact deduction", "potongan tepat", "sen", "of all platforms, before rounding"),
            Result("remittance", "bayaran", "sen", "what all platforms remit"),
            Result("minimum", "minimum", "sen", "monthly contribution of the plan; of the lowest class without one"),
            Result("shortfall", "kekurangan", "sen", "what the worker tops up to reach the minimum"),
            Result("excess", "lebihan", "sen", "what is above the minimum: the worker chooses an amount"),
            Result("notice days", "hari notis", "days", "days within which the worker is told"),
        ),
        decide=decide,
        granted="due",
    ),
)
