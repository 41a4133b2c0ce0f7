"""The fixtures of every test that needs a server; ``conftest.py`` at the root of the project loads them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvloop
from hypothesis import HealthCheck, settings
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, Sampler, SamplingResult

from shared.law.book import let_stand
from shared.telemetry.attributes import AllowedAttributesExporter
from shared.telemetry.setup import RootSampler, tracer_provider
from shared.testing.clock import BusinessClock, moved_clock
from shared.testing.drawing import draw_by_seed_alone
from shared.testing.lanes import Lane
from shared.testing.scratch import Scratch
from shared.testing.servers import Broker, Databases, kafka_for_tests, postgres_for_tests
from shared.testing.tokens import TestIssuer


def pytest_configure() -> None:
    """Tests run in the loop of every process of the platform, which also takes less of the processor."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    # How long an example takes says how busy the machine is, and nothing of the code (rules P6).
    settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("untimed")
    draw_by_seed_alone()


@pytest.fixture(autouse=True)
def _law_of_the_release() -> Iterator[None]:
    """What officers enter in a test is law in that test alone."""
    yield
    let_stand(None)


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
def databases(lane: Lane | None, server_folder: Path) -> Iterator[Databases]:
    """The real PostgreSQL of this process: another's open transaction would hold up what waits for a quiet server."""
    yield from postgres_for_tests(server_folder / "postgres", None if lane is None else lane.run.postgres)


@pytest.fixture(scope="session")
def broker(lane: Lane | None, server_folder: Path) -> Iterator[Broker]:
    """The real Kafka of this run, which all lanes share."""
    if lane is None:
        yield from kafka_for_tests(server_folder / "kafka")
    else:
        yield Broker(lane.run.bootstrap(), lane.name, lane.run.partners)


@pytest.fixture(scope="session")
def issuer(server_folder: Path) -> TestIssuer:
    """The token issuer of this run."""
    return TestIssuer(server_folder)


@pytest.fixture
async def topic_prefix(broker: Broker) -> str:
    """Topics of this test's own."""
    return await broker.prefix()


class WhileWatched(Sampler):
    """Samples as a process that traces everything, but only for a test that looks: nobody reads the spans of others."""

    def __init__(self) -> None:
        self.memory = InMemorySpanExporter()
        self.watched = False
        self._all = ParentBased(RootSampler(1.0))

    def should_sample(self, *arguments: Any, **named: Any) -> SamplingResult:
        return (self._all if self.watched else ALWAYS_OFF).should_sample(*arguments, **named)

    def get_description(self) -> str:
        return "WhileWatched"


@pytest.fixture(scope="session")
def watching() -> WhileWatched:
    """Spans as they would leave the process; one for the run, since OpenTelemetry's provider can be set only once."""
    sampler, provider = WhileWatched(), trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = tracer_provider("tests", "test", None)
        # Before anybody has a tracer: each keeps the sampler that it finds.
        provider.sampler = sampler
        trace.set_tracer_provider(provider)
    provider.add_span_processor(SimpleSpanProcessor(AllowedAttributesExporter(sampler.memory)))
    return sampler


@pytest.fixture
def spans(watching: WhileWatched) -> Iterator[InMemorySpanExporter]:
    """The spans of this test."""
    watching.memory.clear()
    watching.watched = True
    try:
        yield watching.memory
    finally:
        watching.watched = False
        watching.memory.clear()


@pytest.fixture
def business_clock() -> Iterator[BusinessClock]:
    """The business clock of this process, to be set and moved by this test."""
    with moved_clock() as clock:
        yield clock
