"""The whole platform in this process, and what it left behind."""

import io
from collections.abc import AsyncIterator, Iterator

import pytest
from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor

from deploy.local import story
from shared.kernel import pace
from shared.telemetry.setup import instrument_database
from shared.testing.logs import logged
from shared.testing.servers import Broker, Databases
from shared.testing.tokens import TestIssuer
from tests.journeys.platform import Platform, platform_under_test
from tests.journeys.ways import BUSY_PAUSE_S, PATIENCE_S, Outcome, Way


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """Every log line of the test, as the processes would print it."""
    with logged() as stream:
        yield stream


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A story waits longer beside other lanes and other work than on a machine of its own; and its five workers, all in
    one process, look for work less often: most of what the lane does would be looking."""
    monkeypatch.setattr(story, "PATIENCE_SECONDS", PATIENCE_S)
    monkeypatch.setattr(pace, "BUSY_PAUSE_SECONDS", BUSY_PAUSE_S)


@pytest.fixture
def statements() -> Iterator[None]:
    """A span for each statement, for a test that looks into spans."""
    instrument_database()
    yield
    AsyncPGInstrumentor().uninstrument()  # type: ignore[no-untyped-call]


@pytest.fixture(scope="session")
def outcomes() -> dict[str, dict[Way, Outcome]]:
    """What each journey of this run came to, by the way in which it ran."""
    return {}


@pytest.fixture(params=list(Way))
def way(request: pytest.FixtureRequest) -> Way:
    """Every journey runs in each way, whatever it is (rules P3)."""
    chosen: Way = request.param
    return chosen


@pytest.fixture
async def platform(
    way: Way,
    databases: Databases,
    broker: Broker,
    issuer: TestIssuer,
    topic_prefix: str,
    outcomes: dict[str, dict[Way, Outcome]],
    request: pytest.FixtureRequest,
) -> AsyncIterator[Platform]:
    """All five services, their workers not yet at work; what the journey comes to is the same in every way."""
    async with platform_under_test(databases, broker, issuer, topic_prefix, way) as platform:
        yield platform
        # Whatever it came to, and whatever still waits: somebody has it, by an instant or by a fact that is to come.
        assert await platform.held_by_nobody() == {}
    if platform.outcome is not None:
        by_way = outcomes.setdefault(request.node.nodeid.partition("[")[0], {})
        by_way[way] = platform.outcome
        assert len(set(by_way.values())) == 1, f"the same journey comes to different ends: {by_way}"
