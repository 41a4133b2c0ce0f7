"""A process of a service shares most of its memory with those beside it, as long as it leaves those pages alone."""

import platform
import subprocess
import sys

import pytest

_LARGE_AND_SMALL = """
import psutil
from shared.process.memory import give_back_what_is_freed
{first}
held = lambda: psutil.Process().memory_info().rss
answer = b"x" * 12_000_000
del answer
before = held()
large, small = [], []
for number in range(12):
    large.append(b"%d" % number * 1_000_000)
    small.append(b"%d" % number * 1_000)
del large
print((held() - before) // 1_000_000)
"""


@pytest.mark.parametrize(("first", "keeps"), [("give_back_what_is_freed()", range(3)), ("", range(9, 20))])
def test_a_process_gives_back_what_was_large(first: str, keeps: range) -> None:
    """As after a long answer of the broker: what is read of it lies among what is kept. Only glibc keeps it at all."""
    asked = _LARGE_AND_SMALL.format(first=first)
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)  # noqa: S603
    assert int(done.stdout) in (keeps if platform.libc_ver()[0] == "glibc" else range(20))


_LOOKED_THROUGH = """
import gc
from shared.process.memory import leave_what_stays
book = [[number] for number in range(200_000)]
{first}
print(len(gc.get_objects()) // 100_000)
"""


@pytest.mark.parametrize(("first", "looked_through"), [("leave_what_stays()", 0), ("", 2)])
def test_what_is_there_before_anybody_asks_is_not_looked_through_for_garbage(first: str, looked_through: int) -> None:
    """In which time nobody would be answered."""
    asked = _LOOKED_THROUGH.format(first=first)
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)  # noqa: S603
    assert int(done.stdout) == looked_through
