"""Writes down where a Python process spends its processor time. PYTHONPATH makes Python import this when it starts.

A timer of the process's own processor time interrupts it, so that waiting costs no sample; the main thread's stack is
taken then. It is written as it comes, since a process of the platform ends without a last word. Lines of the file:
``F <number> <file>:<function>`` names a frame, ``S <numbers>`` is a sample, the innermost frame first, ``G <seconds>``
what a search of the garbage collector took.
"""

import atexit
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType

EVERY_SECONDS = 0.005
# Samples between two writings: a tenth of a second of processor time.
WRITE_AFTER = 20
WAITING = ("threading.py", "queue.py", "selectors.py")
LOOP = "asyncio/runners.py"

_lines: list[str] = []
_numbers: dict[CodeType, int] = {}
_count = 0
_collecting_since = 0.0


def _start() -> None:
    global _count
    _lines.clear()
    _numbers.clear()
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
    numbers = [_number(frame.f_code) for frame in _frames(_at_work(main))]
    _lines.append("S " + " ".join(map(str, numbers)))
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
    # A sample may fall into the module's own import.
    getcurrent = getattr(sys.modules.get("greenlet"), "getcurrent", None)
    greenlet = getcurrent() if getcurrent else None
    while frame is not None:
        yield frame
        frame = frame.f_back
        if frame is None and greenlet is not None and greenlet.parent is not None:
            greenlet = greenlet.parent
            frame = greenlet.gr_frame


def _number(code: CodeType) -> int:
    number = _numbers.get(code)
    if number is None:
        number = _numbers[code] = len(_numbers)
        _lines.append(f"F {number} {code.co_filename}:{code.co_qualname}")
    return number


def _collected(phase: str, _: object) -> None:
    global _collecting_since
    if phase == "start":
        _collecting_since = time.thread_time()
    else:
        _lines.append(f"G {time.thread_time() - _collecting_since:.6f}")


def _write() -> None:
    with (Path(os.environ["BENCH_SAMPLES"]) / str(os.getpid())).open("a") as file:
        file.write("\n".join(_lines) + "\n")
    _lines.clear()


if "BENCH_SAMPLES" in os.environ:
    _start()
    gc.callbacks.append(_collected)
    # A timer does not survive a fork, and the services are forked from the supervisor.
    os.register_at_fork(after_in_child=_start)
    sys.addaudithook(_before_exec)
    atexit.register(_stop)
