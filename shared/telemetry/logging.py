"""Log lines: one JSON object a line on standard output, redacted, with the trace's ids."""

import functools
import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import orjson
import structlog
from opentelemetry import trace

from shared.kernel.bound import merge
from shared.kernel.clock import system_now
from shared.telemetry.damping import Damping
from shared.telemetry.redaction import HIDDEN, TEN_DIGITS, describe, is_denied, redact

Record = MutableMapping[str, Any]

# aiokafka and uvicorn's access log are chatty; paths in an access log may hold what a caller typed.
QUIET = {"aiokafka": logging.WARNING, "httpx": logging.WARNING, "httpcore": logging.WARNING}
# While its broker is away the client's loops would each write many lines a second.
# The exporter says the same for every batch that its collector does not take.
DAMPED = ("aiokafka", "opentelemetry")

_PLAIN = frozenset({str, bool, float, type(None)})
_DIGITS = bytes.maketrans(b"0123456789", b"0000000000")
_BETWEEN_DIGITS = b"-. "
_TWELVE_DIGITS = b"0" * 12


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
        processors=[line],
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
            handler.stream.write(line + "\n")
            handler.stream.flush()
        except (OSError, ValueError):
            pass
        finally:
            handler.release()

    debug = warning = error = critical = info


def _line_of(service: str, process: str) -> structlog.typing.Processor:
    """The only processor of structlog's lines, and the last of the standard library's: everything that a line has
    besides what was said, in one pass, and then its text."""
    trailer = {"service": service, "process": process}

    def line(logger: Any, method: str, record: Record) -> str:
        if type(logger) is _Line:
            record["level"], record["logger"] = method, logger.name
        merge(logger, method, record)
        if "exc_info" in record:
            describe_exception(record)
        context = trace.get_current_span().get_span_context()
        ids: dict[str, Any] = dict(trailer)
        if context.is_valid:
            ids = {
                "trace_id": trace.format_trace_id(context.trace_id),
                "span_id": trace.format_span_id(context.span_id),
                **trailer,
            }
        now = system_now()
        plain = _plainly(record, {"timestamp": now, **ids})
        if plain is not None:
            return plain
        record["timestamp"] = now.isoformat().replace("+00:00", "Z")
        return _rendered(redacted(record) | ids)

    return line


def _plainly(record: Record, ids: dict[str, Any]) -> str | None:
    """The line of what has nothing to hide, as nearly all have not; None where each value is to be looked at.

    What `redact` hides and masks in texts and small numbers shows in the whole line as well: a key by its name, a
    national id by twelve digits, of which at most a sign or a blank stands between two groups.
    """
    for key, value in record.items():
        if _is_denied(key):
            return None
        kind = type(value)
        if kind is int:
            if not 0 <= value < TEN_DIGITS:
                return None
        elif kind not in _PLAIN:
            return None
    try:
        written = orjson.dumps({**record, **ids}, option=orjson.OPT_UTC_Z)
    except TypeError:
        return None
    # A blank that is written as an escape, and digits of other scripts, the patterns know better.
    if b"\\" in written or not written.isascii() or _TWELVE_DIGITS in written.translate(_DIGITS, _BETWEEN_DIGITS):
        return None
    return written.decode()


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
