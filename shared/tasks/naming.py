"""What a question about a proposal and its answer may name: never a text in which somebody's name could stand."""

from collections.abc import Callable
from datetime import date
from functools import cache
from uuid import UUID

from shared.law.determination import determinations
from shared.law.fact_types import plain_name
from shared.tasks.errors import NamesNothing
from shared.tasks.task import Change, Task


def naming(text: str, change: Change) -> Change:
    """A change of a task that is about this; raises NamesNothing where that is none of what may be named."""
    if not (_is_code(text, change.task) or _reads(UUID, text) or _reads(date.fromisoformat, text) or _is_number(text)):
        raise NamesNothing()
    return change


def _is_code(text: str, task: Task) -> bool:
    """Of the task, of what is proposed, or of the statute book."""
    return text == task.reason or text in task.facts or text in (task.proposal or {}) or text in _codes()


@cache
def _codes() -> frozenset[str]:
    """Every fact, test and result of the statute book."""
    names = (
        name
        for each in determinations().values()
        for declared in (each.facts, each.tests, each.results)
        for name in (named.name for named in declared)
    )
    return frozenset(plain_name(name).replace(" ", "_") for name in names)


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _is_number(text: str) -> bool:
    """That of a document: in capital letters, and no more of them than digits."""
    digits, letters = sum(sign.isdigit() for sign in text), sum(sign.isalpha() for sign in text)
    return text == text.upper() and digits >= max(1, letters)
