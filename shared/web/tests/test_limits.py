"""One client has its share, all together have theirs, and what is over is given back."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from shared.web.errors import BodiesTooMany, TooManyRequests
from shared.web.limits import Admission, Limits
from shared.web.tests.app import build, client


def test_a_client_has_so_many_requests_at_once() -> None:
    admission = Admission(Limits(requests_per_client=2))
    with admission.request("a"), admission.request("a"):
        with pytest.raises(TooManyRequests), admission.request("a"):
            pass
        with admission.request("b"):
            pass
    with admission.request("a"):
        pass


def test_bodies_are_held_and_let_go() -> None:
    admission = Admission(Limits(client_body_bytes=10, all_body_bytes=15))
    admission.hold("a", 10)
    with pytest.raises(TooManyRequests):
        admission.hold("a", 1)
    admission.let_go("a", 11)
    admission.hold("a", 10)
    with pytest.raises(BodiesTooMany):
        admission.hold("b", 6)
    admission.let_go("b", 6)
    admission.hold("b", 5)


async def slowly(parts: int, pause: float) -> AsyncIterator[bytes]:
    for _ in range(parts):
        await asyncio.sleep(pause)
        yield b"x" * 10


async def sent(parts: int, pause: float, **limits: float) -> httpx.Response:
    async with client(build(**limits)) as http:
        return await http.post("/v1/uploads", content=slowly(parts, pause))


async def test_a_pause_in_a_body_ends_it() -> None:
    answer = await sent(2, 0.2, body_pause_seconds=0.05)
    assert (answer.status_code, answer.json()["code"]) == (408, "request_too_slow")


async def test_a_body_that_crawls_is_ended_though_it_never_pauses() -> None:
    assert (await sent(20, 0.02, body_seconds=0.1)).status_code == 408


async def test_what_has_come_buys_time() -> None:
    """Ten bytes buy 50 ms here, and come every 20 ms."""
    answer = await sent(20, 0.02, body_seconds=0.1, body_bytes_a_second=200)
    assert answer.json() == 200
