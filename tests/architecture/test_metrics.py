"""A metric that nobody sets would show operators a zero that means nothing."""

import re

import pytest

from shared.telemetry import metrics
from tests.architecture.tree import ROOT

NAMES = sorted(name for name, value in vars(metrics).items() if name.isupper() and hasattr(value, "labels"))
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("services", "shared")
    for path in (ROOT / folder).rglob("*.py")
    if "tests" not in path.parts
)


@pytest.mark.parametrize("name", NAMES)
def test_every_metric_is_set_somewhere(name: str) -> None:
    assert re.search(rf"metrics\.{name}\b", CODE)
