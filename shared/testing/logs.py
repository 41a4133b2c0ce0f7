"""The log lines of a test, as a process would print them."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from shared.telemetry.logging import setup_logging


def log_plainly() -> None:
    """Log as structlog does by default, but without its coloured stack traces, which show every variable: each takes
    seconds of processor time."""
    structlog.reset_defaults()
    traces = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], traces])


@contextmanager
def logged(level: str = "INFO") -> Iterator[io.StringIO]:
    """What is logged while the block lasts; afterwards logging is as it was."""
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, before = list(root.handlers), root.level
    setup_logging("tests", "test", level=level, stream=stream)
    # A logger that keeps its first configuration would take this stream along into later tests.
    structlog.configure(cache_logger_on_first_use=False)
    try:
        yield stream
    finally:
        root.handlers[:] = handlers
        root.setLevel(before)
        log_plainly()
