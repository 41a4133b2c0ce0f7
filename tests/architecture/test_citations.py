"""Nothing cites a rule, a decision, a source of the law or a page that the repository does not define."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.citations import (
    DECISIONS,
    RULES,
    SOURCES,
    outside,
    rules,
    unknown_decisions,
    unknown_pages,
    unknown_rules,
    unproved_rules,
)
from tests.architecture.law_sources import listed, unknown_sources, unknown_sources_of_entries
from tests.architecture.tree import ROOT, files

SMALL_RULES = """# Rules

## M: messages

### M1

A rule.

Held by:
- `tests/a.py::test_a`

## S: money

### S1

Another.
"""
SMALL_SOURCES = """# Sources

## Sections of act4

| section | about |
|---|---|
| §1.1 | cover |
| §8 | open points |

## Open points of act4

| no. | open |
|---|---|
| 4 | factors |

## Sources of act4

| key | what |
|---|---|
| S48 | a page |

## Sections of other-schemes

| section | about |
|---|---|
| §4.2 | claims |

## Open points of other-schemes

## Sources of other-schemes

| key | what |
|---|---|
| A789 | a bill |

## Cited without a key

| D.R.22/2004 | a bill |
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A repository with two rules, one decision, two dossiers and a page."""
    pages = {RULES: SMALL_RULES, SOURCES: SMALL_SOURCES, f"{DECISIONS}/0007-later.md": "# 7. Later\n"}
    for path, text in {**pages, "docs/page.md": "# Page\n\n## Time\n\n## 2. Rooms\n"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


Finder = Callable[[Path, list[str]], list[str]]


def _planted(finder: Finder, root: Path, text: str, path: str = "shared/a.py") -> list[str]:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    return finder(root, [path])


@pytest.mark.parametrize(
    "finder",
    [unknown_rules, unknown_decisions, unknown_pages, outside, unknown_sources, unknown_sources_of_entries],
    ids=lambda finder: finder.__name__,
)
def test_all_that_is_cited_is_defined(finder: Finder) -> None:
    assert finder(ROOT, files()) == []


def test_every_rule_says_what_holds_it() -> None:
    assert len(rules(ROOT)) == 32
    assert unproved_rules(ROOT) == []


def test_a_rule_that_nothing_holds_is_found(small: Path) -> None:
    assert unproved_rules(small) == [f"{RULES}: nothing holds S1"]


@pytest.mark.parametrize(
    "text",
    [
        '"""Sends (rules M1, M9)."""',
        "# Rules M9: no.",
        "# by rules M1 and M9",
        '"""Keeps (M9)."""',
        '"""Keeps (M1, M9)."""',
        "# A line that ends with (rules\n# M9).",
    ],
)
def test_a_rule_that_is_not_defined_is_found(small: Path, text: str) -> None:
    (found,) = _planted(unknown_rules, small, text + "\n")
    assert found.startswith("shared/a.py:")
    assert found.endswith(f": {RULES} has no rule M9")


@pytest.mark.parametrize("text", ["# rules R5", "# (rules S1 to S6)", "# rules M10"])
def test_rules_of_another_numbering_are_found(small: Path, text: str) -> None:
    assert len(_planted(unknown_rules, small, text + "\n")) == 1


@pytest.mark.parametrize("text", ["# rules M1 and S1 (M1, S1)", 'x = ("M9", f(M9))', "# DLT_(M9) and [S9](M9)"])
def test_rules_that_are_defined_and_what_is_no_rule_are_no_finding(small: Path, text: str) -> None:
    assert _planted(unknown_rules, small, text + "\n") == []


def test_a_tests_code_plants_and_only_its_words_cite(small: Path) -> None:
    text = '"""Rules M1."""\n\nPLANTED = "rules M9"\n# rules M8\n\n\ndef test_a() -> None:\n    """Rules M7."""\n'
    found = _planted(unknown_rules, small, text, "shared/tests/test_a.py")
    assert found == [
        f"shared/tests/test_a.py:4: {RULES} has no rule M8",
        f"shared/tests/test_a.py:8: {RULES} has no rule M7",
    ]


def test_a_decision_that_was_not_written_down_is_found(small: Path) -> None:
    found = _planted(unknown_decisions, small, "As decision 7 says.\n\nDecisions 7 and 8.\n", "docs/a.md")
    assert found == ["docs/a.md:3: there is no decision 8"]


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("shared/a.py", "# see page.md", "there is no page page.md"),
        ("shared/a.py", "# see docs/page.md §3", "docs/page.md has no section 3"),
        ("shared/a.py", '# see docs/page.md, "Places"', "docs/page.md has no section Places"),
        ("docs/a.md", "[this](gone.md)", "there is no page gone.md"),
        ("Makefile", "# breadth.md says why", "there is no page breadth.md"),
    ],
)
def test_a_page_that_is_not_there_is_found(small: Path, path: str, text: str, said: str) -> None:
    assert _planted(unknown_pages, small, text + "\n", path) == [f"{path}:1: {said}"]


def test_pages_and_sections_that_are_there_are_no_finding(small: Path) -> None:
    text = '# docs/page.md §2, docs/page.md, "Time"; writes report.md\n'
    assert _planted(unknown_pages, small, text) == []
    assert _planted(unknown_pages, small, "[this page](page.md), docs/rules.md#m1\n", "docs/a.md") == []


@pytest.mark.parametrize("said", ["../../shared/design", "../other"])
def test_a_path_out_of_the_repository_is_found(small: Path, said: str) -> None:
    assert _planted(outside, small, f"see {said}\n", "docs/a.md") == [f"docs/a.md:1: {said} is not in the repository"]


def test_an_issue_of_a_tracker_is_found(small: Path) -> None:
    assert _planted(outside, small, "# as issue 4 asks\n") == ["shared/a.py:1: issue 4 is not in the repository"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# dossier act4 §9.1", f"{SOURCES} lists no §9.1 of act4"),
        ("# act4 §1.1, §4.2", f"{SOURCES} lists no §4.2 of act4"),
        ("# dossier act4 §8 no. 5", f"{SOURCES} lists no open point 5 of act4"),
        ("# dossier act4 §1.1 [S49]", f"{SOURCES} lists no source S49 of act4"),
        ("# dossier act4 §1.1 [A789]", f"{SOURCES} lists no source A789 of act4"),
        ("# dossier other-schemes §4.2 [S48]", f"{SOURCES} lists no source S48 of other-schemes"),
        ("# dossier other-schemes §4.2 [A789; news]", f"{SOURCES} lists no source news of other-schemes"),
        ("# as [S49] has it", f"{SOURCES} lists no source S49"),
        ("# the dossier §4.2", "§4.2 of what?"),
        ("# by §3", "§3 of what?"),
        ("# dossier on other schemes, section 5.4", "a dossier is cited as `dossier <name> §<section>`"),
        ("# section 5.4 of the dossier", "a dossier is cited as `dossier <name> §<section>`"),
    ],
)
def test_a_source_that_is_not_listed_is_found(small: Path, text: str, said: str) -> None:
    assert _planted(unknown_sources, small, text + "\n") == [f"shared/a.py:1: {said}"]


@pytest.mark.parametrize(
    "text",
    [
        "# dossier act4 §1.1 [S48], §8 no. 4; other-schemes §4.2 [A789 s.11]",
        "# dossier act4 §1.1 and,\n# further on, §8 no. 4",
        "# RFC 6749 §4.4; docs/page.md §2; ^[A-Z]$ of act4 §1.1; [this](page.md)",
    ],
)
def test_sources_that_are_listed_and_sections_of_other_texts_are_no_finding(small: Path, text: str) -> None:
    assert _planted(unknown_sources, small, text + "\n") == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("The Times", "names no dossier"),
        ("domain dossier act4 §1.1 (D.R.1/2001)", f"{SOURCES} does not list D.R.1/2001"),
        ("domain dossier act4 §1.1 (D.R.22/2004)", ""),
    ],
)
def test_the_source_of_a_figure_is_a_dossier_or_a_bill_that_is_listed(small: Path, source: str, said: str) -> None:
    path = "shared/law/act4/a/b.yaml"
    found = _planted(unknown_sources_of_entries, small, f"entries:\n  - law: Act 4\n    source: {source}\n", path)
    assert found == ([f"{path}:3: {said}"] if said else [])


def test_no_two_dossiers_share_a_key() -> None:
    """A key that both had would name two sources."""
    act4, other_schemes = listed(ROOT).sources.values()
    assert min(len(act4), len(other_schemes)) > 20
    assert not act4 & other_schemes
