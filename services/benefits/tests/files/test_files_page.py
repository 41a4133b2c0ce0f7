"""docs/files.md says of the bank's files what the code that writes and reads them says."""

import re
from pathlib import Path

from services.benefits.files.pain_001 import NAMESPACE
from services.benefits.files.pain_002 import _NAMESPACES, _OUTCOMES

PAGE = (Path(__file__).parents[4] / "docs" / "files.md").read_text(encoding="utf-8")


def test_every_status_that_is_known_stands_there_with_those_of_its_outcome() -> None:
    rows = [re.findall(r"`([A-Z]{4})`", row.split("|")[1]) for row in PAGE.splitlines() if row.startswith("| `")]
    told = sorted(codes for codes in rows if codes and set(codes) & set(_OUTCOMES))
    by_outcome: dict[str, list[str]] = {}
    for code, outcome in _OUTCOMES.items():
        by_outcome.setdefault(outcome, []).append(code)
    assert told == sorted(by_outcome.values())


def test_the_versions_are_those_that_are_written_and_read() -> None:
    assert f"`{NAMESPACE.rpartition(':')[2]}`" in PAGE
    assert [namespace[-2:] for namespace in _NAMESPACES] == ["09", "10"]
    assert "`pain.002.001.09` or `.10`" in PAGE
