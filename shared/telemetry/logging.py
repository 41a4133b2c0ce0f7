"""Log lines: one JSON object a line on standard output, redacted, with the trace's ids."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import orjson
import structlog
from opentelemetry import trace

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

    def identify(_logger: Any, _method: str, record: Record) -> Record:
        return {**record, "service": service, "process": process}

    before: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            describe_exception,
            redact_record,
            add_trace,
            identify,
            _render,
        ],
    )
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(formatter)
    handler.addFilter(Damping(DAMPED))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name, quiet in QUIET.items():
        logging.getLogger(name).setLevel(quiet)
    logging.getLogger("uvicorn.access").disabled = True


def describe_exception(_logger: Any, _method: str, record: Record) -> Record:
    """Replace `exc_info` by the safe description of `redaction.describe`."""
    found = record.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    fault = found[1] if isinstance(found, tuple) else found
    return {**record, "exception": describe(fault)} if isinstance(fault, BaseException) else record


def redact_record(_logger: Any, _method: str, record: Record) -> Record:
    """Hide denied keys and mask national ids everywhere in the record, its message included."""
    return {key: HIDDEN if is_denied(key) else redact(value) for key, value in record.items()}


def add_trace(_logger: Any, _method: str, record: Record) -> Record:
    """Add `trace_id` and `span_id` of the current span, if there is one."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return record
    ids = {"trace_id": trace.format_trace_id(context.trace_id), "span_id": trace.format_span_id(context.span_id)}
    return {**record, **ids}


def _render(_logger: Any, _method: str, record: Record) -> str:
    return orjson.dumps(record, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
