"""How fast the machine is while something is measured: the processor time of a fixed piece of work.

A machine that others share swings by more than half within minutes, and nothing in /proc tells: a slow hour looks like
slow code. The same work, always of the same size, is done before, between and after the rounds of each part, never
inside what is measured, and stands beside its figures. Two runs are set side by side in units of it: processor time by
its middle. Figures and limits stay as they were measured; what they would be at the reference speed is a note.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from statistics import median

from tests.bench.figures import Figure, Part

# On 29 November 2026 (AMD EPYC, 2 cores) it took 15 to 24 ms within twenty minutes.
REFERENCE_MS = 20.0
TIMES = 5
NAME = "fixed work, median"
_NAMES, _BLOCKS, _STRIDE = 24_000, 40, 4_097

_times: ContextVar[list[float] | None] = ContextVar("times", default=None)


def work() -> str:
    """The interpreter's, the memory's and a digest's work; the same answer each time."""
    counts: dict[str, int] = {}
    for number in range(_NAMES):
        name = f"{number * 7_919 % 1_009}/{number % 13}"
        counts[name] = counts.get(name, 0) + len(name)
    block = "".join(sorted(counts, key=counts.__getitem__)).encode().ljust(1 << 18, b".")
    digest = hashlib.sha256()
    for number in range(_BLOCKS):
        place = number * _STRIDE % len(block)
        block = block[place:] + block[:place]
        digest.update(block)
    return digest.hexdigest()


def milliseconds(doing: Callable[[], object] = work) -> float:
    """The processor time of this thread for it, once."""
    begun = time.thread_time()
    doing()
    return (time.thread_time() - begun) * 1000


def between_rounds() -> None:
    """Look how fast the machine is now; call it where nothing is being measured. Outside of a part it does nothing."""
    times = _times.get()
    if times is not None:
        times.extend(milliseconds() for _ in range(TIMES))


@contextmanager
def watched() -> Iterator[list[float]]:
    """Look before and after; the list has every time that was seen meanwhile."""
    times: list[float] = []
    token = _times.set(times)
    try:
        between_rounds()
        yield times
        between_rounds()
    finally:
        _times.reset(token)


def at_its_speed(part: Part, times: Sequence[float]) -> Part:
    """The part with how fast the machine was, and notes of what some figures would be at the reference speed."""
    middle = median(times)
    said = f"{len(times)} times; at the reference speed {REFERENCE_MS:g} ms"
    speed = [
        Figure(NAME, middle, "ms", note=said),
        Figure("fixed work, least", min(times), "ms"),
        Figure("fixed work, most", max(times), "ms"),
    ]
    return Part(part.title, [*(_noted(each, middle) for each in part.figures), *speed])


def _noted(figure: Figure, middle: float) -> Figure:
    """Of processor time, and of what is done in a second: who waits for a disk or a timer is not faster by so much."""
    if "processor time" in figure.name and figure.unit == "ms":
        value = figure.value * REFERENCE_MS / middle
    elif figure.unit.endswith("/s"):
        value = figure.value * middle / REFERENCE_MS
    else:
        return figure
    at = f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
    return replace(figure, note="  ".join(word for word in (figure.note, f"at the reference speed {at}") if word))
