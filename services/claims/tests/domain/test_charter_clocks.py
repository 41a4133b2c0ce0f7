"""The charter's clock of a benefit: August 2026, in which the 31st, a Monday, is Merdeka Day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.claims.domain.boards import Board, BoardCase, BoardCaseState, BoardQuestion
from services.claims.domain.catalogue import promise_of
from services.claims.domain.charter_clocks import (
    CharterClock,
    ClockState,
    Followed,
    StandsFor,
    begun,
    followed,
    inviting,
    looked_at_next,
    missing_for,
)
from shared.kernel.clock import start_of_day
from shared.kernel.working_days import Stop

CLAIM = UUID(int=7)
MERDEKA = date(2026, 8, 31)


def works_on(day: date) -> bool:
    return day.weekday() < 5 and day != MERDEKA


def at(day: int, hour: int = 2) -> datetime:
    """Of August 2026; two in the morning by UTC is ten in Malaysia."""
    return datetime(2026, 8, day, hour, tzinfo=UTC)


def stands(since: datetime, missing: StandsFor | None = None, *stops: Stop, settled: bool = False) -> Followed:
    return Followed("funeral_benefit", "funeral_benefit", settled, missing, since, stops)


def clock_of(day: int) -> CharterClock:
    """Three days, of a file that is complete since a day."""
    clock = begun(CLAIM, 1, 3, stands(at(day)))
    assert clock is not None
    return followed(clock, stands(at(day)), at(day), works_on)


def test_a_clock_begins_with_the_complete_file_and_not_before() -> None:
    assert begun(CLAIM, 1, 3, stands(at(7), StandsFor.EVIDENCE)) is None
    assert begun(CLAIM, 1, 3, stands(at(7), settled=True)) is None, "decided at once: nobody waited"
    clock = clock_of(7)
    assert (clock.state, clock.due_at) == (ClockState.RUNNING, start_of_day(date(2026, 8, 13)))
    assert clock_of(27).due_at == start_of_day(date(2026, 9, 3)), "over a week end and Merdeka Day"


def test_a_breach_is_foreseen_on_the_last_day_and_there_when_it_is_over() -> None:
    clock, last = clock_of(7), start_of_day(date(2026, 8, 12))
    assert looked_at_next(clock, at(7)) == last
    clock = followed(clock, stands(at(7)), last, works_on)
    assert (clock.state, clock.predicted_at, looked_at_next(clock, last)) == (ClockState.PREDICTED, last, clock.due_at)
    over = last + timedelta(days=1)
    clock = followed(clock, stands(at(7)), over, works_on)
    assert (clock.state, clock.missed_at, looked_at_next(clock, over)) == (ClockState.MISSED, over, None)
    assert followed(clock, stands(at(7)), over + timedelta(days=3), works_on) == clock, "followed again it is no news"
    late = followed(clock, stands(at(7), settled=True), at(14), works_on)
    assert (late.ended_at, late.missed_at) == (at(14), over)


def test_a_decision_that_comes_late_was_late_whoever_looks_first() -> None:
    late = followed(clock_of(7), stands(at(7), settled=True), at(14), works_on)
    assert (late.ended_at, late.missed_at) == (at(14), at(14))
    in_time = followed(clock_of(7), stands(at(7), settled=True), at(12, 10), works_on)
    assert (in_time.ended_at, in_time.missed_at, in_time.predicted_at) == (at(12, 10), None, None)


def test_whole_days_on_which_something_was_missing_are_taken_out() -> None:
    clock = followed(clock_of(7), stands(at(10), StandsFor.EVIDENCE), at(10), works_on)
    assert (clock.state, clock.stands_for, clock.due_at) == (ClockState.STANDING, StandsFor.EVIDENCE, None)
    assert looked_at_next(clock, at(10)) == at(11)
    assert followed(clock, stands(at(10), StandsFor.EVIDENCE), at(11), works_on) == clock
    clock = followed(clock, stands(at(13)), at(13), works_on)
    assert (clock.state, clock.due_at) == (ClockState.RUNNING, start_of_day(date(2026, 8, 15)))
    briefly = followed(clock_of(7), stands(at(10), StandsFor.MEDICAL_BOARD), at(10), works_on)
    briefly = followed(briefly, stands(at(10, 3)), at(10, 3), works_on)
    assert briefly.due_at == clock_of(7).due_at, "nobody gains a day by a moment"


def test_a_task_that_an_officer_stopped_stops_it_too() -> None:
    open_stop, ended = Stop(date(2026, 8, 10), None), Stop(date(2026, 8, 10), date(2026, 8, 12))
    clock = followed(clock_of(7), stands(at(7), None, open_stop), at(10), works_on)
    assert (clock.state, clock.stands_for) == (ClockState.STANDING, StandsFor.OFFICERS_STOP)
    clock = followed(clock, stands(at(7), None, ended), at(12), works_on)
    assert clock.due_at == start_of_day(date(2026, 8, 14))


@pytest.mark.parametrize(
    ("question", "promise"),
    [
        ("temporary_disablement", "temporary_disablement"),
        ("non_employment_injury_permanent_disablement", "permanent_disablement"),
        ("invalidity_grant", "invalidity_pension"),
    ],
)
def test_what_is_promised(question: str, promise: str) -> None:
    assert promise_of(question) == promise


def test_what_only_others_can_bring_is_missing_and_what_officers_find_is_not() -> None:
    assert missing_for("application_awaited", is_asked=False) is StandsFor.EVIDENCE
    assert missing_for("medical_board_to_certify", is_asked=True) is StandsFor.MEDICAL_BOARD
    assert missing_for("no_wage_month", is_asked=True) is StandsFor.EVIDENCE
    assert missing_for("no_wage_month", is_asked=False) is None
    assert replace(clock_of(7), number=2).id != clock_of(7).id


def case_in(state: BoardCaseState, revision: int = 1) -> BoardCase:
    asked = (UUID(int=2), UUID(int=1), "organisation:1", Board.MEDICAL, BoardQuestion.PERMANENT_LOSS, "o-1", at(5))
    return BoardCase(*asked, state=state, revision=revision)


@pytest.mark.parametrize(
    ("cases", "waits_since", "settled", "since"),
    [
        # Nobody has put it before a board yet: it waits since the question came to wait.
        ([], at(4), False, at(4)),
        ([case_in(BoardCaseState.WAITING)], at(4), False, at(5)),
        # Adjourned, or its session called off: once more since now.
        ([case_in(BoardCaseState.WAITING, revision=3)], None, False, at(10)),
        *([([case_in(state)], at(4), True, at(10)) for state in (BoardCaseState.INVITED, BoardCaseState.HEARD)]),
        ([case_in(BoardCaseState.ABSENT)], at(4), True, at(10)),
    ],
)
def test_who_waits_for_a_board_is_to_be_invited(
    cases: list[BoardCase], waits_since: datetime | None, settled: bool, since: datetime
) -> None:
    found = inviting(cases, waits_since, at(10), is_asked=False)
    assert found is not None
    assert (found.is_settled, found.since, found.missing) == (settled, since, None)


def test_who_waits_for_no_board_has_no_clock_of_it_and_what_a_party_is_asked_for_stops_it() -> None:
    assert inviting([], None, at(10), is_asked=True) is None
    asked = inviting([], at(4), at(10), is_asked=True)
    assert asked is not None
    assert asked.missing is StandsFor.EVIDENCE
