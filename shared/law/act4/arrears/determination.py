"""Interest on contributions that are paid late (Act 4 s.14A; General Regulations 1971, reg. 33)."""

from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act4.arrears.rules import exact_interest, late_interest, waived
from shared.law.act4.contributions.rules import due_on
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import percent, sen, working

REGULATION = "Act 4, s.14A; Employees' Social Security (General) Regulations 1971, reg. 33"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """For each contribution month: the due day, the days late, the exact interest and what is charged."""
    is_waived = waived(facts.says("only skbbk"), law)
    steps.amount("waived", is_waived, law.in_force)
    interest = contributions = 0
    for month, amounts in facts.by_month("contributions").items():
        contributions += sum(amounts)
        interest += _of_month(month, sum(amounts), is_waived, law, steps)
    steps.amount("interest", interest, working("Σ"), REGULATION)
    total = contributions + interest
    steps.amount("total to pay", total, working("{} + {}", sen(contributions), sen(interest)), REGULATION)


def _of_month(month: Month, amount: Sen, is_waived: bool, law: LawOn, steps: Steps) -> Sen:
    due = due_on(month, law.on(month.first_day))
    steps.amount(f"due for {month}", due, month)
    days = max(0, (law.in_force - due).days)
    steps.amount(f"days late for {month}", days, working("{} − {}", law.in_force, due), REGULATION)
    exact = exact_interest(amount, days, law)
    rate, a_year = law.share("act4.arrears.interest_rate"), law.days("act4.arrears.day_basis")
    by_the_day = working("{} × {} × {} / {}", sen(amount), percent(rate), days, a_year)
    steps.amount(f"exact interest for {month}", exact, by_the_day)
    charged = 0 if is_waived else late_interest(amount, due, law.in_force, law)
    steps.amount(f"interest for {month}", charged, working("{} → {}", by_the_day, sen(charged)), REGULATION)
    return charged


DETERMINATIONS = (
    Determination(
        name="act4 arrears interest",
        title="Interest on contributions paid late (FCLB)",
        title_ms="Faedah caruman lewat bayar (FCLB)",
        law=REGULATION,
        law_day="paid on",
        facts=(
            Fact("paid on", "date", "the day of payment"),
            Fact("contributions", "by_month", "what was due for each contribution month"),
            Fact("only skbbk", "yes_no", "whether they are SKBBK contributions alone", default="no"),
        ),
        tests=(),
        results=(
            Result("waived", "dikecualikan", "yes_no", "whether interest is waived on the day of payment"),
            Result("due for <month>", "perlu dibayar bagi <bulan>", "date", "last day in time; months as 2025-01"),
            Result("days late for <month>", "hari lewat bagi <bulan>", "days", "days after the due day"),
            Result(
                "exact interest for <month>",
                "faedah tepat bagi <bulan>",
                "sen",
                "interest by the day before minimum and rounding, whether or not it is waived",
            ),
            Result("interest for <month>", "faedah bagi <bulan>", "sen", "what is charged"),
            Result("interest", "faedah", "sen", "what is charged for all months"),
            Result("total to pay", "jumlah perlu dibayar", "sen", "contributions and interest"),
        ),
        decide=decide,
        granted="due",
    ),
)
