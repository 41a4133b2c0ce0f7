"""A server that sleeps hears at once that it is to end, from whoever says so, and its answers bear the date."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
import uvloop
from fastapi import FastAPI

from deploy.local.ports import LOOPBACK, free_port
from shared.process import http_server
from shared.process.api import server
from shared.process.http_server import HttpServer

# No test waits for a tick: whoever is not woken does not end.
NEVER = 3600.0


@asynccontextmanager
async def sleeping(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[HttpServer, "asyncio.Task[None]", int]]:
    """A server that answers and has gone to sleep."""
    monkeypatch.setattr(http_server, "TICK_SECONDS", NEVER)
    app, port = FastAPI(), free_port()
    made = server(app, LOOPBACK, port)
    assert isinstance(made, HttpServer)
    serving = asyncio.create_task(made._serve())
    while made._loop is None:  # noqa: ASYNC110 - uvicorn sets no event
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.01)
    try:
        yield made, serving, port
    finally:
        serving.cancel()
        await asyncio.wait([serving])


def by_its_own_task(made: HttpServer) -> None:
    made.should_exit = True


def by_another_thread(made: HttpServer) -> None:
    thread = threading.Thread(target=by_its_own_task, args=(made,))
    thread.start()
    thread.join()


def by_a_signal(made: HttpServer) -> None:
    with made.capture_signals():
        os.kill(os.getpid(), signal.SIGTERM)
        made._captured_signals.clear()


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("tell", [by_its_own_task, by_another_thread, by_a_signal])
def test_a_server_that_sleeps_ends_when_it_is_told(
    tell: Callable[[HttpServer], None], loop: Callable[[], asyncio.AbstractEventLoop], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def told() -> None:
        async with sleeping(monkeypatch) as (made, serving, _):
            tell(made)
            await asyncio.wait_for(serving, 20)

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(told())


async def test_a_server_that_was_told_before_it_sleeps_does_not_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "TICK_SECONDS", NEVER)
    made = server(FastAPI(), LOOPBACK, free_port())
    made.should_exit = True
    await asyncio.wait_for(made._serve(), 20)


async def test_answers_bear_the_date_from_the_first_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async with sleeping(monkeypatch) as (_, _, port), httpx.AsyncClient() as client:
        assert (await client.get(f"http://{LOOPBACK}:{port}/")).headers["date"].endswith("GMT")


async def test_the_date_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async with sleeping(monkeypatch) as (made, _, _):
        monkeypatch.setattr(http_server, "TICK_SECONDS", 0.01)
        written = made.server_state.default_headers
        made._told.set()
        made._told.clear()
        while made.server_state.default_headers is written:  # noqa: ASYNC110 - uvicorn sets no event
            await asyncio.sleep(0.01)
