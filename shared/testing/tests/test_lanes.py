"""Lanes share what they must and nothing else: a small suite is run in lanes, and what its tests noted is compared."""

import fcntl
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from deploy.local.errors import LauncherError
from shared.testing import lanes, servers
from shared.testing.lanes import TOGETHER, ReadersWriterLock, Run, longest_first, scope_of
from shared.testing.servers import Broker
from tests.architecture.tree import ROOT

# A broker that is a sleeping process: what lanes do with it is the same.
CONFTEST = """
import signal, time
import shared.testing.lanes as lanes
from deploy.local.kafka import Server
from deploy.local.processes import fork

def begin_kafka(folder):
    folder.mkdir()
    return Server("127.0.0.1:7", 7, fork(lambda: time.sleep(600), folder / "log"), "127.0.0.1:8")

lanes.begin_kafka = begin_kafka
pytest_plugins = ["shared.testing.lanes"]
"""
SUITE = """
import os, time
from pathlib import Path
import pytest
from shared.testing.lanes import Lane

@pytest.mark.parametrize("number", range(4))
def test_noted(number, pytestconfig):
    note(pytestconfig)

@pytest.mark.alone
def test_alone(pytestconfig):
    note(pytestconfig, alone=True)

def note(config, alone=False):
    lane, began = Lane.of(config), time.monotonic()
    time.sleep(0.2)
    words = [lane.name, lane.folder, lane.run.kafka.pid, __file__, alone, began, time.monotonic()]
    with Path(os.environ["NOTES"]).open("a") as notes:
        notes.write(" ".join(map(str, words)) + "\\n")
"""


@dataclass(frozen=True)
class Note:
    """What a test noted of itself."""

    lane: str
    folder: Path
    kafka: int
    file: str
    alone: bool
    began: float
    ended: float

    def overlaps(self, other: "Note") -> bool:
        return self.began < other.ended and other.began < self.ended


@dataclass(frozen=True)
class Ran:
    """A run of the small suite, when it has ended."""

    code: int
    said: str
    notes: list[Note]


def run_in_lanes(folder: Path, suite: str = SUITE, files: int = 3) -> Ran:
    """Run so many files of it in as many lanes."""
    (folder / "conftest.py").write_text(CONFTEST)
    for number in range(files):
        (folder / f"test_{number}.py").write_text(suite)
    notes = folder / "notes"
    notes.touch()
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder)]
    command += ["-n", str(files), "--strict-markers", str(folder)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NOTES": str(notes)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)  # noqa: S603
    return Ran(done.returncode, done.stdout + done.stderr, [_note(line) for line in notes.read_text().splitlines()])


def _note(line: str) -> Note:
    lane, folder, kafka, file, alone, began, ended = line.split()
    return Note(lane, Path(folder), int(kafka), file, alone == "True", float(began), float(ended))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run_in_lanes(tmp_path_factory.mktemp("suite"))


def test_every_test_is_run_once_and_counted_in_the_last_line(ran: Ran) -> None:
    assert ran.code == 0, ran.said
    assert "15 passed" in ran.said.splitlines()[-1]
    assert len(ran.notes) == 15


def test_files_are_spread_over_lanes_and_stay_in_one(ran: Ran) -> None:
    places = {(note.file, note.lane) for note in ran.notes}
    assert len(places) == 3
    assert len({lane for _, lane in places}) > 1


def test_lanes_have_folders_of_their_own_and_one_broker(ran: Ran) -> None:
    folders = {(note.lane, note.folder) for note in ran.notes}
    assert len(folders) == len({folder for _, folder in folders}) == len({lane for lane, _ in folders})
    assert len({note.kafka for note in ran.notes}) == 1


def test_a_test_that_runs_alone_overlaps_none_and_the_others_do(ran: Ran) -> None:
    together = [(one, other) for one in ran.notes for other in ran.notes if one is not other and one.overlaps(other)]
    assert together, "no two tests ran at once: this says nothing about lanes"
    assert not any(one.alone or other.alone for one, other in together)


def test_broker_and_folders_end_with_the_run(ran: Ran) -> None:
    assert not any(Path(f"/proc/{note.kafka}").exists() or note.folder.exists() for note in ran.notes)


def test_a_failure_in_a_lane_is_shown_whole(tmp_path: Path) -> None:
    ran = run_in_lanes(tmp_path, "def test_wrong():\n    left = 6\n    assert left == 7\n", files=2)
    assert ran.code == 1
    assert ran.said.count("assert 6 == 7") >= 2
    assert "2 failed" in ran.said.splitlines()[-1]


WHOLE: dict[str, Any] = {"keyword": "", "markexpr": "", "collectonly": False}


@pytest.mark.parametrize(
    ("source", "options", "count"),
    [
        ("TESTPATHS", {}, lanes.LANES),
        ("ARGS", {}, 0),
        ("TESTPATHS", {"keyword": "money"}, 0),
        ("TESTPATHS", {"markexpr": "kafka"}, 0),
        ("TESTPATHS", {"collectonly": True}, 0),
    ],
)
def test_the_whole_suite_runs_in_lanes_and_a_part_of_it_in_one_process(
    source: str, options: dict[str, Any], count: int
) -> None:
    config: Any = SimpleNamespace(
        args_source=pytest.Config.ArgsSource[source], option=SimpleNamespace(**{**WHOLE, **options})
    )
    assert lanes.pytest_xdist_auto_num_workers(config) == count


def test_files_that_wait_longest_come_first_and_stay_together() -> None:
    def item(file: str, *fixtures: str, marker: str = "") -> Any:
        return SimpleNamespace(nodeid=f"{file}::test", fixturenames=fixtures, get_closest_marker={marker: marker}.get)

    pure, few, kafka = item("pure"), item("few", "databases"), item("kafka", marker="kafka")
    many = [item("many"), item("many", "databases"), item("many", "databases")]
    one, two = (item(f"{TOGETHER[0]}/test_{number}.py") for number in (1, 2))
    found = longest_first([pure, one, few, *many, kafka, two, item("kafka")])
    files = [each.nodeid.partition("::")[0].rpartition("/")[2] for each in found]
    assert files == ["kafka"] * 2 + ["many"] * 3 + ["few", "test_1.py", "test_2.py", "pure"]


def test_a_lane_gets_a_whole_file_or_all_files_of_a_folder_that_run_together() -> None:
    (folder,) = TOGETHER
    assert (ROOT / folder).is_dir()
    assert scope_of("shared/web/tests/test_a.py::TestAll::test_b[x::y]") == "shared/web/tests/test_a.py"
    assert scope_of(f"{folder}/test_a.py::test_b") == scope_of(f"{folder}/test_c.py::test_d") == folder
    assert scope_of(f"{folder}s/test_a.py::test_b") == f"{folder}s/test_a.py"


async def test_no_two_lanes_make_the_same_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    made: Counter[str] = Counter()

    async def provision_topics(bootstrap: str, prefix: str, topics: object) -> None:
        made[prefix] += 1

    monkeypatch.setattr(servers, "provision_topics", provision_topics)
    for number in range(3):
        monkeypatch.setattr(servers, "_numbers", count(1))  # each lane counts for itself
        broker = Broker("kafka", f"gw{number}")
        assert await broker.prefix() != await broker.prefix()
    assert set(made.values()) == {1}


def test_readers_hold_the_lock_together_and_none_passes_a_writer_that_waits(tmp_path: Path) -> None:
    """Two readers hold it; a writer asks for it, then a third reader: they get it in this order."""
    lock, order = ReadersWriterLock(tmp_path), list[str]()

    def hold(name: str, *, alone: bool, until: Event) -> None:
        with lock.held(alone=alone):
            order.append(f"{name} begins")
            assert until.wait(20)
            order.append(f"{name} ends")

    readers_leave, at_once = Event(), Event()
    at_once.set()
    with ThreadPoolExecutor() as pool:
        held = [pool.submit(hold, "reader", alone=False, until=readers_leave) for _ in range(2)]
        _until(lambda: len(order) == 2)
        held.append(pool.submit(hold, "writer", alone=True, until=at_once))
        _until(lambda: not _is_free(tmp_path / "turnstile"))
        held.append(pool.submit(hold, "late reader", alone=False, until=at_once))
        time.sleep(0.2)  # a late reader that could pass would have begun by now
        readers_leave.set()
    assert [each.result() for each in held] == [None] * 4
    assert order == [
        *["reader begins"] * 2,
        *["reader ends"] * 2,
        *("writer begins", "writer ends", "late reader begins", "late reader ends"),
    ]


def test_a_run_without_a_broker_says_why_to_whoever_needs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def begin_kafka(folder: Path) -> None:
        raise LauncherError("no Java")

    monkeypatch.setattr(lanes, "begin_kafka", begin_kafka)
    run = Run.from_json(Run.begun(tmp_path).as_json())
    with pytest.raises(LauncherError, match="no Java"):
        run.bootstrap()
    run.end()


def _until(question: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not question():
        assert time.monotonic() < end
        time.sleep(0.01)


def _is_free(file: Path) -> bool:
    with file.open("rb") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_a_process_forked_under_the_lock_does_not_keep_it(tmp_path: Path) -> None:
    """It shares the descriptor: a suite stood still when such a child outlived its test and the next ran alone."""
    with ReadersWriterLock(tmp_path).held(alone=False):
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.close(writer)
            os.read(reader, 1)
            os._exit(0)
    file = os.open(tmp_path / "lock", os.O_RDWR)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(file)
        os.close(writer)
        os.waitpid(child, 0)
