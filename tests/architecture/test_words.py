"""Nothing brings back a word of our own where the field has a term."""

from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, files
from tests.architecture.words import words_of_our_own


def test_names_and_prose_use_the_fields_terms() -> None:
    assert words_of_our_own(ROOT, files()) == []


@pytest.mark.parametrize(
    ("line", "term"),
    [
        ("x = 0  # nought", "zero"),
        ("class KeepHouse: ...", "retention cleanup"),
        ("the second look of due work", "recheck"),
        ("second_look = True", "recheck"),
        ("async def take_in_hand(self): ...", "in flight"),
        ("class BankTeller: ...", "story runner or bank clerk"),
        ("a portion of the register", "page"),
    ],
)
def test_a_word_of_our_own_is_found(tmp_path: Path, line: str, term: str) -> None:
    (tmp_path / "a.py").write_text(f"fine = 1\n{line}\n")
    assert words_of_our_own(tmp_path, ["a.py"]) == [f"a.py:2: say {term}"]


def test_a_word_that_holds_another_is_no_finding(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("The journalist, the proportion, the storyteller and the housekeeper.\n")
    assert words_of_our_own(tmp_path, ["a.md"]) == []
