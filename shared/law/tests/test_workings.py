"""The arithmetic that a record shows beside an amount is the arithmetic of that amount, in worked cases."""

import pytest

from shared.law.book import book
from shared.law.case_files import read_cases
from shared.law.cases import EVERYTHING_KNOWN, OWN
from shared.law.determination import determination, determine

WORKINGS = [
    ("act4 dependants benefit", "A widow and a child at RM3,000", {
        "average assumed monthly wage": "17700.00 / 6",
        "daily rate": "17700.00 / 6 / 30 × 90 %",
        "daily share of Siti": "17700.00 / 6 / 30 × 90 % × 3/5",
        "monthly share of Siti": "53.10 × 30",
        "monthly total": "88.50 × 30",
    }),
    ("act789 contributions", "Plan 1 for twelve months", {"contribution": "12 × 13.10"}),
    ("act789 temporary disablement", "Plan 2, twenty days of temporary disablement", {
        "daily earning": "1550.00 / 30",
        "daily rate": "1550.00 / 30 × 80 %",
        "amount": "20 × 41.33",
    }),
    ("act789 permanent disablement", "Plan 2, total loss", {
        "daily rate for the loss": "1550.00 / 30 × 90 % × 100 %",
        "monthly amount": "46.50 × 30",
    }),
    ("act789 dependants benefit", "A widow alone has three fifths, RM837 for plan 2", {
        "daily rate": "1550.00 / 30 × 90 %",
        "monthly share of Aminah": "27.90 × 30",
    }),
    ("act800 job search allowance", "The highest wage for 3 months", {
        "average assumed monthly wage": "35700.00 / 6",
        "month 2": "5950.00 × 50 %",
        "amount": "4760.00 + 2975.00 + 2380.00",
    }),
    ("act800 training allowance", "Average 2950.00, 10 days", {
        "share of a day": "2950.00 / 1 × 25 % / 30",
        "amount": "10 × 20.00",
    }),
    ("act838 permanent disablement", "One per cent is RM300", {"lump sum": "30000.00 × 1 %"}),
    ("act838 morbid allowance", "Morbid allowance is RM300 a month, a day of it by the days of the month", {
        "monthly allowance": "600.00 × 50 %",
        "first month": "300.00 × 17 / 31",
    }),
    ("act872 deduction", "One ride of RM9.50", {
        "exact deduction on Alpha": "9.50 × 1.25 %",
        "shortfall": "13.10 − 0.12",
    }),
]  # fmt: skip


@pytest.mark.parametrize(("about", "name", "workings"), WORKINGS, ids=[about for about, _, _ in WORKINGS])
def test_a_working_is_the_arithmetic_of_its_amount(about: str, name: str, workings: dict[str, str]) -> None:
    (case,) = (each for each in read_cases(OWN) if (each.about, each.name) == (about, name))
    record = determine(determination(about), case.facts, book().on(case.on, case.known or EVERYTHING_KNOWN))
    shown = {amount["name"]: amount["working"] for amount in record.body["amounts"]}
    assert {result: shown[result] for result in workings} == workings
