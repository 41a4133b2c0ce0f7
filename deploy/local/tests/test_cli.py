"""The commands that hand over to another program: with which words, and told what."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app


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
