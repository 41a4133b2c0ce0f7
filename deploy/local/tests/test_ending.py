"""The demo's last lines say what a person wants to see first."""

from typing import Any

from deploy.local.ending import Books, ending, ending_of_loss, ending_of_pension
from deploy.local.story import StoryStep


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "MYR"}


def decision(revision: int, rate: str, days: int, amount: str) -> dict[str, Any]:
    return {"revision": revision, "daily_rate": money(rate), "days": days, "amount": money(amount)}


DECISIONS = [
    decision(1, "65.33", 27, "1763.91"),
    decision(2, "68.00", 27, "1836.00"),
    decision(3, "68.00", 18, "1224.00"),
]
PAYMENTS = [
    {"revision": 1, "state": "settled", "amount": money("1763.91")},
    {"revision": 2, "state": "settled", "amount": money("72.09")},
    {"revision": 2, "state": "voided", "amount": money("9.99")},
]
ENTITLEMENTS = [{"law": "Act 4 s.22; Fourth Schedule"}]
RECOVERIES = [{"open": money("612.00"), "law": "Act 4 s.50"}]


def test_what_was_paid_to_whom_and_why_with_the_law_below() -> None:
    lines = ending("AMINAH BINTI YUSOF", "P000000012T", Books(DECISIONS, PAYMENTS, RECOVERIES, ENTITLEMENTS))
    assert lines == [
        "Paid to AMINAH BINTI YUSOF (P000000012T), and why",
        "   RM1,763.91  paid          27 days at RM65.33 are RM1,763.91: "
        "hurt at work on 15 July 2026, unfit until 11 August; June's wage was not known yet",
        "      RM72.09  paid          27 days at RM68.00 are RM1,836.00: June's wage arrived: RM3,050.00",
        "     RM612.00  to come back  18 days at RM68.00 are RM1,224.00: fit for other work from 3 August",
        "   RM1,224.00  in the end, as decided",
        "",
        "By law",
        "  Act 4 s.22; Fourth Schedule",
        "  Act 4 s.50",
    ]


def test_without_a_recovery_what_was_paid_is_what_there_is() -> None:
    lines = ending("AMINAH", "P000000012T", Books(DECISIONS[:1], PAYMENTS[:1], [], ENTITLEMENTS))
    assert lines[-4:] == ["   RM1,763.91  in the end, as decided", "", "By law", "  Act 4 s.22; Fourth Schedule"]


def test_a_pension_shows_each_month_with_its_payday_and_its_fund() -> None:
    facts = (("month", "2026-12"), ("amount", "RM1475.00"), ("payday", "2026-12-31"), ("fund", "invalidity"))
    steps = [StoryStep(8, "The clock is moved", (("to", "Thursday"),)), StoryStep(8, "Paid", facts)]
    assert ending_of_pension("FARIDAH", "P000000012T", steps) == [
        "Paid to FARIDAH (P000000012T) by moving the clock",
        "   RM1,475.00  for 2026-12, due on 2026-12-31, from invalidity",
    ]


def test_what_a_board_found_shows_each_month_with_its_fund() -> None:
    facts = (("month", "2026-10 to 2026-11"), ("amount", "RM1062.00"), ("fund", "employment_injury"))
    steps = [StoryStep(9, "A Medical Board decided", (("loss", "20 %"),)), StoryStep(9, "Paid", facts)]
    assert ending_of_loss("HAFIZ", "P000000012T", steps) == [
        "Paid to HAFIZ (P000000012T) for what a board found",
        "   RM1,062.00  for 2026-10 to 2026-11, from employment_injury",
    ]
