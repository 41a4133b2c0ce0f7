"""Forks a child a mutant, two at a time, and gathers what became of each."""

import os
import select
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

WALL_SECONDS = 300.0
_AT_ONCE = 2


@dataclass(frozen=True)
class Outcome:
    """What a child said, and the seconds it took; `said` is None when it was ended for its time or died."""

    said: str | None
    seconds: float


@dataclass(frozen=True)
class _Child:
    place: int
    pid: int
    pipe: int
    begun: float


def tried(jobs: Sequence[Callable[[], str]]) -> Iterator[tuple[int, Outcome]]:
    """Call each job in a forked child of its own; its place and outcome, as they come."""
    running: dict[int, _Child] = {}
    waiting = iter(enumerate(jobs))
    while True:
        while len(running) < _AT_ONCE and (job := next(waiting, None)) is not None:
            child = _fork(*job)
            running[child.pipe] = child
        if not running:
            return
        ready, _, _ = select.select(list(running), [], [], 1.0)
        late = [pipe for pipe, child in running.items() if time.monotonic() - child.begun > WALL_SECONDS]
        for pipe in {*ready, *late}:
            child = running.pop(pipe)
            yield child.place, _end(child, in_time=pipe in ready)


def _fork(place: int, job: Callable[[], str]) -> _Child:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return _Child(place, pid, reading, time.monotonic())
    code = 1
    try:
        os.close(reading)
        os.write(writing, f"said:{job()}".encode("utf-8", "replace")[:4_000])
        code = 0
    finally:
        os._exit(code)
    raise AssertionError("a child does not come here")


def _end(child: _Child, in_time: bool) -> Outcome:
    if not in_time:
        os.kill(child.pid, signal.SIGKILL)
    said = os.read(child.pipe, 4_096).decode()
    os.close(child.pipe)
    os.waitpid(child.pid, 0)
    return Outcome(said.removeprefix("said:") if said else None, time.monotonic() - child.begun)
