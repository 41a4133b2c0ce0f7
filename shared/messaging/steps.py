"""A core decides what is done next and asks for it; whoever drives the core does it and answers.

The relay and the consumer runtime are cores: coroutines that touch nothing and await steps, which are plain data. A
service answers a step with its database and its broker, the simulation with a model of both, so that the order of
things that is proved by simulation is the order that is shipped.
"""

from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Step(Generic[T]):
    """Something that a core asks for; awaiting it gives the answer, or raises what doing it raised."""

    def __await__(self) -> Generator["Step[Any]", Any, T]:
        answer: T = yield self
        return answer


async def drive(core: Coroutine[Any, Any, T], do: Callable[[Any], Awaitable[Any]]) -> T:
    """Run a core to its end: ``do`` does each step, its faults are the core's to catch; raises what the core raises."""
    answer: Any = None
    fault: Exception | None = None
    try:
        while True:
            try:
                step = core.send(answer) if fault is None else core.throw(fault)
            except StopIteration as end:
                result: T = end.value
                return result
            answer = fault = None
            try:
                answer = await do(step)
            except Exception as reason:
                fault = reason
    finally:
        core.close()
