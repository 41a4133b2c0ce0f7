"""Log lines: one JSON object a line on standard output, redacted, with the trace's ids."""

import contextlib
import functools
import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import orjson
import structlog
from opentelemetry import trace

from shared.kernel.clock import system_now
from shared.telemetry.damping import Damping
from shared.telemetry.redaction import HIDDEN, describe, is_denied, redact

Record = MutableMapping[str, Any]

# aiokafka and uvicorn's access log are chatty; paths in an access log may hold what a caller typed.
QUIET = {"aiokafka": logging.WARNING, "httpx": logging.WARNING, "httpcore": logging.WARNING}
# While its broker is away the client's loops would each write many lines a second.
# The exporter says the same for every batch that its collector does not take.
DAMPED = ("aiokafka", "opentelemetry")


def setup_logging(service: str, process: str, *, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Route structlog and the standard library's loggers into one redacted JSON stream; uvicorn runs with
    `log_config=None`, its access log is off (`shared.web.middleware` writes one line a request)."""
    line = _line_of(service, process)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, line],
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(formatter)
    handler.addFilter(Damping(DAMPED))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    structlog.configure(
        processors=[_name_level_and_logger, line],
        logger_factory=_Lines(handler),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=True,
    )
    for name, quiet in QUIET.items():
        logging.getLogger(name).setLevel(quiet)
    logging.getLogger("uvicorn.access").disabled = True


class _Lines:
    """Makes structlog's loggers: each writes its lines where the standard library's loggers write theirs."""

    def __init__(self, handler: "logging.StreamHandler[TextIO]") -> None:
        self._handler = handler
        # A logger without a name is called as the module that asks for it.
        self._named = structlog.stdlib.LoggerFactory(ignore_frame_names=[__name__])

    def __call__(self, *arguments: Any) -> "_Line":
        return _Line(self._named(*arguments).name, self._handler)


class _Line:
    """Writes lines that are ready, without the records, frames and formatters of the standard library."""

    def __init__(self, name: str, handler: "logging.StreamHandler[TextIO]") -> None:
        self.name = name
        self._handler = handler

    def info(self, line: str) -> None:
        """Write the line, whole, before or after those of other threads; what cannot be written stops nobody."""
        handler = self._handler
        handler.acquire()
        try:
            with contextlib.suppress(OSError, ValueError):
                handler.stream.write(line + "\n")
                handler.flush()
        finally:
            handler.release()

    debug = warning = error = critical = info


def _name_level_and_logger(logger: _Line, method: str, record: Record) -> Record:
    record["level"] = method
    record["logger"] = logger.name
    return record


def _line_of(service: str, process: str) -> structlog.typing.Processor:
    """The last processor: everything that a line has besides what was said, in one pass, and then its text."""

    def line(_logger: Any, _method: str, record: Record) -> str:
        structlog.contextvars.merge_contextvars(None, "", record)
        record["timestamp"] = system_now().isoformat().replace("+00:00", "Z")
        if "exc_info" in record:
            describe_exception(record)
        written = redacted(record)
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            written["trace_id"] = trace.format_trace_id(context.trace_id)
            written["span_id"] = trace.format_span_id(context.span_id)
        written["service"], written["process"] = service, process
        return _rendered(written)

    return line


def describe_exception(record: Record) -> None:
    """Replace `exc_info` by the safe description of `redaction.describe`."""
    found = record.pop("exc_info")
    if found is True:
        found = sys.exc_info()
    fault = found[1] if isinstance(found, tuple) else found
    if isinstance(fault, BaseException):
        record["exception"] = describe(fault)


def redacted(record: Record) -> dict[str, Any]:
    """The record with denied keys hidden and national ids masked everywhere, its message included."""
    return {key: HIDDEN if _is_denied(key) else redact(value) for key, value in record.items()}


# Of the names that our own code gives to what it says: there are some dozens.
_is_denied = functools.lru_cache(1024)(is_denied)


def _rendered(record: dict[str, Any]) -> str:
    try:
        return orjson.dumps(record, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:
        # Half a character, or a number of more than 64 bits.
        return json.dumps(record, default=str)
