"""The commands that hand over to another program, and the clock: with which words, and told what."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.platform import SERVICES


def test_replay_becomes_the_services_own_command_with_the_workers_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    became: list[tuple[Sequence[str], Mapping[str, str]]] = []
    monkeypatch.setattr(os, "execvpe", lambda _, words, environment: became.append((words, environment)))
    done = CliRunner().invoke(app, ["replay", "claims"], env={"JARING_STATE": str(tmp_path)})
    assert done.exit_code == 0, done.output
    [(words, environment)] = became
    assert words[1:] == ["-m", "services.claims.worker", "replay"]
    assert environment["JARING_DATABASE_URL"].startswith("postgresql://claims_worker:")


def test_replay_names_the_services_that_there_are(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["replay", "claim"], env={"JARING_STATE": str(tmp_path)})
    assert done.exit_code == 1
    assert "There is no service claim; there are: registration, claims" in done.output


def test_parked_runs_the_services_own_command_and_ends_as_it_did(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran: list[Sequence[str]] = []

    def run(words: Sequence[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        ran.append(words[1:])
        return subprocess.CompletedProcess(words, 1 if "claims" in words[2] else 0)

    monkeypatch.setattr(subprocess, "run", run)
    state = {"JARING_STATE": str(tmp_path)}
    assert CliRunner().invoke(app, ["parked"], env=state).exit_code == 1
    assert ran == [["-m", f"services.{each}.worker", "parked", "list"] for each in SERVICES]
    words = ["discard", "jobs", "17", "--by", "aminah", "--reason", "foreign bytes"]
    assert CliRunner().invoke(app, ["parked", *words], env=state).exit_code == 0
    asked = ["parked", "discard", "17", "--by", "aminah", "--reason", "foreign bytes"]
    assert ran[-1] == ["-m", "services.jobs.worker", *asked]
    done = CliRunner().invoke(app, ["parked", "discard", "17"], env=state)
    assert done.exit_code == 1
    assert "Name the service after discard: registration, claims" in done.output


def clock(state: Path, *options: str) -> str:
    """What the command says; with the code of its end where that is not 0."""
    done = CliRunner().invoke(app, ["clock", *options], env={"JARING_STATE": str(state)})
    return done.output.strip() if done.exit_code == 0 else f"{done.exit_code}: {done.output.strip()}"


def test_the_clock_is_shown_set_and_advanced_and_said_in_business_time(tmp_path: Path) -> None:
    assert clock(tmp_path).endswith("0 d 0:00:00 ahead of this machine")
    assert clock(tmp_path, "--set", "2097-12-01").startswith("Sunday, 2097-12-01 00:00:0")
    assert clock(tmp_path, "--advance", "30d").startswith("Tuesday, 2097-12-31 00:00:0")
    assert clock(tmp_path, "--set", "2098-01-01T09:30").startswith("Wednesday, 2098-01-01 09:30:0")
    assert clock(tmp_path, "--set", "2098-01-01T02:00+00:00").startswith("Wednesday, 2098-01-01 10:00:0")
    assert clock(tmp_path).startswith("Wednesday, 2098-01-01 10:00:0")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--set", "2001-01-01"], "only goes forward"),
        (["--set", "2026-13-01"], "no day such as"),
        (["--set", "tomorrow"], "no day such as"),
        (["--advance", "-1d"], "no span such as"),
        (["--advance", "1 month"], "no span such as"),
        (["--advance", "999999w"], "does not go beyond 2999"),
        (["--set", "9999-12-31"], "does not go beyond 2999"),
        (["--set", "2097-12-01", "--advance", "1d"], "not both"),
    ],
)
def test_a_move_that_cannot_be_is_refused_in_one_sentence(tmp_path: Path, options: list[str], said: str) -> None:
    answer = clock(tmp_path, *options)
    assert answer.startswith("1: ")
    assert said in answer
    assert "Traceback" not in answer
    assert clock(tmp_path).endswith("0 d 0:00:00 ahead of this machine")
