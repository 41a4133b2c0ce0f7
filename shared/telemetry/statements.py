"""Folds the statements of a transaction into the span that they belong to: a count and a time, no span each.

A span for every statement was two thirds of all spans, and hid the story. Whoever looks for a slow one asks for them
(``JARING_TRACE_STATEMENTS``).
"""

import time
from typing import Any

from opentelemetry import trace
from sqlalchemy import event
from sqlalchemy.engine import Engine

STATEMENTS = "jaring.statements"
MILLISECONDS = "jaring.statements_ms"


def fold_statements(engine: Engine) -> None:
    """Count each statement of this engine, and its time, on the span in which it runs; nothing where none records."""
    event.listen(engine, "before_cursor_execute", _begins)
    event.listen(engine, "after_cursor_execute", _ends)


def _begins(*arguments: Any) -> None:
    context = arguments[4]
    context.jaring_began = time.perf_counter() if trace.get_current_span().is_recording() else None


def _ends(*arguments: Any) -> None:
    began = getattr(arguments[4], "jaring_began", None)
    if began is None:
        return
    span = trace.get_current_span()
    known = getattr(span, "attributes", None) or {}
    milliseconds = known.get(MILLISECONDS, 0.0) + (time.perf_counter() - began) * 1000
    span.set_attributes({STATEMENTS: known.get(STATEMENTS, 0) + 1, MILLISECONDS: round(milliseconds, 3)})
