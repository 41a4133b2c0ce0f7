"""The arithmetic that a record shows beside an amount is the arithmetic of that amount, in worked cases."""

import ast
import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from operator import add, mul, sub, truediv

import pytest

from shared.kernel.money import half_up
from shared.kernel.periods import Month
from shared.law.act4.temporary_disablement.rules import daily_rate_working
from shared.law.book import book
from shared.law.case_files import Case, read_cases
from shared.law.cases import EVERYTHING_KNOWN, OWN
from shared.law.determination import determination, determine
from shared.law.fact_types import MalformedFact
from shared.law.tests.turned import law_of
from shared.law.working import Working, as_text

WORKINGS = [
    ("act4 arrears interest", "The minimum counts for each contribution month", {
        "days late for 2026-01": "2026-05-16 − 2026-02-16",
        "exact interest for 2026-01": "133.90 × 6 % × 89 / 365",
        "interest for 2026-01": "133.90 × 6 % × 89 / 365 → 5.00",
        "total to pay": "267.80 + 10.00",
    }),
    ("act4 constant attendance", "A year of constant attendance", {"amount": "12 × 500.00"}),
    ("act4 contributions", "The smallest wage there is", {
        "assumed wage": "0.01 → 1",
        "total": "0.40 + 0.10",
        "for employment injury": "0.40 − 0.10",
        "for invalidity": "0.10 + 0.10",
        "grand total": "0.50 + 0.00",
    }),
    ("act4 coordination", "Each month has the higher of its own, and a broken month is not divided again", {
        "benefit paid to Ana from 2026-09-01": "max(450.00, 300.00)",
        "benefit paid to Ana from 2026-10-01": "max(500.00, 450.00)",
        "paid to Ana in the first whole month": "450.00",
    }),
    ("act4 dependants benefit", "A widow and a child at RM3,000", {
        "average assumed monthly wage": "17700.00 / 6",
        "daily rate": "17700.00 / 6 / 30 × 90 %",
        "daily share of Siti": "17700.00 / 6 / 30 × 90 % × 3/5",
        "monthly share of Siti": "53.10 × 30",
        "monthly total": "88.50 × 30",
    }),
    ("act4 funeral benefit", "One who is no heir gets the actual cost", {"amount": "min(3000.00, 2450.00)"}),
    ("act4 increase", "An increase of 2023 with three months of arrears", {
        "new monthly benefit": "1000.00 × (1 + 4.7 %)",
        "arrears": "47.00 × 3",
    }),
    ("act4 invalidity grant", "A grant returns the contributions with the interest stated", {
        "grant": "147.00 + 3.10",
    }),
    ("act4 invalidity pension", "An invalid person's average leaves out the months without wages", {
        "complete months": "2020-01-01/2026-07-15",
        "share": "full: 78",
        "average assumed monthly wage": "5900.00 / 2",
        "counted average": "max(2950.00, 1100.00)",
        "monthly pension": "2950.00 × 54 %",
        "first month": "1593.00 × 17 / 31",
    }),
    ("act4 non employment injury dependants benefit", "A widow and a child in phase 1", {
        "daily rate": "35700.00 / 6 / 30 × 54 %",
        "daily share of Siti": "35700.00 / 6 / 30 × 54 % × 3/5",
        "monthly share of Siti": "64.26 × 30",
    }),
    ("act4 non employment injury permanent disablement", "Lump sum for 20 % in phase 1", {
        "daily rate for the loss": "35700.00 / 6 / 30 × 54 % × 20 %",
        "lump sum": "21.42 × 1 × 7479",
    }),
    ("act4 non employment injury temporary disablement", "Temporary disablement by a fall at home on 2026-06-01", {
        "days": "2026-06-01/2026-06-04",
        "daily rate": "35700.00 / 6 / 30 × 48 %",
        "amount": "4 × 95.20",
    }),
    ("act4 permanent disablement", "One fifth commuted, the rest goes on by the month", {
        "daily rate at full loss": "22500.00 / 6 / 30 × 90 %",
        "daily rate for the loss": "22500.00 / 6 / 30 × 90 % × 100 %",
        "monthly amount": "112.50 × 30",
        "lump sum": "112.50 × 1/5 × 7479",
        "daily balance": "112.50 × 4/5",
        "monthly balance": "90.00 × 30",
    }),
    ("act4 recovery", "One sen too much is an overpayment", {
        "owed back": "1224.01 - 1224.00",
        "set off": "min(0.01, 10.00)",
        "paid": "10.00 - 0.01",
        "still owed": "0.01 - 0.01",
    }),
    ("act4 survivors pension", "Survivors, widow, parent and a child aged twenty", {
        "share": "full: 24",
        "average assumed monthly wage": "58800.00 / 24",
        "counted average": "max(2450.00, 1100.00)",
        "monthly pension": "2450.00 × 50 %",
        "monthly share of Aminah": "1225.00 × 3/5",
        "monthly share of mother": "1225.00 × 0",
    }),
    ("act4 temporary disablement", "Wages were paid on every certified day", {"days": "0"}),
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
    ("act800 claim conditions", "Claim 1 with 11 contributions in 24 months", {
        "days to claim": "2026-06-15/2026-07-01",
        "window": "2024-07/2026-06",
    }),
    ("act800 contributions", "RM25", {"assumed wage": "25.00 → 1", "total": "0.05 + 0.05"}),
    ("act800 early reemployment allowance", "Reports in month 2", {
        "month 2": "2950.00 × 50 %",
        "job search allowance paid": "2360.00 + 1475.00",
        "unpaid balance": "7965.00 − 3835.00",
        "amount": "4130.00 × 25 %",
        "month of payment": "2 + 1",
    }),
    ("act800 interim assistance", "Interim assistance of 2018", {"amount": "3 × 600.00"}),
    ("act800 job search allowance", "The highest wage for 3 months", {
        "average assumed monthly wage": "35700.00 / 6",
        "month 2": "5950.00 × 50 %",
        "amount": "4760.00 + 2975.00 + 2380.00",
    }),
    ("act800 reduced income allowance", "One of two employments lost", {
        "average assumed monthly wage": "17700.00 / 6",
        "month 1": "2950.00 × 80 %",
        "amount": "2360.00 + 1475.00 + 1180.00 + 1180.00 + 885.00 + 885.00",
    }),
    ("act800 training allowance", "Average 2950.00, 10 days", {
        "share of a day": "2950.00 / 1 × 25 % / 30",
        "amount": "10 × 20.00",
    }),
    ("act800 training fee", "A fee under the limit", {
        "amount": "min(3500.00, 4000.00)",
        "not paid": "3500.00 − 3500.00",
    }),
    ("act838 allowance", "Dialysis is paid at its cost when that is lower", {
        "monthly allowance": "min(150.00, 200.00)",
    }),
    ("act838 contributions", "Twelve months", {"periods": "12", "contribution": "1 × 120.00"}),
    ("act838 funeral benefit", "Another payer is paid the cost", {"amount": "min(1250.50, 3000.00)"}),
    ("act838 permanent disablement", "One per cent is RM300", {"lump sum": "30000.00 × 1 %"}),
    ("act838 morbid allowance", "Morbid allowance is RM300 a month, a day of it by the days of the month", {
        "monthly allowance": "600.00 × 50 %",
        "first month": "300.00 × 17 / 31",
    }),
    ("act838 rehabilitation", "Rehabilitation within the limit of the period", {
        "borne": "min(8000.00, 50000.00 - 45000.00)",
    }),
    ("act838 survivors", "A widower and two children are scaled to the whole", {
        "monthly share of Ahmad": "300.00 × 3/7",
        "monthly share of Ali": "300.00 × 2/7",
    }),
    ("act872 deduction", "One ride of RM9.50", {
        "exact deduction on Alpha": "9.50 × 1.25 %",
        "shortfall": "13.10 − 0.12",
    }),
]  # fmt: skip


@cache
def worked_cases() -> tuple[Case, ...]:
    return tuple(read_cases(OWN))


@pytest.mark.parametrize(("about", "name", "workings"), WORKINGS, ids=[about for about, _, _ in WORKINGS])
def test_a_working_is_the_arithmetic_of_its_amount(about: str, name: str, workings: dict[str, str]) -> None:
    (case,) = (each for each in worked_cases() if (each.about, each.name) == (about, name))
    record = determine(determination(about), case.facts, book().on(case.on, case.known or EVERYTHING_KNOWN))
    shown = {amount["name"]: as_text(amount["working"]) for amount in record.body["amounts"]}
    assert {result: shown[result] for result in workings} == workings


def said(worked: Working) -> str:
    return as_text(worked.body)


STEPPED = ("government share",)  # rounded to ten sen, which no sign says
OPERATIONS = {ast.Add: add, ast.Sub: sub, ast.Mult: mul, ast.Div: truediv}


def worked_out(working: str) -> Fraction | None:
    """What a working comes to; None where it is no arithmetic: a class, a date, a word."""
    text = working.replace("×", "*").replace("−", "-").replace("%", "* 0.01")
    if not re.search(r"[*/]|min|max", text) or re.search(r"[^0-9.+*/(), amxin-]|[0-9]{4}-[0-9]{2}", text):
        return None
    return _value(ast.parse(text, mode="eval").body, text)


def _value(node: ast.expr, text: str) -> Fraction:
    if isinstance(node, ast.Constant):
        return Fraction(str(ast.get_source_segment(text, node)))
    if isinstance(node, ast.BinOp):
        found: Fraction = OPERATIONS[type(node.op)](_value(node.left, text), _value(node.right, text))
        return found
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    return {"min": min, "max": max}[node.func.id](_value(each, text) for each in node.args)


def amounts_that_are_worked_out() -> Iterator[tuple[str, str, Fraction, Fraction]]:
    """Of every worked case each amount whose working is arithmetic: whose, the working, its value, and the amount."""
    for case in worked_cases():
        try:
            record = determine(
                determination(case.about), case.facts, book().on(case.on, case.known or EVERYTHING_KNOWN)
            )
        except MalformedFact:
            continue
        for amount in record.body["amounts"]:
            if amount["unit"] in ("sen", "percent") and not amount["name"].startswith(STEPPED):
                value = worked_out(as_text(amount["working"]))
                if value is not None:
                    in_sen = value * 100 if amount["unit"] == "sen" else value
                    yield (
                        f"{case.name}: {amount['name']}",
                        as_text(amount["working"]),
                        in_sen,
                        Fraction(amount["value"]),
                    )


def test_every_working_that_is_arithmetic_comes_to_its_amount() -> None:
    found = list(amounts_that_are_worked_out())
    wrong = [
        (whose, working, str(value))
        for whose, working, in_sen, value in found
        if in_sen != value and half_up(max(in_sen, Fraction(0))) != value
    ]
    assert wrong == []
    assert len(found) > 1_000


def test_a_working_that_leaves_the_floor_out_does_not_come_to_the_amount() -> None:
    assert worked_out("max(600.00 / 1 / 30 × 80 %, 30.00)") == 30
    assert worked_out("600.00 / 1 / 30 × 80 %") == 16
    assert worked_out("class of the wage") is None


def test_the_printed_working_of_a_claim_shows_the_floor_where_it_binds() -> None:
    """Act 4, Fourth Schedule: RM600.00 a month is of the class of 550.00, 14.67 a day, and RM30.00 is paid."""
    june = Month(2026, 6)
    assert said(daily_rate_working({june: 55_000}, law_of("2026-07-15"))) == "max(550.00 / 1 / 30 × 80 %, 30.00)"
    assert said(daily_rate_working({june: 245_000}, law_of("2026-07-15"))) == "2450.00 / 1 / 30 × 80 %"
