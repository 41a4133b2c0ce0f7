"""Constant attendance allowance (Act 4 s.15)."""

from shared.law.act4.attendance.rules import allowance, totally_disabled
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import sen, working

DISABLED = "totally and permanently disabled or an invalidity pensioner"
CERTIFIED = "certified by a board as needing constant attendance"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the disablement and the certificate, and multiplies the flat allowance by the months."""
    steps.test(DISABLED, totally_disabled(facts.share("loss"), law) or facts.says("invalidity pensioner"))
    steps.test(CERTIFIED, facts.says("certified by a board"), "Act 4, s.15")
    if steps.refused:
        return
    month = allowance(1, law)
    steps.amount("monthly amount", month, sen(month))
    months = facts.count("months")
    steps.amount("amount", allowance(months, law), working("{} × {}", months, sen(month)))


DETERMINATIONS = (
    Determination(
        name="act4 constant attendance",
        title="Constant attendance allowance",
        title_ms="Elaun layanan sentiasa",
        law="Act 4, s.15",
        law_day="first day of the month",
        facts=(
            Fact("first day of the month", "date", "the first day of the month that is paid"),
            Fact("loss", "percent", "the loss that a board assessed", default="0"),
            Fact("invalidity pensioner", "yes_no", "whether an invalidity pension is paid", default="no"),
            Fact("certified by a board", "yes_no", "whether a board certified the need of constant attendance"),
            Fact("months", "count", "whole months asked about", default="1"),
        ),
        tests=(
            Test(DISABLED, "hilang upaya kekal menyeluruh atau pesara ilat", "Act 4, s.15"),
            Test(CERTIFIED, "disahkan oleh jemaah sebagai memerlukan layanan sentiasa", "Act 4, s.15"),
        ),
        results=(
            Result("monthly amount", "amaun bulanan", "sen", "the flat allowance of one month"),
            Result("amount", "amaun", "sen", "months × monthly amount"),
        ),
        decide=decide,
    ),
)
