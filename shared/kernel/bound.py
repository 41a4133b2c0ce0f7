"""What each log line of a request, an event or a piece of due work bears besides what it says itself.

One variable of the context holds all of it: structlog has one for each name, and asks every variable that there is
whenever a line is written or a request begins and ends.
"""

from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_NOTHING: Mapping[str, Any] = {}
_bound: ContextVar[Mapping[str, Any]] = ContextVar("bound", default=_NOTHING)


def bound() -> Mapping[str, Any]:
    """What the lines of the current context bear."""
    return _bound.get()


def begin(**facts: Any) -> None:
    """From now on they bear this, and nothing that was bound before."""
    _bound.set(facts)


def bind(**facts: Any) -> None:
    """From now on they bear this as well."""
    _bound.set({**_bound.get(), **facts})


def clear() -> None:
    """From now on they bear nothing."""
    _bound.set(_NOTHING)


@contextmanager
def binding(facts: Mapping[str, Any]) -> Iterator[None]:
    """Inside the block they bear this as well."""
    token = _bound.set({**_bound.get(), **facts})
    try:
        yield
    finally:
        _bound.reset(token)


def merge(_logger: Any, _method: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The record with what is bound; what the line says itself stands. A processor of structlog."""
    for name, value in _bound.get().items():
        record.setdefault(name, value)
    return record
