"""Folds the statements of a transaction into the span that they belong to: a count and a time, no span each.

A span for every statement was two thirds of all spans, and hid the story. Whoever looks for a slow one asks for them
(``JARING_TRACE_STATEMENTS``).
"""

from opentelemetry.trace import Span

STATEMENTS = "jaring.statements"
MILLISECONDS = "jaring.statements_ms"


def fold(span: Span, seconds: float) -> None:
    """Count a statement, and its time, on the span in which it ran. Whoever asks first whether one records pays nothing
    where none does."""
    known = getattr(span, "attributes", None) or {}
    milliseconds = known.get(MILLISECONDS, 0.0) + seconds * 1000
    span.set_attributes({STATEMENTS: known.get(STATEMENTS, 0) + 1, MILLISECONDS: round(milliseconds, 3)})
