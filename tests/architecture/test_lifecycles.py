"""Every state has its transitions in one table, and what a document draws is that table."""

from importlib import import_module

import pytest

from services.benefits.domain.lifecycles import LIFECYCLES as OF_BENEFITS
from services.claims.domain.lifecycles import LIFECYCLES as OF_CLAIMS
from shared.kernel.lifecycle import Lifecycle
from shared.tasks.task import LIFECYCLE as OF_TASK
from tests.architecture.lifecycles import drawn_in
from tests.architecture.tree import ROOT

# What happened to an offer or an appeal, with the state that it came to.
NO_STATE_OF_ITS_OWN = {"referral_offer_event", "appeal_event"}
WHOLE_LIFE = {**OF_CLAIMS, "task": OF_TASK, **OF_BENEFITS}


def test_each_table_with_a_state_has_its_transitions() -> None:
    for service, lives in (("claims", OF_CLAIMS), ("benefits", OF_BENEFITS)):
        metadata = import_module(f"services.{service}.storage.tables").metadata
        with_state = {table.name for table in metadata.sorted_tables if "state" in table.columns}
        assert with_state - NO_STATE_OF_ITS_OWN == lives.keys()


def test_every_state_is_reached() -> None:
    for name, life in WHOLE_LIFE.items():
        reached, more = set(life.begins), set(life.begins)
        while more:
            more = {after for state in more for after in life.follows[state]} - reached
            reached |= more
        assert reached == life.follows.keys(), name


def test_the_diagrams_of_claims_draw_the_tables() -> None:
    diagrams = drawn_in((ROOT / "docs/claims.md").read_text(encoding="utf-8"))
    whole = [parts for parts in diagrams if "" not in parts]
    assert [parts.keys() for parts in whole] == [{"claim", "question", "task", "board_case", "payment"}]
    drawn = [*whole[0].items(), *(("", parts[""]) for parts in diagrams if "" in parts)]
    others = iter(("board_case", "appeal", "referral_offer"))
    wrong = [(name, drawn_.differences(WHOLE_LIFE[name or next(others)])) for name, drawn_ in drawn]
    assert [each for each in wrong if each[1]] == []
    assert list(others) == []


_PAGE = """
```mermaid
stateDiagram-v2
    state thing {{
        state "open" as thing_open
        [*] --> thing_open: it begins
        thing_open --> thing_open: nothing
        thing_open --> {after}: it ends
        {after} --> [*]
    }}
```
"""


@pytest.mark.parametrize(
    ("after", "wrong"),
    [("over", []), ("gone", ["open --> gone", "open --> over", "ends in gone", "ends in over"])],
)
def test_what_is_drawn_otherwise_is_found(after: str, wrong: list[str]) -> None:
    life = Lifecycle.of({"open"}, {"open": {"over"}, "over": ()})
    [parts] = drawn_in(_PAGE.format(after=after))
    assert parts["thing"].differences(life) == wrong


def test_a_table_without_a_line_for_a_state_is_refused() -> None:
    with pytest.raises(ValueError, match="no line for"):
        Lifecycle.of({"open"}, {"open": {"over"}})
    life = Lifecycle.of({"open"}, {"open": {"over"}, "over": ()})
    assert [life.allows(None, "open"), life.allows(None, "over")] == [True, False]
    assert [life.allows("open", "over"), life.allows("over", "open"), life.allows("over", "over")] == [
        True,
        False,
        True,
    ]
