"""What a killed run leaves in memory is gone when the next one starts."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.testing import scratch
from shared.testing.scratch import Scratch, has_room

MAKER = """
import sys
from pathlib import Path
from shared.testing import scratch
scratch.MEMORY = Path(sys.argv[1])
scratch.has_room = lambda _: True
print(scratch.Scratch.make().path, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(scratch, "MEMORY", tmp_path)
    monkeypatch.setattr(scratch, "has_room", lambda _: True)
    return tmp_path


@pytest.fixture
def other_run(memory: Path) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """A process of its own with a folder of its own."""
    command = [sys.executable, "-c", MAKER, str(memory)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def test_the_folder_of_a_killed_run_is_deleted_by_the_next_one(
    other_run: tuple["subprocess.Popen[str]", Path],
) -> None:
    process, folder = other_run
    assert folder.is_dir()
    process.kill()
    process.wait()
    Scratch.make().delete()
    assert not folder.exists()


def test_the_folder_of_a_run_that_goes_on_stays(other_run: tuple["subprocess.Popen[str]", Path]) -> None:
    _, folder = other_run
    Scratch.make().delete()
    assert folder.is_dir()


def test_a_folder_in_the_making_stays(memory: Path) -> None:
    young = memory / f"{scratch.PREFIX}young"
    young.mkdir()
    Scratch.make().delete()
    assert young.is_dir()


def test_it_is_gone_when_it_is_deleted_and_servers_may_enter_it_before(memory: Path) -> None:
    made = Scratch.make()
    assert made.path.parent == memory
    assert made.path.stat().st_mode & 0o777 == 0o755
    made.delete()
    assert list(memory.iterdir()) == []


def test_memory_that_is_too_small_or_not_there_is_passed_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert has_room(tmp_path, needed=1)
    assert not has_room(tmp_path, needed=1 << 60)
    assert not has_room(tmp_path / "none", needed=0)
    monkeypatch.setattr(scratch, "MEMORY", tmp_path / "none")
    made = Scratch.make()
    assert made.path.is_dir()
    made.delete()
