"""The platform that the crash proofs share, and the tables that they print."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from deploy.local import story
from tests.prove import platform_fixture
from tests.prove.dying import VictimStarter, victim_starter
from tests.prove.platform_fixture import PlatformFixture

Show = Callable[[str, Sequence[Sequence[object]]], None]


# A server that is killed on a busy machine may need a minute to be back; the story's own patience is for a healthy one.
PATIENCE_S = 180.0


@pytest.fixture(scope="session")
def platform() -> Iterator[PlatformFixture]:
    """The ten processes, PostgreSQL, Kafka and a bank under the supervisor; one for all the crash proofs."""
    with pytest.MonkeyPatch.context() as patch, platform_fixture.platform() as started:
        patch.setattr(story, "PATIENCE_SECONDS", PATIENCE_S)
        yield started


@pytest.fixture(scope="session")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VictimStarter]:
    """The process of which those are forked that die; one for all the proofs that need no platform."""
    with victim_starter(tmp_path_factory.mktemp("victims")) as started:
        yield started


@pytest.fixture
def show(request: pytest.FixtureRequest) -> Show:
    """Print a table, heading first, where the run is read."""
    plugins = request.config.pluginmanager
    reporter, capture = plugins.get_plugin("terminalreporter"), plugins.get_plugin("capturemanager")
    assert reporter is not None
    assert capture is not None

    def write(heading: str, rows: Sequence[Sequence[object]]) -> None:
        columns = heading.split("|")
        with capture.global_and_fixture_disabled():
            reporter.write_line(f"\n\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
            for row in rows:
                reporter.write_line(f"| {' | '.join(map(str, row))} |")

    return write
