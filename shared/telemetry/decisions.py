"""One log line for each decision: written after the commit, in the trace in which it was made."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog
from opentelemetry import trace

Fact = str | int | None

# Those of an ordinary transaction are told one by one: it handles fifty events at most. A large file decides thousands
# of things at once: of each kind the rest are told by their number, with what they share and the claims that they name.
MOST_LINES = 50
# In one line, which stays far below what a log driver cuts.
MOST_NAMED = 100

log = structlog.get_logger("jaring.decisions")


@dataclass(frozen=True)
class Decision:
    """What was decided, its facts, and the trace."""

    what: str
    facts: Mapping[str, Fact]

    @classmethod
    def of(cls, what: str, facts: Mapping[str, Fact]) -> "Decision":
        """A decision in the current trace; a fact that there is not is left out."""
        context = trace.get_current_span().get_span_context()
        traced = {"trace_id": trace.format_trace_id(context.trace_id)} if context.is_valid else {}
        known = {name: fact for name, fact in facts.items() if fact is not None}
        return cls(what, {**known, **traced})

    @property
    def kind(self) -> tuple[Fact, ...]:
        """What it is one of."""
        return (self.what, self.facts.get("type"), self.facts.get("reason"))


def log_decisions(decisions: Sequence[Decision]) -> None:
    """Write a line for each; of a kind of which there are too many, the rest together: no claim goes unnamed."""
    rest: dict[tuple[Fact, ...], list[Decision]] = {}
    written: Counter[tuple[Fact, ...]] = Counter()
    for decision in decisions:
        written[decision.kind] += 1
        if written[decision.kind] <= MOST_LINES:
            log.info(decision.what, **decision.facts)
        else:
            rest.setdefault(decision.kind, []).append(decision)
    for left in rest.values():
        size = MOST_NAMED if any("claim" in each.facts for each in left) else len(left)
        for start in range(0, len(left), size):
            log.info(f"{left[start].what}_more", **_together(left[start : start + size]))


def _together(decisions: Sequence[Decision]) -> Mapping[str, object]:
    """How many they are, the facts that all of them share, and the claims."""
    first, *others = (each.facts for each in decisions)
    shared = {name: fact for name, fact in first.items() if all(each.get(name) == fact for each in others)}
    claims = sorted({str(each.facts["claim"]) for each in decisions if "claim" in each.facts})
    named = {"claims": claims} if claims and "claim" not in shared else {}
    return {**shared, "more": len(decisions), **named}
