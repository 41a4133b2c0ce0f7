"""Lets a process step back behind others of its machine."""

import contextlib
import os
from pathlib import Path

_OF_SESSION = Path("/proc/self/autogroup")


def step_back(nice: int) -> None:
    """Have the processor prefer others by so much, 0 to 19 (nice(2)).

    Where the kernel divides the processor among sessions first (sched(7), autogroup), nice counts among the processes
    of one session only: whoever leads a session of its own lowers that too. Elsewhere the file is not there.
    """
    os.nice(nice)
    if nice and os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):
            _OF_SESSION.write_text(str(nice), encoding="ascii")
