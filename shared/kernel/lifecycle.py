"""The lifecycle of what has a state: in which states it begins, and which state may follow which (decision 103)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Lifecycle:
    """The table of the transitions of one kind of thing, by the values of its states.

    Attributes:
        begins: the states in which one is first kept.
        follows: for each state those that may come next; nothing follows a state in which it is over. What stays in
            its state has made no transition.
    """

    begins: frozenset[str]
    follows: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, begins: Iterable[str], follows: Mapping[str, Collection[str]]) -> "Lifecycle":
        """The lifecycle of this table; raises ValueError for a state that it does not have a line for."""
        table = {str(state): frozenset(map(str, after)) for state, after in follows.items()}
        first = frozenset(map(str, begins))
        if unknown := first.union(*table.values()) - table.keys():
            raise ValueError(f"no line for {sorted(unknown)}")
        return cls(first, table)

    @property
    def transitions(self) -> frozenset[tuple[str, str]]:
        """Each of them: from a state to the next."""
        return frozenset((state, after) for state, follows in self.follows.items() for after in follows)

    @property
    def ends(self) -> frozenset[str]:
        """The states that nothing follows."""
        return frozenset(state for state, follows in self.follows.items() if not follows)

    def allows(self, before: str | None, after: str) -> bool:
        """Whether one that stands in a state, or is not there yet (None), may be kept in another one."""
        return after in self.begins if before is None else before == after or (before, after) in self.transitions
