"""What a waiting command listens to: the subject of a fact, by its kind and its numbers (rules M4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from uuid import UUID

Part = str | int | UUID


class Subject(str):
    """One subject, such as ``wage/17/2026-06``. Whoever changes a fact about it wakes every command that waits for it.

    A service writes each kind once, as a function of its ``domain/subjects.py``, so that those who wait and those who
    wake cannot name it in two ways. A text of its own type: it is stored as it is, many thousands a second.
    """

    __slots__ = ()

    @classmethod
    def of(cls, kind: str, *parts: Part) -> Self:
        """The subject of a kind; raises ValueError where there is no kind or no part, or one of them is empty."""
        names = [kind, *map(str, parts)]
        if len(names) < 2 or "" in names:
            raise ValueError(f"a subject has a kind and parts, none of them empty: {names}")
        return cls("/".join(names))

    @classmethod
    def each(cls, kind: str, firsts: Iterable[Part], *rest: Part) -> "Subjects":
        """The subjects of a kind by their first part, with the same parts behind it: those of a file, at once.

        Raises ValueError as `of` does.
        """
        texts, behind = list(map(str, firsts)), list(map(str, rest))
        if not kind or "" in texts or "" in behind:
            raise ValueError(f"a subject has a kind and parts, none of them empty: {kind!r}, {behind}")
        end = "".join([f"/{part}" for part in behind])
        return Subjects([f"{kind}/{text}{end}" for text in texts])


@dataclass(frozen=True, slots=True)
class Subjects:
    """Many subjects of one kind, to be woken: their texts.

    Python's search for garbage goes through objects of a type of one's own, and not through texts: of the lines of a
    large employer it took longer than all else that is done with them.
    """

    texts: list[str]
