"""A process ends by SIGKILL where a file arms the point, and nowhere else."""

import os
import signal
from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.kernel.failpoints import arm, failpoint
from shared.process.crashes import arm_crashes, crash_file
from shared.process.tests.test_settings import Settings, start


def ended_in(settings: Settings, point: str) -> int:
    """The wait status of a child of this process that arms itself and reaches a point."""
    pid = os.fork()
    if pid == 0:
        arm_crashes(settings, "api")
        failpoint(point)
        os._exit(0)
    return os.waitpid(pid, 0)[1]


def test_only_the_armed_point_of_this_process_kills_it_and_only_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = start(monkeypatch, {"JARING_ENVIRONMENT": "test", "JARING_FAILPOINTS": str(tmp_path)})
    mine = crash_file(tmp_path, "claims-api", "relay.read")
    another = crash_file(tmp_path, "claims-worker", "relay.marked")
    mine.touch()
    another.touch()
    assert ended_in(settings, "relay.marked") == 0
    status = ended_in(settings, "relay.read")
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert (mine.exists(), another.exists()) == (False, True)
    assert ended_in(settings, "relay.read") == 0


def test_without_the_setting_nothing_is_armed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    reached: list[str] = []
    arm(reached.append, "test")
    arm_crashes(start(monkeypatch, {"JARING_ENVIRONMENT": "test"}), "api")
    failpoint("relay.read")
    arm(None, "test")
    assert reached == ["relay.read"]


def test_production_settings_refuse_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="production has none"):
        start(monkeypatch, {"JARING_FAILPOINTS": str(tmp_path)})
