"""A run of the whole suite is spread over lanes: processes of pytest-xdist, side by side (decision 19).

Each lane has a PostgreSQL of its own and topics of its own on one Kafka, which the controller starts and ends. A test
marked ``alone`` runs while no other lane is in a test. What is narrowed by a name or a path runs in this one process.
"""

import fcntl
import gc
import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from xdist import is_xdist_controller
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from deploy.local.errors import LauncherError
from deploy.local.kafka import Server, await_kafka, begin_kafka
from deploy.local.processes import Identity
from shared.testing.logs import log_plainly
from shared.testing.scratch import Scratch

# Most tests wait most of their time, so that two cores carry more than two lanes: measured in decision 19.
LANES = 4
# How much garbage there may be before it is looked for; the default begins at 700 objects, and takes 3 % of the time.
GARBAGE = (10_000, 20, 20)
# Folders whose files run in one lane: those of this one read the same thousand syntax trees, which the lane keeps.
TOGETHER = ("tests/architecture",)


@dataclass(frozen=True)
class ReadersWriterLock:
    """A lock over processes, in a folder that they share: held by many readers, or by one writer."""

    folder: Path

    @contextmanager
    def held(self, *, alone: bool) -> Iterator[None]:
        """Wait for it, and hold it while the block lasts."""
        # A writer stays in the turnstile until the last reader has left: no more of them come, so it does not starve.
        how = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        with self._locked("turnstile", fcntl.LOCK_EX) as turnstile, self._locked("lock", how):
            fcntl.flock(turnstile, fcntl.LOCK_UN)
            yield

    @contextmanager
    def _locked(self, name: str, how: int) -> Iterator[int]:
        file = os.open(self.folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, how)
            yield file
        finally:
            # A process that was forked meanwhile shares the descriptor: closing it here alone would leave it locked.
            fcntl.flock(file, fcntl.LOCK_UN)
            os.close(file)


@dataclass(frozen=True)
class Run:
    """What the lanes of a run share. Kafka may still be starting, or have no chance to: then the text says why."""

    folder: Path
    kafka: Server | str

    @classmethod
    def begun(cls, folder: Path) -> "Run":
        """Start the broker without waiting for it: the lanes have their tests to collect first."""
        try:
            return cls(folder, begin_kafka(folder / "kafka"))
        except LauncherError as reason:
            return cls(folder, str(reason))

    def end(self) -> None:
        """Stop the broker."""
        if isinstance(self.kafka, Server):
            self.kafka.stop()

    def bootstrap(self) -> str:
        """The address of the broker, which answers.

        Raises:
            LauncherError: it does not.
        """
        if isinstance(self.kafka, str):
            raise LauncherError(self.kafka)
        await_kafka(self.kafka, self.folder / "kafka")
        return self.kafka.bootstrap

    @property
    def partners(self) -> str:
        """Where partners reach the broker, which answers by then."""
        return "" if isinstance(self.kafka, str) else self.kafka.partners

    def as_json(self) -> dict[str, Any]:
        """What a lane is given."""
        kafka = self.kafka if isinstance(self.kafka, str) else asdict(self.kafka)
        return {"folder": str(self.folder), "kafka": kafka}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "Run":
        """The run, in a lane."""
        kafka = given["kafka"]
        if not isinstance(kafka, str):
            kafka = Server(kafka["bootstrap"], kafka["port"], Identity(**kafka["identity"]), kafka["partners"])
        return cls(Path(given["folder"]), kafka)


@dataclass(frozen=True)
class Lane:
    """One process of the run."""

    name: str
    run: Run

    @classmethod
    def of(cls, config: pytest.Config) -> "Lane | None":
        """This process's lane; None when the run has no lanes."""
        given = getattr(config, "workerinput", None)
        return None if given is None else cls(given["workerid"], Run.from_json(given["run"]))

    @property
    def folder(self) -> Path:
        """For what this lane alone uses; it goes with the run."""
        folder = self.run.folder / self.name
        folder.mkdir(exist_ok=True)
        return folder


_RUN = pytest.StashKey[tuple[Scratch, Run]]()
_LOCK = pytest.StashKey[ReadersWriterLock]()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """How many lanes; none for what is narrowed: one process starts soonest, and a debugger works in it."""
    narrowed = config.args_source is not pytest.Config.ArgsSource.TESTPATHS or config.option.keyword
    return 0 if narrowed or config.option.markexpr or config.option.collectonly else LANES


def pytest_configure(config: pytest.Config) -> None:
    """In a lane every test is under the run's lock."""
    log_plainly()
    if (lane := Lane.of(config)) is not None:
        config.stash[_LOCK] = ReadersWriterLock(lane.run.folder)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin the run before there are lanes, and threads to speak with them: servers are forked."""
    if is_xdist_controller(session):
        scratch = Scratch.make()
        session.config.stash[_RUN] = (scratch, Run.begun(scratch.path))


def pytest_configure_node(node: WorkerController) -> None:
    """Give a lane what it needs to know."""
    _, run = node.config.stash[_RUN]
    node.workerinput["run"] = run.as_json()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The lanes have ended."""
    if (mine := config.stash.get(_RUN, None)) is not None:
        scratch, run = mine
        run.end()
        scratch.delete()


class Lanes(LoadScopeScheduling):  # type: ignore[misc]
    """Gives a lane a file at a time, or a folder of those that run together."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Lanes:
    """How tests are given to lanes."""
    return Lanes(config, log)


def scope_of(nodeid: str) -> str:
    """What runs in one lane with this test: its file, or the folder of it."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if file.startswith(f"{folder}/")), file)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without looking for garbage: what is imported and collected is kept to the end, and none of it is looked
    through afterwards, nor anything as often as by default."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(*GARBAGE)
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In lanes the files that wait longest come first, so that the last to end is a short one."""
    if _LOCK in config.stash:
        items[:] = longest_first(items)


def longest_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Files with Kafka first, then those with the most tests on PostgreSQL, then the folder that runs together."""
    weights: dict[str, tuple[int, int, bool]] = {}
    for item in items:
        scope = scope_of(item.nodeid)
        kafka, postgres, _ = weights.get(scope, (0, 0, False))
        kafka, postgres = kafka + _needs(item, "kafka", "broker"), postgres + _needs(item, "postgres", "databases")
        weights[scope] = (kafka, postgres, scope in TOGETHER)
    return sorted(items, key=lambda item: weights[scope_of(item.nodeid)], reverse=True)


def _needs(item: pytest.Item, marker: str, fixture: str) -> bool:
    return item.get_closest_marker(marker) is not None or fixture in getattr(item, "fixturenames", ())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test under the lock; the wait for it does not count as the test's time."""
    lock = item.config.stash.get(_LOCK, None)
    if lock is None:
        return (yield)
    with lock.held(alone=item.get_closest_marker("alone") is not None):
        return (yield)
