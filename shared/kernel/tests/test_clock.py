"""The business clock is the machine's plus an offset, and production has none."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.kernel import clock
from shared.kernel.clock import ClockRefused, business_day, now, system_now, take_offset_from, today
from shared.testing.clock import BusinessClock, moved_clock

A_SECOND = timedelta(seconds=1)


@pytest.fixture
def as_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test does to the clock of this process is undone."""
    monkeypatch.setattr(clock, "_fixed", False)
    monkeypatch.setattr(clock, "_offset", None)


def test_without_a_source_it_shows_the_machines_time() -> None:
    assert timedelta() <= now() - system_now() + A_SECOND < 2 * A_SECOND


@pytest.mark.usefixtures("as_found")
def test_the_source_is_asked_at_every_call() -> None:
    offsets = iter([timedelta(days=1), timedelta(days=400)])
    take_offset_from(lambda: next(offsets), "test")
    first, second = now(), now()
    assert abs(second - first - timedelta(days=399)) < A_SECOND


def test_a_business_day_begins_at_midnight_in_kuala_lumpur() -> None:
    assert business_day(datetime(2026, 7, 31, 15, 59, tzinfo=UTC)) == date(2026, 7, 31)
    assert business_day(datetime(2026, 7, 31, 16, 0, tzinfo=UTC)) == date(2026, 8, 1)


def test_a_test_sets_it_and_moves_it_on_and_the_machines_clock_stands_by(business_clock: BusinessClock) -> None:
    before = system_now()
    business_clock.set_day(2030, 2, 28)
    assert today() == date(2030, 2, 28)
    business_clock.advance(days=30)
    assert today() == date(2030, 3, 30)
    assert system_now() - before < timedelta(minutes=1)
    with pytest.raises(ValueError, match="not back"):
        business_clock.advance(days=-1)


def test_after_the_test_it_shows_the_machines_time_again() -> None:
    with moved_clock() as moved:
        moved.advance(days=30)
    assert abs(now() - system_now()) < A_SECOND


@pytest.mark.usefixtures("as_found")
def test_production_refuses_a_source_and_whoever_was_once_production_refuses_it_for_ever() -> None:
    with pytest.raises(ClockRefused, match="production"):
        take_offset_from(timedelta, "production")
    with pytest.raises(ClockRefused, match="production"), moved_clock():
        pass
    assert abs(now() - system_now()) < A_SECOND


@pytest.mark.usefixtures("as_found")
def test_a_production_process_without_a_source_is_fixed_too() -> None:
    take_offset_from(None, "production")
    with pytest.raises(ClockRefused):
        take_offset_from(timedelta, "test")
