"""An appeal's states and forums, and which of several orders counts."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations
from uuid import UUID

import pytest

from services.claims.domain.appeal import (
    Appeal,
    AppealState,
    Forum,
    Ground,
    Order,
    Outcome,
    check_forum,
)
from services.claims.domain.authority import in_order_of_authority
from services.claims.domain.errors import (
    AppealBeforeBoard,
    AppealForumWrong,
    AppealHeardAhead,
    AppealOver,
    OrderContradicts,
)
from services.claims.domain.evidence import Evidence, EvidenceKind
from shared.kernel.errors import JaringError
from shared.kernel.officers import Officers

FILED_AT, LATER = datetime(2026, 9, 21, 2, tzinfo=UTC), datetime(2026, 11, 20, 2, tzinfo=UTC)
BOTH = Officers("organisation:1", "officer-3", "officer-4", LATER)
ORDERED = Order(Outcome.VARIED, date(2026, 11, 20), "JRKS-12-2026", facts={"found by a person": "yes"})


def appeal(state: AppealState, **changes: object) -> Appeal:
    over = state in (AppealState.DECIDED, AppealState.NOT_ADMITTED, AppealState.WITHDRAWN)
    stands = Appeal(
        id=UUID(int=1), claim=UUID(int=2), tenant="person:7", filed_by="x", by_officer=False, forum=Forum.BOARD,
        ground=Ground.WAGES, question="temporary_disablement", revision=1, record="0" * 64, reason="entitled",
        filed_at=FILED_AT, state=state, changed_at=FILED_AT, ended_at=FILED_AT if over else None,
    )  # fmt: skip
    return replace(stands, **changes)  # type: ignore[arg-type]


ACTS = {
    "admitted": lambda each: each.admitted(BOTH, goes_on=True),
    "not admitted": lambda each: each.admitted(BOTH, goes_on=False),
    "answered": lambda each: each.replied("JW-1", BOTH),
    "heard": lambda each: each.heard(date(2026, 10, 19), LATER),
    "ordered": lambda each: each.decided(ORDERED, UUID(int=9), BOTH),
    "by a board": lambda each: each.decided_by_board(Outcome.UPHELD, date(2026, 11, 20), LATER),
    "withdrawn": lambda each: each.withdrawn(LATER),
}
S = AppealState
# What the docstring's table says; nothing else leads anywhere.
TABLE = {
    (S.LATE, "admitted"): S.FILED,
    (S.LATE, "not admitted"): S.NOT_ADMITTED,
    (S.LATE, "withdrawn"): S.WITHDRAWN,
    (S.FILED, "answered"): S.ANSWERED,
    (S.FILED, "heard"): S.HEARD,
    (S.FILED, "ordered"): S.DECIDED,
    (S.FILED, "withdrawn"): S.WITHDRAWN,
    (S.BEFORE_BOARD, "by a board"): S.DECIDED,
    (S.HEARD, "answered"): S.HEARD,
    (S.ANSWERED, "heard"): S.HEARD,
    (S.ANSWERED, "ordered"): S.DECIDED,
    (S.ANSWERED, "withdrawn"): S.WITHDRAWN,
    (S.HEARD, "ordered"): S.DECIDED,
    (S.HEARD, "withdrawn"): S.WITHDRAWN,
}


@pytest.mark.parametrize("state", AppealState)
@pytest.mark.parametrize("act", ACTS)
def test_no_transition_outside_the_table(state: AppealState, act: str) -> None:
    before = appeal(state)
    if (state, act) in TABLE:
        after = ACTS[act](before)
        assert after.state is TABLE[state, act]
        assert (after.number, after.is_open) == (2, after.state not in (S.DECIDED, S.NOT_ADMITTED, S.WITHDRAWN))
        assert (after.record, after.revision) == (before.record, before.revision)
    else:
        with pytest.raises((AppealOver, AppealBeforeBoard)):
            ACTS[act](before)


def test_what_is_open_waits_for_officers_or_for_the_board() -> None:
    waiting = {state: appeal(state).awaits for state in AppealState if appeal(state).is_open}
    assert [state for state, reason in waiting.items() if reason is None] == [AppealState.BEFORE_BOARD]


@pytest.mark.parametrize("ground", Ground)
@pytest.mark.parametrize("forum", Forum)
def test_a_ground_goes_to_one_forum(ground: Ground, forum: Forum) -> None:
    right = {Ground.MEDICAL_ASSESSMENT: Forum.MEDICAL, Ground.QUESTION_OF_LAW: Forum.COURT}.get(ground, Forum.BOARD)
    if forum is right:
        check_forum(forum, ground)
        return
    with pytest.raises(AppealForumWrong) as refused:
        check_forum(forum, ground)
    assert refused.value.facts == {"forum": right.value}


@pytest.mark.parametrize("day", [date(2026, 9, 20), date(2026, 11, 21)])
def test_no_hearing_and_no_order_before_it_was_filed_or_after_today(day: date) -> None:
    filed = appeal(AppealState.FILED)
    with pytest.raises(AppealHeardAhead):
        filed.heard(day, LATER)
    with pytest.raises(AppealHeardAhead):
        filed.decided(replace(ORDERED, ordered_on=day), UUID(int=9), BOTH)


@pytest.mark.parametrize(
    ("outcome", "forum", "states", "fits"),
    [
        *((each, Forum.BOARD, False, True) for each in (Outcome.UPHELD, Outcome.WITHDRAWN, Outcome.STRUCK_OUT)),
        *((each, Forum.COURT, True, False) for each in (Outcome.UPHELD, Outcome.WITHDRAWN, Outcome.STRUCK_OUT)),
        *(
            (each, forum, True, True)
            for each in (Outcome.VARIED, Outcome.SET_ASIDE)
            for forum in (Forum.BOARD, Forum.COURT)
        ),
        *((each, Forum.BOARD, False, False) for each in (Outcome.VARIED, Outcome.SET_ASIDE)),
        (Outcome.VARIED, Forum.COURT, False, False),
        (Outcome.SET_ASIDE, Forum.COURT, False, True),
    ],
)
def test_an_order_states_what_fits_its_outcome(outcome: Outcome, forum: Forum, states: bool, fits: bool) -> None:
    order = replace(ORDERED, outcome=outcome, facts=ORDERED.facts if states else {})
    refused: type[JaringError] | tuple[()] = () if fits else OrderContradicts
    try:
        order.check(forum)
    except OrderContradicts:
        assert refused
    else:
        assert fits


def order(number: int, forum: Forum, day: str, in_place_of: int | None = None) -> Evidence:
    stated: dict[str, object] = {"forum": forum.value, "ordered_on": day, "reference": str(number), "facts": {}}
    if in_place_of is not None:
        stated["in_place_of"] = str(UUID(int=in_place_of))
    at = datetime(2026, 12, number, tzinfo=UTC)
    return Evidence(UUID(int=number), UUID(int=2), "organisation:1", EvidenceKind.ORDER, at, stated=stated)


def test_the_higher_order_counts_last_and_what_it_reversed_not_at_all() -> None:
    first, later = order(1, Forum.BOARD, "2026-10-01"), order(2, Forum.BOARD, "2026-11-01")
    of_court = order(3, Forum.COURT, "2026-10-15")
    for stated in permutations((first, later, of_court)):
        assert in_order_of_authority(stated) == ([first, later, of_court], [])
    reversing = order(4, Forum.COURT, "2026-11-20", in_place_of=2)
    for stated in permutations((first, later, reversing)):
        assert in_order_of_authority(stated) == ([first, reversing], [later])
