"""The driver's own account: amounts worked by hand, and faults that an audit has to find."""

from datetime import date

import pytest

from tests.oracle.owing import Term
from tests.prove.long.audit import terms_of
from tests.prove.long.findings import Findings
from tests.prove.long.oracle import Accident, Account, daily_rate, line, month_of_loss, summed

EARLY = dict.fromkeys(range(202601, 202606), 248000)


def test_the_rate_is_that_of_the_published_story() -> None:
    """14,700 / 6 / 30 × 80 % = 65.33, and 15,300 / 6 / 30 × 80 % = 68.00 with June at RM3,050."""
    assert daily_rate(EARLY) == 6_533
    assert daily_rate({**EARLY, 202606: 305_000}) == 6_800


def test_the_highest_rate_is_rounded_half_up_once_and_the_lowest_is_the_floor() -> None:
    assert daily_rate(dict.fromkeys(range(202601, 202607), 900_000)) == 15_867
    assert daily_rate(dict.fromkeys(range(202601, 202607), 50_000)) == 3_000


@pytest.mark.parametrize(
    ("wage", "month", "sen"),
    [
        (248_000, 202601, (248_000, 4_285, 1_225, 490, 490, 0)),
        (305_000, 202606, (305_000, 5_335, 1_525, 610, 610, 2_285)),
        (310_000, 202606, (310_000, 5_335, 1_525, 610, 610, 2_285)),
        (310_001, 202606, (310_001, 5_515, 1_575, 630, 630, 2_365)),
        (700_000, 202409, (700_000, 8_665, 2_475, 990, 990, 0)),
        (700_000, 202410, (700_000, 10_415, 2_975, 1_190, 1_190, 0)),
    ],
)
def test_a_line_is_that_of_its_class_and_month(wage: int, month: int, sen: tuple[int, ...]) -> None:
    """The rows of the dossier (act4 §2.2; other-schemes §4.1), at their edges and at October 2024."""
    assert line(wage, month) == sen


def test_a_claim_is_due_its_days_at_the_rate_of_the_employer_of_the_day() -> None:
    account = Account()
    account.spells = {"a": (7, 1, "2020-01-06", ""), "b": (7, 2, "2026-09-01", "")}
    account.lines = {(1, month, 7): wage for month, wage in EARLY.items()} | {(2, 202609, 7): 260_000}
    account.accidents = {"c": Accident("c", 7, 27)}
    assert account.due(date(2026, 9, 1)) == {"c": 176_391}
    account.lines[1, 202606, 7] = 305_000
    assert account.due(date(2026, 9, 1)) == {"c": 183_600}
    assert account.funds()["fund_skbbk"] == 2_285 + 1_915


def test_a_loss_is_due_by_the_month_on_its_payday_beside_the_days() -> None:
    """15,300 / 6 / 30 × 90 % × 12 % = 9.18 a day, 275.40 a month; October 2026 is paid on Friday the 30th."""
    assert month_of_loss({**EARLY, 202606: 305_000}, 12) == 27_540
    account = Account(spells={"a": (7, 1, "2020-01-06", "")}, accidents={"c": Accident("c", 7, 27, loss=12)})
    account.lines = {(1, month, 7): wage for month, wage in {**EARLY, 202606: 305_000}.items()}
    days = [date(2026, 10, 29), date(2026, 10, 30), date(2026, 11, 29), date(2026, 11, 30)]
    assert [account.due(day)["c"] - 183_600 for day in days] == [0, 27_540, 27_540, 2 * 27_540]
    found = [
        ("c", "day", 6_800, date(2026, 7, 16), date(2026, 8, 2)),
        ("c", "month", 27_540, date(2026, 10, 1), None),
        ("c", "day", 6_800, date(2026, 8, 3), date(2026, 8, 11)),
    ]
    findings, owed = Findings(), {claim: summed(terms) for claim, terms in account.owed().items()}
    findings.equal("entitlements", owed, terms_of(found).items())
    assert findings == Findings(), "in however many parts the days are told"
    for wrong in (Term("month", 27_541, date(2026, 10, 1)), Term("month", 27_540, date(2026, 11, 1))):
        findings.equal("entitlements", owed, terms_of([found[0], ("c", *wrong), found[2]]).items())
    findings.equal("entitlements", owed, terms_of([found[0], found[2]]).items())
    assert findings.lost == 3


def test_what_is_missing_is_lost_and_what_comes_twice_is_doubled() -> None:
    findings = Findings()
    findings.same("things", {"a", "b"}, ["a", "a"])
    assert (findings.lost, findings.doubled) == (1, 1)
    findings.equal("values", {"a": 1, "b": 2}, [("a", 1), ("b", 3)])
    assert (findings.lost, findings.doubled) == (2, 1)
    findings.none("doubles", ["a"])
    assert (findings.lost, findings.doubled, len(findings.sentences)) == (2, 2, 4)


def test_what_is_as_expected_is_no_finding() -> None:
    findings = Findings()
    findings.same("things", {"a", "b"}, ["b", "a"])
    findings.equal("values", {"a": 1}, [("a", 1)])
    findings.none("doubles", [])
    assert findings == Findings()
