"""A run of the whole suite is spread over lanes: processes that run files of it side by side (decisions 19 and 100).

The tests are collected once, and the lanes forked then. Each has a PostgreSQL of its own, a copy of one that is made
while the tests are collected, and topics of its own on one Kafka. A test marked ``alone`` runs when nothing else is
left, in one lane. What is narrowed by a name or a path runs in this one process.
"""

import gc
from collections import Counter, deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pytest

from deploy.local.errors import LauncherError
from deploy.local.kafka import Server, await_kafka, begin_kafka
from shared.testing.forking import Controller, Scope
from shared.testing.logs import log_plainly
from shared.testing.scratch import Scratch
from shared.testing.servers import Template

# Most tests wait most of their time, so that two cores carry more than two lanes: measured in decision 19.
LANES = 4
# How much garbage there may be before it is looked for; the default begins at 700 objects, and takes 3 % of the time.
GARBAGE = (10_000, 20, 20)
# What runs in one lane, files and folders: it reads the same thousand syntax trees, which the lane keeps.
TOGETHER = ("tests/architecture/", "tests/journeys/test_every_journey.py")
# What a test is taken to last: with Kafka, with PostgreSQL, of those that run together, and of others.
WITH_KAFKA_MS, WITH_POSTGRES_MS, TOGETHER_MS, BY_ITSELF_MS = 3000, 250, 200, 20
# And so is one that asks for more time than all have: a limit is this many times what it lasts.
LIMIT_IS_TIMES = 8


@dataclass(frozen=True)
class Run:
    """What the lanes of a run share. Kafka may still be starting, or have no chance to: then the text says why."""

    folder: Path
    kafka: Server | str
    postgres: Template

    @classmethod
    def begun(cls, folder: Path) -> "Run":
        """Start the broker, and make the databases, without waiting for either: there are tests to collect first."""
        return cls(folder, _kafka_begun(folder / "kafka"), Template.begun(folder / "template"))

    def end(self) -> None:
        """Stop the broker."""
        self.postgres.stop()
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


def _kafka_begun(folder: Path) -> Server | str:
    try:
        return begin_kafka(folder)
    except LauncherError as reason:
        return str(reason)


@dataclass(frozen=True)
class Lane:
    """One process of the run."""

    name: str
    run: Run

    @classmethod
    def of(cls, config: pytest.Config) -> "Lane | None":
        """This process's lane; None when the run has no lanes."""
        return config.stash.get(_LANE, None)

    @property
    def folder(self) -> Path:
        """For what this lane alone uses; it goes with the run."""
        folder = self.run.folder / self.name
        folder.mkdir(exist_ok=True)
        return folder


_RUN = pytest.StashKey[tuple[Scratch, Run]]()
_LANE = pytest.StashKey[Lane]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """As pytest-xdist calls it, which allows itself a short name too."""
    parser.getgroup("lanes")._addoption(
        "-n",
        "--lanes",
        default="auto",
        help="in how many lanes tests run; none for what is narrowed, unless it is said",
    )


def lanes_of(config: pytest.Config) -> int:
    """How many lanes; none for what is narrowed: one process starts soonest, and a debugger works in it."""
    option = config.option
    if option.collectonly or option.usepdb or option.lanes != "auto":
        return 0 if option.collectonly or option.usepdb else int(option.lanes)
    narrowed = config.args_source is not pytest.Config.ArgsSource.TESTPATHS or option.keyword or option.markexpr
    return 0 if narrowed else LANES


def pytest_configure() -> None:
    """Whoever runs tests logs plainly."""
    log_plainly()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin the run, when it is to have lanes: servers are forked."""
    if lanes_of(session.config):
        scratch = Scratch.make()
        session.config.stash[_RUN] = (scratch, Run.begun(scratch.path))


def pytest_unconfigure(config: pytest.Config) -> None:
    """The lanes have ended."""
    if (mine := config.stash.get(_RUN, None)) is not None:
        scratch, run = mine
        run.end()
        scratch.delete()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run the tests in lanes; without any, or when not all could be collected, as pytest does."""
    config = session.config
    if _RUN not in config.stash or session.testsfailed:
        return None
    _, run = config.stash[_RUN]

    def entered(name: str) -> None:
        config.stash[_LANE] = Lane(name, run)

    together, alone = scopes_of(session.items)
    Controller(session, deque(together), deque(alone), entered).run(lanes_of(config))
    return True


def scopes_of(items: Sequence[pytest.Item]) -> tuple[list[Scope], list[Scope]]:
    """What a lane is given at a time, and what runs alone: the tests of a file, or all that run together, by their
    places."""

    def scopes(*, alone: bool) -> list[Scope]:
        places = [place for place, item in enumerate(items) if _runs_alone(item) is alone]
        return [tuple(scope) for _, scope in groupby(places, lambda place: scope_of(items[place].nodeid))]

    return scopes(alone=False), scopes(alone=True)


def _runs_alone(item: pytest.Item) -> bool:
    return item.get_closest_marker("alone") is not None


def scope_of(nodeid: str) -> str:
    """What runs in one lane with this test: its file, or all that runs together."""
    file = nodeid.partition("::")[0]
    return TOGETHER[0] if file.startswith(TOGETHER) else file


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without looking for garbage: what is imported and collected is kept to the end, and none of it is looked
    through afterwards (which would also copy it into each lane), nor anything as often as by default."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(*GARBAGE)
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In lanes the files that last longest come first, so that the last to end is a short one."""
    if _RUN in config.stash:
        items[:] = longest_first(items)


def longest_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Files by what they are taken to last, the longest before, so that no lane is left with one when the others are
    through: each test by what it needs, and once the share of the longest time that one of them asks for.

    How many tests a file has says nothing of one that takes a minute for a single one: its time limit does.
    """
    lasting, limits = Counter[str](), Counter[str]()
    for item in items:
        scope = scope_of(item.nodeid)
        lasting[scope] += _milliseconds(item)
        limits[scope] = max(limits[scope], _time_limit(item))
    in_all = {scope: (lasting[scope] + 1000 * limits[scope] // LIMIT_IS_TIMES, scope) for scope in lasting}
    return sorted(items, key=lambda item: in_all[scope_of(item.nodeid)], reverse=True)


def _milliseconds(item: pytest.Item) -> int:
    """What a test is taken to last."""
    if _needs(item, "kafka", "broker"):
        return WITH_KAFKA_MS
    if _needs(item, "postgres", "databases"):
        return WITH_POSTGRES_MS
    return TOGETHER_MS if item.nodeid.startswith(TOGETHER) else BY_ITSELF_MS


def _time_limit(item: pytest.Item) -> int:
    """The seconds that a test says it may take; 0 where it says nothing, and has what all have."""
    marker = item.get_closest_marker("timeout")
    return 0 if marker is None else int(marker.args[0])


def _needs(item: pytest.Item, marker: str, fixture: str) -> bool:
    return item.get_closest_marker(marker) is not None or fixture in getattr(item, "fixturenames", ())
