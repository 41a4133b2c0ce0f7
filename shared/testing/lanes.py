"""A run of the whole suite is spread over lanes: processes of pytest-xdist, side by side (decision 19).

Each lane has a PostgreSQL of its own and topics of its own on one Kafka, which the controller starts and ends. A test
marked ``alone`` runs while no other lane is in a test. What is narrowed by a name or a path runs in this one process.
"""

import fcntl
import os
import shutil
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from xdist import is_xdist_controller
from xdist.workermanage import WorkerController

from deploy.local.errors import LauncherError
from deploy.local.kafka import Server, await_kafka, begin_kafka
from deploy.local.processes import Identity
from shared.testing.servers import scratch_folder

# Most tests wait most of their time, so that two cores carry more than two lanes: measured in decision 19.
LANES = 4


@dataclass(frozen=True)
class Floor:
    """Where tests run: as many as there are lanes, or one that wants it for itself."""

    folder: Path

    @contextmanager
    def taken(self, *, alone: bool) -> Iterator[None]:
        """Wait for the floor, and keep it while the block lasts."""
        how = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        # Whoever wants it alone stays first in the queue until the last of the others has left, so that no more come.
        with self._locked("floor.queue", fcntl.LOCK_EX) as queue, self._locked("floor", how):
            fcntl.flock(queue, fcntl.LOCK_UN)
            yield

    @contextmanager
    def _locked(self, name: str, how: int) -> Iterator[int]:
        file = os.open(self.folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, how)
            yield file
        finally:
            os.close(file)


@dataclass(frozen=True)
class Run:
    """What the lanes of a run share. Kafka may still be starting, or have no chance to: then the text says why."""

    folder: Path
    kafka: Server | str

    @classmethod
    def begin(cls) -> "Run":
        """Make the folder and start the broker, without waiting for it: the lanes have their tests to collect first."""
        folder = scratch_folder()
        try:
            return cls(folder, begin_kafka(folder / "kafka"))
        except LauncherError as reason:
            return cls(folder, str(reason))

    def end(self) -> None:
        """Stop the broker and delete what the lanes left; they have ended."""
        if isinstance(self.kafka, Server):
            self.kafka.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def as_text(self) -> dict[str, Any]:
        """What a lane has to be given to know the run."""
        kafka = self.kafka
        if isinstance(kafka, Server):
            identity = kafka.identity
            return {"folder": str(self.folder), "kafka": [kafka.port, identity.pid, identity.started, identity.boot]}
        return {"folder": str(self.folder), "kafka": kafka}


@dataclass(frozen=True)
class Lane:
    """One process of the run."""

    name: str
    run: Run

    @classmethod
    def of(cls, config: pytest.Config) -> "Lane | None":
        """This process's lane; None when the run has no lanes."""
        given = getattr(config, "workerinput", None)
        if given is None:
            return None
        kafka = given["run"]["kafka"]
        if not isinstance(kafka, str):
            port, *identity = kafka
            kafka = Server(f"127.0.0.1:{port}", port, Identity(*identity))
        return cls(given["workerid"], Run(Path(given["run"]["folder"]), kafka))

    @property
    def folder(self) -> Path:
        """For what this lane alone uses; it goes with the run."""
        folder = self.run.folder / self.name
        folder.mkdir(exist_ok=True)
        return folder

    def bootstrap(self) -> str:
        """The address of the run's broker, which answers.

        Raises:
            LauncherError: it does not.
        """
        if isinstance(self.run.kafka, str):
            raise LauncherError(self.run.kafka)
        await_kafka(self.run.kafka, self.run.folder / "kafka")
        return self.run.kafka.bootstrap


_RUN = pytest.StashKey[Run]()
_FLOOR = pytest.StashKey[Floor]()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """How many lanes; none for what is narrowed: one process starts soonest, and a debugger works in it."""
    narrowed = config.args_source is not pytest.Config.ArgsSource.TESTPATHS or config.option.keyword
    return 0 if narrowed or config.option.markexpr or config.option.collectonly else LANES


def pytest_configure(config: pytest.Config) -> None:
    """Every lane knows the floor."""
    if (lane := Lane.of(config)) is not None:
        config.stash[_FLOOR] = Floor(lane.run.folder)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin the run before there are lanes, and threads to speak with them: servers are forked."""
    if is_xdist_controller(session):
        session.config.stash[_RUN] = Run.begin()


def pytest_configure_node(node: WorkerController) -> None:
    """Give a lane what it needs to know."""
    node.workerinput["run"] = node.config.stash[_RUN].as_text()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The lanes have ended."""
    if (run := config.stash.get(_RUN, None)) is not None:
        run.end()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In lanes the files that wait longest come first, so that the last to end is a short one."""
    if _FLOOR in config.stash:
        items[:] = longest_first(items)


def longest_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Files with Kafka first, then those with the most tests on PostgreSQL; a file stays together."""
    weights: dict[Path, tuple[int, int]] = {}
    for item in items:
        kafka, postgres = weights.get(item.path, (0, 0))
        weights[item.path] = (kafka + _needs(item, "kafka", "broker"), postgres + _needs(item, "postgres", "databases"))
    return sorted(items, key=lambda item: weights[item.path], reverse=True)


def _needs(item: pytest.Item, marker: str, fixture: str) -> bool:
    return item.get_closest_marker(marker) is not None or fixture in getattr(item, "fixturenames", ())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test when the floor is free for it; the wait does not count as the test's time."""
    floor = item.config.stash.get(_FLOOR, None)
    if floor is None:
        return (yield)
    with floor.taken(alone=item.get_closest_marker("alone") is not None):
        return (yield)
