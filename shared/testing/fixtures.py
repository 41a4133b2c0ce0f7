"""The fixtures of every test that needs a server; ``conftest.py`` at the root of the project loads them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.telemetry.attributes import AllowedAttributesExporter
from shared.telemetry.setup import tracer_provider
from shared.testing.clock import BusinessClock, moved_clock
from shared.testing.lanes import Lane
from shared.testing.scratch import Scratch
from shared.testing.servers import Broker, Databases, kafka_for_tests, postgres_for_tests
from shared.testing.tokens import TestIssuer


@pytest.fixture(scope="session")
def lane(pytestconfig: pytest.Config) -> Lane | None:
    """This process's lane, when the run is spread over lanes."""
    return Lane.of(pytestconfig)


@pytest.fixture(scope="session")
def server_folder(lane: Lane | None) -> Iterator[Path]:
    """A folder for the data of this process's servers."""
    if lane is not None:
        yield lane.folder
        return
    scratch = Scratch.make()
    yield scratch.path
    scratch.delete()


@pytest.fixture(scope="session")
def databases(server_folder: Path) -> Iterator[Databases]:
    """The real PostgreSQL of this process: another's open transaction would hold up what waits for a quiet server."""
    yield from postgres_for_tests(server_folder / "postgres")


@pytest.fixture(scope="session")
def broker(lane: Lane | None, server_folder: Path) -> Iterator[Broker]:
    """The real Kafka of this run, which all lanes share."""
    if lane is None:
        yield from kafka_for_tests(server_folder / "kafka")
    else:
        yield Broker(lane.run.bootstrap(), lane.name)


@pytest.fixture(scope="session")
def issuer(server_folder: Path) -> TestIssuer:
    """The token issuer of this run."""
    return TestIssuer(server_folder)


@pytest.fixture
async def topic_prefix(broker: Broker) -> str:
    """Topics of this test's own."""
    return await broker.prefix()


@pytest.fixture(scope="session")
def exporter() -> InMemorySpanExporter:
    """Spans as they would leave the process; one for the run, since OpenTelemetry's provider can be set only once."""
    memory = InMemorySpanExporter()
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = tracer_provider("tests", "test", InMemorySpanExporter())
        trace.set_tracer_provider(provider)
    provider.add_span_processor(SimpleSpanProcessor(AllowedAttributesExporter(memory)))
    return memory


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> Iterator[InMemorySpanExporter]:
    """The spans of this test."""
    exporter.clear()
    yield exporter
    exporter.clear()


@pytest.fixture
def business_clock() -> Iterator[BusinessClock]:
    """The business clock of this process, to be set and moved by this test."""
    with moved_clock() as clock:
        yield clock
