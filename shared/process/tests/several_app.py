"""An API of several processes for `test_several.py`: `python -m shared.process.tests.several_app [all end|others end]
[an hour]`: at once all of them, or whatever is started beside the first; who ends young is started again soon, or in an
hour."""

import asyncio
import multiprocessing
import os
import sys
from typing import ClassVar

from fastapi import FastAPI

from shared.process import several
from shared.process.api import serve
from shared.process.settings import ServiceSettings
from shared.security.scopes import public
from shared.web import edge
from shared.web.health import health_router


class Settings(ServiceSettings):
    """Those of the test."""

    service: ClassVar[str] = "claims"


def build() -> FastAPI:
    """Answers who answers, at once or after a while."""
    is_first = multiprocessing.current_process().name.endswith("-1")
    if "all end" in sys.argv or ("others end" in sys.argv and not is_first):
        raise RuntimeError("does not start")
    app = FastAPI(telemetry=edge.UNTRACED)
    edge.install(app)
    app.include_router(health_router({}))

    @app.get("/pid", dependencies=[public()])
    async def pid(seconds: float = 0) -> int:
        await asyncio.sleep(seconds)
        return os.getpid()

    return app


if __name__ == "__main__":
    several.PAUSE_SECONDS = 3600 if "an hour" in sys.argv else 0.05
    serve(Settings(), build)
