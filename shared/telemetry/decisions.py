"""One log line for each decision: written after the commit, in the trace in which it was made."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog
from opentelemetry import trace

Fact = str | int | None

# A large file decides thousands of things at once: of each kind these are told one by one, the rest by their number.
MOST_LINES = 20

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
    def kind(self) -> tuple[str, Fact]:
        """What it is one of."""
        return (self.what, self.facts.get("type"))


def log_decisions(decisions: Sequence[Decision]) -> None:
    """Write a line for each, and one for each kind of which there are too many."""
    written: Counter[tuple[str, Fact]] = Counter()
    for decision in decisions:
        written[decision.kind] += 1
        if written[decision.kind] <= MOST_LINES:
            log.info(decision.what, **decision.facts)
    for (what, type_), count in written.items():
        if count > MOST_LINES:
            log.info(f"{what}_more", type=type_, more=count - MOST_LINES)
