"""The platform under test with addresses of its own, as the local platform has them: for clients that need HTTP."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from fastapi import FastAPI

from deploy.local.ports import LOOPBACK
from deploy.local.processes import identify
from deploy.local.state import State, open_state, replace, write_run
from deploy.local.token_issuer import build as build_token_issuer
from deploy.local.token_keys import SIGNING_KEY
from shared.process.api import server
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import ISSUER, TestIssuer


class HasServices(Protocol):
    """A platform under test, whole or in part."""

    @property
    def services(self) -> Mapping[str, ServiceUnderTest]:
        """By their names."""


@asynccontextmanager
async def addressed(platform: HasServices, issuer: TestIssuer, folder: Path) -> AsyncIterator[State]:
    """Serve every service and a token issuer while the block lasts, and record where, as `make up` does."""
    state = open_state({"JARING_STATE": str(folder)})
    replace(state.secrets / SIGNING_KEY, issuer.signing_key)
    apps = {f"{name}-api": service.app for name, service in platform.services.items()}
    apps["token-issuer"] = build_token_issuer(state, ISSUER)
    own = identify(os.getpid())
    assert own is not None
    sockets = {name: _listening() for name in apps}
    served = [asyncio.create_task(_serve(app, sockets[name])) for name, app in apps.items()]
    write_run(state, own, {name: asdict(own) | {"address": _address(sockets[name])} for name in apps})
    try:
        yield state
    finally:
        for each in served:
            each.cancel()
        for each in served:
            with contextlib.suppress(asyncio.CancelledError):
                await each


def _listening() -> socket.socket:
    taken = socket.socket()
    taken.bind((LOOPBACK, 0))
    # Whoever comes before the server waits for it instead of being refused.
    taken.listen()
    return taken


def _address(taken: socket.socket) -> str:
    host, port = taken.getsockname()
    return f"http://{host}:{port}"


async def _serve(app: FastAPI, taken: socket.socket) -> None:
    """Until it is cancelled. The public way in would take over the signals of the test run."""
    page = server(app, LOOPBACK, 0)
    serving = asyncio.create_task(page._serve([taken]))
    try:
        await asyncio.shield(serving)
    finally:
        page.should_exit = True
        await serving
