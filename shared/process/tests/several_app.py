"""An API of several processes for `test_several.py`: `python -m shared.process.tests.several_app [all end|others end]
[an hour]`: at once all of them, or whatever is started beside the first; who ends young is started again soon, or in an
hour. `in=<folder>` is where who is asked to wait notes that, and where `gate` lets all go on."""

import asyncio
import multiprocessing
import os
import sys
import time
from pathlib import Path
from typing import ClassVar

from fastapi import FastAPI

from shared.process import api, several
from shared.process.settings import ServiceSettings
from shared.security.scopes import public
from shared.web import edge, health


class Settings(ServiceSettings):
    """Those of the test."""

    service: ClassVar[str] = "claims"


def build() -> FastAPI:
    """Answers who answers, at once or when the gate is open."""
    is_first = multiprocessing.current_process().name.endswith("-1")
    if "all end" in sys.argv or ("others end" in sys.argv and not is_first):
        raise RuntimeError("does not start")
    app = FastAPI(telemetry=edge.UNTRACED)
    edge.install(app)
    health.install(app, {})

    @app.get("/pid", dependencies=[public()])
    async def pid() -> int:
        return os.getpid()

    @app.get("/waiting", dependencies=[public()])
    async def waiting() -> int:
        await asyncio.to_thread(_wait)
        return os.getpid()

    return app


def _wait() -> None:
    folder = Path(next(each for each in sys.argv if each.startswith("in=")).removeprefix("in="))
    (folder / str(os.getpid())).touch()
    while not (folder / "gate").exists():
        time.sleep(0.05)


if __name__ == "__main__":
    # On a busy machine what is told to stop may need long to answer what it has been asked.
    api.GRACE_SECONDS, several.STOP_SECONDS = 60, 90.0
    several.PAUSE_SECONDS = 3600 if "an hour" in sys.argv else 0.05
    api.serve(Settings(), build)
