"""The enumeration of failpoints and the code agree, and production has none."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from shared.kernel.failpoints import FAILPOINTS, FailpointsRefused, arm, failpoint

ROOT = Path(__file__).resolve().parents[3]


def called() -> list[str]:
    """The names with which the code of the platform calls ``failpoint``; each must be a literal."""
    names = []
    for folder in ("shared", "services"):
        for path in (ROOT / folder).rglob("*.py"):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "failpoint":
                    name, *_ = node.args
                    assert isinstance(name, ast.Constant), f"{path}:{node.lineno}: a name that cannot be enumerated"
                    names.append(str(name.value))
    return names


def test_every_name_is_called_in_one_place_and_every_call_is_enumerated() -> None:
    assert Counter(called()) == Counter(FAILPOINTS)


def test_an_armed_point_tells_its_name_and_a_disarmed_one_nothing() -> None:
    reached: list[str] = []
    arm(reached.append, "test")
    failpoint("relay.read")
    arm(None, "test")
    failpoint("relay.marked")
    assert reached == ["relay.read"]


def test_a_point_that_is_reached_about_something_tells_that_too() -> None:
    reached: list[str] = []
    arm(reached.append, "test")
    failpoint("relay.read", "benefit.paid", "claim.assessed")
    arm(None, "test")
    assert reached == ["relay.read", "relay.read@benefit.paid", "relay.read@claim.assessed"]


def test_production_refuses_to_be_armed() -> None:
    with pytest.raises(FailpointsRefused):
        arm(lambda _: None, "production")
