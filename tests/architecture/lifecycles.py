"""The state diagrams of the documents, and the tables of transitions that they draw (decision 103)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.kernel.lifecycle import Lifecycle

_DIAGRAM = re.compile(r"```mermaid\nstateDiagram-v2\n(.*?)```", re.DOTALL)
_COMPOSITE = re.compile(r"\s*state (\w+) \{")
_NAMED = re.compile(r'\s*state "([^"]+)" as (\w+)')
_ARROW = re.compile(r"\s*(\[\*\]|\w+) --> (\[\*\]|\w+)")


@dataclass
class Drawn:
    """What a diagram, or one part of it, draws: where it begins, its arrows and ends. Loops are no transitions."""

    begins: set[str] = field(default_factory=set)
    transitions: set[tuple[str, str]] = field(default_factory=set)
    ends: set[str] = field(default_factory=set)

    def add(self, before: str, after: str) -> None:
        """An arrow."""
        if before == "[*]":
            self.begins.add(after)
        elif after == "[*]":
            self.ends.add(before)
        elif before != after:
            self.transitions.add((before, after))

    def differences(self, life: Lifecycle) -> list[str]:
        """What is drawn and not in the table, and the other way round; ends may be left out where none is drawn."""
        found = [f"begins in {state}" for state in sorted(self.begins ^ life.begins)]
        found += [f"{before} --> {after}" for before, after in sorted(self.transitions ^ life.transitions)]
        return found + [f"ends in {state}" for state in sorted(self.ends ^ life.ends) if self.ends]


def drawn_in(page: str) -> list[Mapping[str, Drawn]]:
    """Each state diagram of a page: its parts by their names, the whole under the empty one where it has none."""
    return [_parts(body) for body in _DIAGRAM.findall(page)]


def _parts(body: str) -> Mapping[str, Drawn]:
    names = {alias: name for name, alias in _NAMED.findall(body)}
    found: dict[str, Drawn] = {}
    part = ""
    for line in body.splitlines():
        if composite := _COMPOSITE.match(line):
            part = composite[1]
        elif line.strip() == "}":
            part = ""
        elif arrow := _ARROW.match(line):
            before, after = str(arrow[1]), str(arrow[2])
            found.setdefault(part, Drawn()).add(names.get(before, before), names.get(after, after))
    return found
