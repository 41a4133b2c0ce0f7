"""The driver's own account: amounts worked by hand, and faults that an audit has to find."""

import pytest

from tests.prove.long.findings import Findings
from tests.prove.long.oracle import Accident, Account, daily_rate, line

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
    assert account.due() == {"c": 176_391}
    account.lines[1, 202606, 7] = 305_000
    assert account.due() == {"c": 183_600}
    assert account.funds()["fund_skbbk"] == 2_285 + 1_915


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
