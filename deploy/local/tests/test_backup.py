"""Which backup is taken, and what is left of one that failed."""

import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from deploy.local import backup, postgres
from deploy.local.errors import LauncherError
from deploy.local.state import State, open_state
from shared.kernel.clock import system_now


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> State:
    monkeypatch.setenv("JARING_STATE", str(tmp_path))
    monkeypatch.setattr(postgres, "program", lambda _, name: Path("/nowhere") / name)
    return open_state()


def made(state: State, stamp: str, *services: str) -> Path:
    folder = state.root / "backups" / stamp
    folder.mkdir(parents=True)
    for service in services:
        (folder / f"{service}.dump").touch()
    return folder


def test_the_latest_backup_is_the_newest_that_holds_the_service(state: State) -> None:
    whole = made(state, "20261101T000000Z", "benefits", "claims")
    newer = made(state, "20261102T000000Z", "claims")
    assert backup.find_backup(state, "latest", "benefits") == whole
    assert backup.find_backup(state, "latest", "claims") == newer
    assert backup.find_backup(state, newer.name, "benefits") == newer
    with pytest.raises(LauncherError, match="No backup holds jobs"):
        backup.find_backup(state, "latest", "jobs")


def test_a_backup_that_fails_leaves_nothing(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(words: list[str], **_: object) -> None:
        Path(words[-1].partition("=")[2]).write_text("half of what claims knows")
        raise subprocess.TimeoutExpired(words, 1)

    monkeypatch.setattr(subprocess, "run", late)
    with pytest.raises(LauncherError, match="pg_dump was not done"):
        backup.back_up(state, Console(), ["claims"])
    assert list((state.root / "backups").iterdir()) == []


def test_two_backups_at_once_are_told_apart(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile(*_: object) -> None:
        with pytest.raises(LauncherError, match="Another backup is being made"):
            backup.back_up(state, Console(), ["claims"])
        raise LauncherError("enough")

    instant = system_now()
    monkeypatch.setattr(backup, "system_now", lambda: instant)
    monkeypatch.setattr(backup, "_run", meanwhile)
    with pytest.raises(LauncherError, match="enough"):
        backup.back_up(state, Console(), ["claims"])
