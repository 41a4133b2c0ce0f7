"""What is drawn follows from the seed, and not from what else was imported."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers

from shared.testing.drawing import draw_by_seed_alone

# A constant of a module, which chance alone does not draw.
MARK = 271_828_182_845_904_523


def drawn() -> list[int]:
    """What one seed draws."""
    found: list[int] = []

    @seed(1)
    @settings(max_examples=200, phases=[Phase.generate], database=None)
    @given(st.integers(0, 10**18))
    def draw(number: int) -> None:
        found.append(number)

    draw()
    return found


def test_a_seed_draws_the_same_whatever_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, late = drawn(), ModuleType("imported_late")
    # Of ours, and no test.
    source = tmp_path / "imported_late.py"
    source.write_text(f"MARK = {MARK}")
    late.__file__ = str(source)
    monkeypatch.setitem(sys.modules, "imported_late", late)
    assert MARK not in before
    assert drawn() == before


def test_another_way_of_hypothesis_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(providers, "_get_local_constants")
    with pytest.raises(AttributeError, match="in another way"):
        draw_by_seed_alone()
