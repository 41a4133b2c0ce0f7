"""All processes of a world read one clock, at every look, whole; it goes forward only, and production has none."""

import mmap
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.kernel.clock import BUSINESS_ZONE, ClockRefused, now, system_now, take_offset_from
from shared.process.clock_file import (
    ClockFile,
    advance,
    install_clock,
    make_clock_file,
    set_to,
    show,
    word_of,
)
from shared.process.tests.test_settings import start

A_SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)
# So many moves must each process have seen, and so many looks must have been taken, within a limit for a busy machine.
MOVES = 100
LOOKS = 200_000
LIMIT_S = 30.0
# Each byte of a multiple of this is the same: half of one multiple beside half of another is none.
STEP = 0x0101010101010101


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "clock"
    make_clock_file(made)
    return made


@pytest.fixture
def restored() -> Iterator[None]:
    """This process has the machine's time again afterwards."""
    yield
    take_offset_from(None, "test")


def test_a_new_clock_shows_the_machines_time_and_is_not_made_again(path: Path) -> None:
    assert abs(show(path) - system_now()) < A_SECOND
    advance(path, timedelta(days=3))
    make_clock_file(path)
    assert abs(show(path) - system_now() - timedelta(days=3)) < A_SECOND
    assert [each.name for each in path.parent.iterdir()] == ["clock"]


def test_it_is_set_to_an_instant_and_goes_on_from_there(path: Path) -> None:
    ahead = system_now() + timedelta(days=90)
    assert abs(set_to(path, ahead) - ahead) < A_SECOND
    assert abs(advance(path, timedelta(days=30)) - ahead - timedelta(days=30)) < A_SECOND


def test_it_only_goes_forward(path: Path) -> None:
    advance(path, timedelta(days=30))
    with pytest.raises(ClockRefused, match="only goes forward"):
        set_to(path, system_now() + timedelta(days=29))
    with pytest.raises(ClockRefused, match="only goes forward"):
        advance(path, -A_SECOND)
    assert abs(show(path) - system_now() - timedelta(days=30)) < A_SECOND


def test_what_is_no_clock_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"")
    with pytest.raises(ValueError, match="no clock file"):
        ClockFile(tmp_path / "other")
    with pytest.raises(OSError, match="No such file"):
        ClockFile(tmp_path / "missing")


@pytest.mark.usefixtures("restored")
def test_a_process_takes_the_clock_that_its_settings_name(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    settings = start(monkeypatch, {"JARING_ENVIRONMENT": "local", "JARING_CLOCK_FILE": str(path)})
    advance(path, timedelta(days=10))
    install_clock(settings)
    assert abs(now() - system_now() - timedelta(days=10)) < A_SECOND
    install_clock(start(monkeypatch, {"JARING_ENVIRONMENT": "local", "JARING_CLOCK_FILE": None}))
    assert abs(now() - system_now()) < A_SECOND


def test_production_settings_refuse_the_file(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    with pytest.raises(ValidationError, match="production keeps the machine's time"):
        start(monkeypatch, {"JARING_CLOCK_FILE": str(path)})


@contextmanager
def other_process(work: Callable[[], None]) -> Iterator[int]:
    """A child that does this until the block ends; raises where it failed before."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(1)
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
        assert os.WIFSIGNALED(status), "the process ended before it was told to"


def sampled(path: Path, seen: Path) -> None:
    """Look again and again; note the first and the last look at each offset, with the moments between which it was."""
    read, last = ClockFile(path), (0, timedelta(), 0)
    with seen.open("w", buffering=1) as notes:
        while True:
            look = (time.monotonic_ns(), read(), time.monotonic_ns())
            if look[1] != last[1]:
                notes.writelines(f"{before} {shown // MICROSECOND} {after}\n" for before, shown, after in (last, look))
            last = look


def noted(seen: Path) -> list[list[int]]:
    """What a process has noted so far."""
    lines = seen.read_text().splitlines(keepends=True) if seen.exists() else []
    return [[int(number) for number in line.split()] for line in lines if line.endswith("\n")]


def test_two_processes_read_each_move_at_their_next_look_and_nothing_that_was_never_set(
    path: Path, tmp_path: Path
) -> None:
    """Each offset is seen no earlier than its move began, and the one before it no later than its move was done."""
    one, other = tmp_path / "one", tmp_path / "other"
    moves, offset, end = [(0, 0, 0)], timedelta(), time.monotonic() + LIMIT_S
    with other_process(lambda: sampled(path, one)), other_process(lambda: sampled(path, other)):
        while min(len(noted(one)), len(noted(other))) < 2 * MOVES:
            assert time.monotonic() < end, "a process hardly ever looked"
            offset += timedelta(days=1, microseconds=1)
            began = time.monotonic_ns()
            advance(path, timedelta(days=1, microseconds=1))
            moves.append((began, time.monotonic_ns(), offset // MICROSECOND))
            time.sleep(0.001)
    began_at = {shown: began for began, _, shown in moves}
    replaced_at = {shown: done for (_, _, shown), (_, done, _) in pairwise(moves)}
    for before, shown, after in noted(one) + noted(other):
        assert began_at[shown] <= after
        assert before <= replaced_at.get(shown, before)


def torn_looks(path: Path, write: Callable[[memoryview, memoryview, int], None], *, enough: int) -> int:
    """How many looks saw a value that another process never wrote as a whole; ends at ``enough`` of them."""

    def writer() -> None:
        with path.open("r+b") as file:
            mapped = mmap.mmap(file.fileno(), 8)
            words, single = word_of(mapped), memoryview(mapped)
            while True:
                for number in (1, 126):
                    write(words, single, number)

    word, seen, end = word_of(mapped_for_reading(path)), Counter[int](), time.monotonic() + LIMIT_S
    with other_process(writer):
        while min(seen[STEP], seen[126 * STEP]) < LOOKS // 4 and torn_in(seen) < enough:
            seen.update(word[0] for _ in range(1000))
            assert time.monotonic() < end, f"reader and writer were hardly ever at work together: {seen}"
    return torn_in(seen)


def torn_in(seen: Counter[int]) -> int:
    return sum(count for value, count in seen.items() if value % STEP != 0)


def mapped_for_reading(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ)


def in_one(words: memoryview, _: memoryview, number: int) -> None:
    words[0] = number * STEP


def byte_by_byte(_: memoryview, single: memoryview, number: int) -> None:
    for place in range(8):
        single[place] = number


def test_no_look_sees_half_of_a_move(path: Path) -> None:
    assert torn_looks(path, in_one, enough=1) == 0


def test_a_move_in_halves_would_be_seen(path: Path) -> None:
    assert torn_looks(path, byte_by_byte, enough=1) > 0


def test_a_business_day_can_be_named_far_ahead(path: Path) -> None:
    assert set_to(path, datetime(2099, 12, 31, tzinfo=BUSINESS_ZONE)).year == 2099


def test_it_does_not_go_past_the_end_of_its_calendar(path: Path) -> None:
    with pytest.raises(ClockRefused, match="does not go beyond 2999"):
        advance(path, timedelta(days=366 * 1000))
    assert abs(show(path) - system_now()) < A_SECOND
