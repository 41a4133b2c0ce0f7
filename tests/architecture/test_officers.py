"""Officers are held apart in one place, and where they are not this is found."""

from pathlib import Path

import pytest

from tests.architecture.officers import refused_by_hand
from tests.architecture.tree import ROOT, python_files


def test_nobody_holds_officers_apart_by_hand() -> None:
    assert refused_by_hand(ROOT, python_files()) == []


@pytest.mark.parametrize(
    "line",
    [
        "raise BillOfOneself()",
        "raise ReceiptNeedsSecondOfficer",
        "if command.approved_by == said.officer: raise BillUnknown()",
        "if said.is_new and officer == said.by.officer: raise BillUnknown()",
        "if command.approved_by in await claimants(bill): raise BillUnknown()",
    ],
)
def test_a_rule_of_ones_own_is_found(tmp_path: Path, line: str) -> None:
    path = "services/rehab/commands/decide_bill.py"
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(f"{line}\n")
    assert len(refused_by_hand(tmp_path, [path])) == 1


@pytest.mark.parametrize(
    "line",
    [
        "must_be_another(command.approved_by, {said.officer}, BillOfOneself)",
        "if task.taken_by != officer: raise TaskNotYours()",
        "if said.officer is None: raise BillUnknown()",
    ],
)
def test_what_leaves_it_to_the_pattern_is_no_finding(tmp_path: Path, line: str) -> None:
    path = "services/rehab/commands/decide_bill.py"
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(f"{line}\n")
    assert refused_by_hand(tmp_path, [path]) == []
