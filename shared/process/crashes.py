"""Lets a test end a process exactly between two steps of its path (rules P5).

``JARING_FAILPOINTS`` names a folder. When a process reaches point P and ``<folder>/<service>-<kind>@<P>`` stands there,
it takes the file away, which only one process can do, and is killed by its own SIGKILL. So a test arms a point by
making the file, and knows that it was reached when the file is gone. Production settings refuse the variable.
"""

import os
import signal
from pathlib import Path
from typing import Literal

from shared.kernel.failpoints import arm
from shared.process.settings import ServiceSettings


def crash_file(folder: Path, process: str, point: str) -> Path:
    """The file that arms a point of a process, such as ``claims-api@request.before_commit``."""
    return folder / f"{process}@{point}"


def arm_crashes(settings: ServiceSettings, kind: Literal["api", "worker"]) -> None:
    """Arm what the settings ask for, before anything runs; nothing is armed where they name no folder.

    Raises:
        FailpointsRefused: in production.
    """
    folder, process = settings.failpoints, f"{settings.service}-{kind}"
    if folder is None:
        return

    def crash(point: str) -> None:
        try:
            crash_file(folder, process, point).unlink()
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    arm(crash, settings.environment)
