"""What an audit finds: how much is lost, how much is doubled, and a sentence about each kind."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
SHOWN = 5


@dataclass
class Findings:
    """Counts, and what they are counts of."""

    lost: int = 0
    doubled: int = 0
    sentences: list[str] = field(default_factory=list)

    def same(self, what: str, expected: Iterable[Hashable], found: Iterable[Hashable]) -> None:
        """Each expected one is found as often as expected: what is missing is lost, what is too many is doubled."""
        wanted, seen = Counter(iter(expected)), Counter(iter(found))
        self._add(what, "lost", list((wanted - seen).elements()))
        self._add(what, "doubled", list((seen - wanted).elements()))

    def equal(self, what: str, expected: Mapping[Key, object], found: Iterable[tuple[Key, object]]) -> None:
        """Each key is found once with its value; a value that is not the expected one counts as lost."""
        rows = list(found)
        self.same(what, expected, (key for key, _ in rows))
        differing = [
            f"{key} {value} {expected[key]}" for key, value in rows if key in expected and value != expected[key]
        ]
        self._add(f"{what}: (key, found, expected)", "lost", differing)

    def none(self, what: str, found: Iterable[Hashable]) -> None:
        """Nothing is found; each that is was doubled."""
        self._add(what, "doubled", list(found))

    def _add(self, what: str, kind: str, items: Sequence[Hashable]) -> None:
        if not items:
            return
        setattr(self, kind, getattr(self, kind) + len(items))
        shown = ", ".join(map(str, items[:SHOWN])) + (", …" if len(items) > SHOWN else "")
        self.sentences.append(f"{kind}: {len(items)} of {what}: {shown}")
