"""Lanes share what they must and nothing else: a small suite is run in lanes, and what its tests noted is compared."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from deploy.local.errors import LauncherError
from shared.testing import lanes, servers
from shared.testing.lanes import TOGETHER, Run, longest_first, scope_of, scopes_of
from shared.testing.servers import Broker, Template
from tests.architecture.tree import ROOT

# A broker that is a sleeping process: what lanes do with it is the same. No test needs a database.
CONFTEST = """
import os, time
from pathlib import Path
import pytest
from deploy.local.kafka import Server
from deploy.local.processes import fork

pytest_plugins = ["shared.testing.lanes"]

def begin_kafka(folder):
    folder.mkdir()
    return Server("127.0.0.1:7", 7, fork(lambda: time.sleep(600), folder / "log"), "127.0.0.1:8")

class NoTemplate:
    def stop(self):
        pass

def pytest_configure():
    import shared.testing.lanes as lanes
    lanes.begin_kafka = begin_kafka
    lanes.Template.begun = lambda folder: NoTemplate()

@pytest.fixture(scope="session")
def say():
    def said(what):
        with Path(os.environ["NOTES"] + ".said").open("a") as notes:
            notes.write(f"{os.getpid()} {what}\\n")
    said("begun")
    yield said
    said("over")
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


def run_in_lanes(folder: Path, suite: str = SUITE, files: int = 3, *options: str) -> Ran:
    """Run so many files of it in as many lanes."""
    (folder / "conftest.py").write_text(CONFTEST)
    for number in range(files):
        (folder / f"test_{number}.py").write_text(suite)
    notes = folder / "notes"
    notes.touch()
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder)]
    command += ["-n", str(files), "--strict-markers", *options, str(folder)]
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
    places = {(note.file, note.lane) for note in ran.notes if not note.alone}
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


CRASHES = """
import os, pytest

@pytest.mark.parametrize("number", range(5))
def test_crashing(number):
    if number == 2:
        os._exit(7)
    if number == 3:
        pytest.exit("the last words")
"""


def test_a_lane_that_ends_in_a_test_is_a_failure_and_every_other_test_is_run(tmp_path: Path) -> None:
    ran = run_in_lanes(tmp_path, CRASHES, files=2)
    assert ran.code == 1
    assert "4 failed, 6 passed" in ran.said.splitlines()[-1], ran.said
    assert "ended with 7 in test_0.py::test_crashing[2]" in ran.said
    assert "the last words" in ran.said


FIXTURES = """
import warnings
import pytest

@pytest.fixture(scope="module", autouse=True)
def mine(say, request):
    say(f"{request.path.name} begun")
    yield
    say(f"{request.path.name} over")

@pytest.mark.parametrize("number", range(2))
def test_fixed(number, tmp_path):
    warnings.warn("be careful", UserWarning)
    (tmp_path / "mine").touch(exist_ok=False)
"""


def test_a_file_is_torn_down_before_the_next_one_and_the_session_once_a_lane(tmp_path: Path) -> None:
    ran = run_in_lanes(tmp_path, FIXTURES, 4, "-n", "2")
    assert "8 passed, 8 warnings" in ran.said.splitlines()[-1], ran.said
    assert "UserWarning: be careful" in ran.said
    noted = [line.split(" ", 1) for line in (tmp_path / "notes.said").read_text().splitlines()]
    by_lane = {lane: [what for each, what in noted if each == lane] for lane, _ in noted}
    assert len(by_lane) == 2
    for said in by_lane.values():
        files = [what.partition(" ")[0] for what in said[1:-1:2]]
        assert said == ["begun", *(f"{file} {what}" for file in files for what in ("begun", "over")), "over"]


def test_no_more_is_run_when_one_failure_is_enough(tmp_path: Path) -> None:
    ran = run_in_lanes(tmp_path, "def test_wrong():\n    assert False\n\ndef test_right():\n    pass\n", 1, "-x")
    assert (ran.code, "1 failed in" in ran.said.splitlines()[-1]) == (1, True), ran.said


WHOLE: dict[str, Any] = {"keyword": "", "markexpr": "", "collectonly": False, "usepdb": False, "lanes": "auto"}


@pytest.mark.parametrize(
    ("source", "options", "count"),
    [
        ("TESTPATHS", {}, lanes.LANES),
        ("ARGS", {}, 0),
        ("TESTPATHS", {"keyword": "money"}, 0),
        ("TESTPATHS", {"markexpr": "kafka"}, 0),
        ("TESTPATHS", {"collectonly": True}, 0),
        ("TESTPATHS", {"usepdb": True}, 0),
        ("TESTPATHS", {"lanes": "0"}, 0),
        ("ARGS", {"lanes": "2"}, 2),
    ],
)
def test_the_whole_suite_runs_in_lanes_and_a_part_of_it_in_one_process(
    source: str, options: dict[str, Any], count: int
) -> None:
    config: Any = SimpleNamespace(
        args_source=pytest.Config.ArgsSource[source], option=SimpleNamespace(**{**WHOLE, **options})
    )
    assert lanes.lanes_of(config) == count


def test_files_that_last_longest_come_first_and_stay_together() -> None:
    def item(file: str, *fixtures: str, **markers: object) -> Any:
        return SimpleNamespace(nodeid=f"{file}::test", fixturenames=fixtures, get_closest_marker=markers.get)

    pure, few, kafka = item("pure"), item("few", "databases"), item("kafka", kafka=True)
    long, longer = (item(f"long{limit}", timeout=SimpleNamespace(args=(limit,))) for limit in (300, 480))
    many = [item("many"), item("many", "databases"), item("many", "databases")]
    one, two = (item(f"{TOGETHER[0]}test_{number}.py") for number in (1, 2))
    found = longest_first([pure, one, few, *many, long, longer, kafka, two, item("kafka")])
    files = [each.nodeid.partition("::")[0].rpartition("/")[2] for each in found]
    assert files == ["long480", "long300"] + ["kafka"] * 2 + ["many"] * 3 + ["test_1.py", "test_2.py", "few", "pure"]


def test_a_lane_gets_a_whole_file_or_all_that_run_together() -> None:
    folder, *others = TOGETHER
    assert all((ROOT / each).exists() for each in TOGETHER)
    assert scope_of("shared/web/tests/test_a.py::TestAll::test_b[x::y]") == "shared/web/tests/test_a.py"
    together = [f"{folder}test_a.py::test_b", f"{folder}test_c.py::test_d", *(f"{each}::test_e" for each in others)]
    assert {scope_of(each) for each in together} == {folder}
    assert scope_of(f"{folder.rstrip('/')}s/test_a.py::test_b") == f"{folder.rstrip('/')}s/test_a.py"


def test_what_runs_alone_is_given_by_itself() -> None:
    def item(nodeid: str, marker: str = "") -> Any:
        return SimpleNamespace(nodeid=nodeid, get_closest_marker={marker: marker}.get)

    items = [item("a::1"), item("a::2", "alone"), item("a::3"), item("b::1"), item("b::2", "alone")]
    assert scopes_of(items) == ([(0, 2), (3,)], [(1,), (4,)])


async def test_no_two_lanes_make_the_same_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    made: Counter[str] = Counter()

    async def provision_topics(bootstrap: str, prefix: str, topics: object) -> None:
        made[prefix] += 1

    monkeypatch.setattr(servers, "provision_topics", provision_topics)
    for number in range(3):
        monkeypatch.setattr(servers, "_numbers", count(1))  # each lane counts for itself
        broker = Broker("kafka", f"lane{number}")
        assert await broker.prefix() != await broker.prefix()
    assert set(made.values()) == {1}


def test_a_run_without_a_broker_says_why_to_whoever_needs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def begin_kafka(folder: Path) -> None:
        raise LauncherError("no Java")

    monkeypatch.setattr(lanes, "begin_kafka", begin_kafka)
    monkeypatch.setattr(Template, "begun", lambda _: Mock(Template))
    run = Run.begun(tmp_path)
    with pytest.raises(LauncherError, match="no Java"):
        run.bootstrap()
    run.end()
