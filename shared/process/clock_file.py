"""The business clock of a world on one machine: an offset in a file that all of its processes map (decision 20).

The file is one signed 64-bit integer: the microseconds by which the business clock is ahead of the machine's. Its
readers map it, so that they see a move at their very next look, and no two of them ever disagree for longer than one
look takes.

A look can never see half of a move. The integer lies at the start of a page, so it is aligned and in one line of the
cache; ``memoryview`` copies its eight bytes as one machine word, and such a load or store is indivisible on every
processor that this runs on (Intel SDM volume 3, "Guaranteed atomic operations"; Arm ARM, "Single-copy atomicity").
``test_clock_file.py`` hammers it, and sees a writer that goes byte by byte.
"""

import fcntl
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared.kernel.clock import ClockRefused, system_now, take_offset_from
from shared.process.settings import ServiceSettings

_BYTES = 8
_MICROSECOND = timedelta(microseconds=1)
_END = datetime(2999, 1, 1, tzinfo=UTC)


class ClockFile:
    """A mapped clock file; calling it gives the offset."""

    def __init__(self, path: Path) -> None:
        """Map the file. Raises OSError where it is missing, ValueError where it is no clock file."""
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != _BYTES:
                raise ValueError(f"{path} is no clock file")
            self._word = word_of(mmap.mmap(file.fileno(), _BYTES, access=mmap.ACCESS_READ))
        # The last word that was read, and the span that it means: it hardly ever changes.
        self._known = (0, timedelta())

    def __call__(self) -> timedelta:
        """How far the business clock is ahead of the machine's now."""
        word, (known, offset) = self._word[0], self._known
        if word != known:
            offset = timedelta(microseconds=word)
            self._known = (word, offset)
        return offset


def word_of(mapped: mmap.mmap) -> memoryview:
    """The one integer of a mapped clock file."""
    return memoryview(mapped).cast("q")


def make_clock_file(path: Path) -> None:
    """Make a clock that shows the machine's time, unless there is one: then it goes on as it was."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(bytes(_BYTES))
    try:
        # Unlike a rename this never puts a new clock over one that another process made meanwhile.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def show(path: Path) -> datetime:
    """What the clock of this file shows."""
    return system_now() + ClockFile(path)()


def set_to(path: Path, instant: datetime) -> datetime:
    """Move the clock forward to an instant, from which it goes on; what it shows then.

    Raises:
        ClockRefused: the clock is past that instant, or the instant is past the end of its calendar.
    """
    with _moving(path) as word:
        return _move(word, instant - system_now())


def advance(path: Path, by: timedelta) -> datetime:
    """Move the clock forward by a span; what it shows then.

    Raises:
        ClockRefused: the span is negative, or leads past the end of the clock's calendar.
    """
    with _moving(path) as word:
        return _move(word, timedelta(microseconds=word[0]) + by)


def install_clock(settings: ServiceSettings) -> None:
    """Take the business clock from the file that the settings name; without one it is the machine's.

    Raises:
        ClockRefused: a file in production.
    """
    source = None if settings.clock_file is None else ClockFile(settings.clock_file)
    take_offset_from(source, settings.environment)


@contextmanager
def _moving(path: Path) -> Iterator[memoryview]:
    """The clock's integer, to be changed by one mover at a time."""
    with path.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with mmap.mmap(file.fileno(), _BYTES) as mapped, word_of(mapped) as word:
            yield word


def _move(word: memoryview, offset: timedelta) -> datetime:
    new = offset // _MICROSECOND
    if new < word[0]:
        raise ClockRefused(
            "the business clock of a world only goes forward: what was done by the later time stands, "
            "and work that it made due would wait for that time to come again"
        )
    # Before it is written: a clock past the last year of the calendar would stop every process of its world.
    if new > (_END - system_now()) // _MICROSECOND:
        raise ClockRefused(f"the business clock does not go beyond {_END:%Y-%m-%d}")
    word[0] = new
    return system_now() + timedelta(microseconds=new)
