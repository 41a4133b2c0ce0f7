"""Counts where a Python process spends its processor time. PYTHONPATH makes Python import this when it starts.

A timer of the process's own processor time interrupts it, so that waiting costs no sample; the main thread's stack is
counted then. Counts are written again and again, since a process of the platform ends without a last word.
"""

import atexit
import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

EVERY_SECONDS = 0.005
# Samples between two writings: a tenth of a second of processor time.
WRITE_AFTER = 20
WAITING = ("threading.py", "queue.py", "selectors.py")
LOOP = "asyncio/runners.py"

_alone: Counter[str] = Counter()
_within: Counter[str] = Counter()
_count = 0


def _start() -> None:
    global _count
    _alone.clear()
    _within.clear()
    _count = 0
    signal.signal(signal.SIGPROF, _sample)
    signal.siginterrupt(signal.SIGPROF, False)
    signal.setitimer(signal.ITIMER_PROF, EVERY_SECONDS, EVERY_SECONDS)


def _stop() -> None:
    signal.setitimer(signal.ITIMER_PROF, 0)
    _write()


def _before_exec(event: str, _: object) -> None:
    """The timer outlives Python where a server's program takes its place, and would end that."""
    if event == "os.exec":
        signal.setitimer(signal.ITIMER_PROF, 0)


def _sample(_: int, main: FrameType | None) -> None:
    global _count
    _count += 1
    stack = [_name(frame) for frame in _frames(_at_work(main))]
    if stack:
        _alone[stack[0]] += 1
        _within.update(set(stack))
    if _count % WRITE_AFTER == 0:
        _write()


def _at_work(main: FrameType | None) -> FrameType | None:
    """The main thread's frame, or while its event loop only waits that of another thread that does not."""
    if main is not None and not main.f_code.co_filename.endswith(LOOP):
        return main
    for thread, frame in sys._current_frames().items():
        if thread != threading.main_thread().ident and not frame.f_code.co_filename.endswith(WAITING):
            return frame
    return main


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    """The frames from the innermost one outwards; a greenlet's outermost is followed by where its parent waits."""
    greenlets = sys.modules.get("greenlet")
    greenlet = greenlets.getcurrent() if greenlets else None
    while frame is not None:
        yield frame
        frame = frame.f_back
        if frame is None and greenlet is not None and greenlet.parent is not None:
            greenlet = greenlet.parent
            frame = greenlet.gr_frame


def _name(frame: FrameType) -> str:
    return f"{frame.f_code.co_filename}:{frame.f_code.co_qualname}"


def _write() -> None:
    file = Path(os.environ["BENCH_SAMPLES"]) / f"{os.getpid()}.json"
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps({"count": _count, "alone": _alone, "within": _within}))
    fresh.replace(file)


if "BENCH_SAMPLES" in os.environ:
    _start()
    # A timer does not survive a fork, and the services are forked from the supervisor.
    os.register_at_fork(after_in_child=_start)
    sys.addaudithook(_before_exec)
    atexit.register(_stop)
