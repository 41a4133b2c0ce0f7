"""The whole platform in this process, and what it left behind."""

import io
import logging
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.telemetry.logging import setup_logging
from shared.telemetry.setup import instrument_database
from shared.testing.servers import Broker, Databases
from shared.testing.tokens import TestIssuer
from tests.journeys.platform import Platform, platform_under_test


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """Every log line of the test, as the processes would print it."""
    stream = io.StringIO()
    root, level = list(logging.getLogger().handlers), logging.getLogger().level
    setup_logging("journeys", "test", stream=stream)
    # A logger that keeps its first configuration would take this stream along into later tests.
    structlog.configure(cache_logger_on_first_use=False)
    yield stream
    logging.getLogger().handlers[:] = root
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
async def platform(
    databases: Databases, broker: Broker, issuer: TestIssuer, topic_prefix: str, spans: InMemorySpanExporter
) -> AsyncIterator[Platform]:
    """All five services, their workers not yet at work."""
    instrument_database()
    spans.clear()
    async with platform_under_test(databases, broker, issuer, topic_prefix) as platform:
        yield platform
