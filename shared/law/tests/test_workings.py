"""The arithmetic that a record shows beside an amount is the arithmetic of that amount, in worked cases."""

import ast
import re
from collections.abc import Iterator
from fractions import Fraction
from operator import add, mul, sub, truediv

import pytest

from shared.kernel.money import half_up
from shared.kernel.periods import Month
from shared.law.act4.temporary_disablement.rules import daily_rate_working
from shared.law.book import book
from shared.law.case_files import read_cases
from shared.law.cases import EVERYTHING_KNOWN, OWN
from shared.law.determination import determination, determine
from shared.law.fact_types import MalformedFact
from shared.law.tests.turned import law_of
from shared.law.working import Working, as_text

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
    for case in read_cases(OWN):
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
