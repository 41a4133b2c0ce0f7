"""Heads and trailers have an end, connections a number, and no answer repeats what a header said (decision 27)."""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from itertools import repeat

import httpx
import pytest

from tests.hostile.target import LIMITS, UPLOAD, Socket, Target, connected, head

pytestmark = pytest.mark.postgres

MEBIBYTE = 1 << 20
PART = 64 << 10


async def _pour(socket: Socket, parts: Iterable[bytes]) -> bytes:
    """Send as fast as it goes until the other side has enough; what it said."""
    pouring = asyncio.create_task(socket.drip(parts, 0))
    try:
        return await socket.rest()
    finally:
        pouring.cancel()


LINES = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(64))
ENDLESS: dict[str, tuple[bytes, bytes]] = {
    "lines": (b"GET /livez HTTP/1.1\r\nHost: a\r\n", LINES),
    "one value": (b"GET /livez HTTP/1.1\r\nHost: a\r\nX: ", b"y" * PART),
    "one name": (b"GET /livez HTTP/1.1\r\nHost: a\r\nX", b"y" * PART),
    "an address": (b"GET /", b"y" * PART),
    "a query": (b"GET /v1/persons?limit=", b"1" * PART),
}


@pytest.mark.parametrize("what", ENDLESS)
async def test_a_head_without_an_end_is_refused_and_not_kept(registration: Target, what: str) -> None:
    """200 MB of header lines were taken without a token."""
    start, part = ENDLESS[what]
    before = registration.memory
    async with connected(registration) as socket:
        await socket.send(start)
        ended = await _pour(socket, repeat(part, 200 * MEBIBYTE // PART))
    assert ended.startswith(b"HTTP/1.1 431 "), ended[:200]
    assert b'"code":"head_too_large"' in ended
    assert b"cache-control: no-store" in ended.lower()
    assert registration.memory - before < 20 * MEBIBYTE


AFTER_A_CHUNK: dict[str, tuple[bytes, bytes]] = {
    "trailers": (b"1\r\nF\r\n0\r\n", LINES),
    "one trailer": (b"1\r\nF\r\n0\r\nX: ", b"y" * PART),
    "an extension": (b"1\r\nF\r\n1;x=", b"y" * PART),
}


@pytest.mark.parametrize("what", AFTER_A_CHUNK)
async def test_what_follows_a_body_without_an_end_is_refused(registration: Target, what: str) -> None:
    start, part = AFTER_A_CHUNK[what]
    before = registration.memory
    async with connected(registration) as socket:
        await socket.send(registration.upload_head(None) + start)
        ended = await _pour(socket, repeat(part, 200 * MEBIBYTE // PART))
    assert ended.startswith(b"HTTP/1.1 431 "), ended[:200]
    assert registration.memory - before < 20 * MEBIBYTE


async def test_a_trailer_says_nothing_about_the_request(registration: Target) -> None:
    """What comes after the body was not there when the caller was checked."""
    bearer = registration.token("registration:contribution_file:write")
    start = head("POST", UPLOAD, "Transfer-Encoding: chunked")
    async with connected(registration) as socket:
        await socket.send(start + b"1\r\nF\r\n0\r\nAuthorization: Bearer " + bearer.encode() + b"\r\n\r\n")
        assert (await socket.rest()).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize(("lines", "status"), [(98, 200), (101, 431)])
async def test_so_many_lines_are_taken_and_no_more(registration: Target, lines: int, status: int) -> None:
    async with connected(registration) as socket:
        more = (f"X-{number}: y" for number in range(lines))
        await socket.send(head("GET", "/livez", *more))
        assert (await socket.rest()).startswith(b"HTTP/1.1 %d " % status)


async def test_what_is_no_http_is_a_problem_too(registration: Target) -> None:
    async with connected(registration) as socket:
        await socket.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 10)
        ended = await socket.rest()
    assert ended.startswith(b"HTTP/1.1 400 ")
    assert b'"code":"request_malformed"' in ended


async def test_one_address_cannot_take_every_connection(registration: Target) -> None:
    most = int(LIMITS["CONNECTIONS_PER_ADDRESS"])
    async with AsyncExitStack() as stack:
        for _ in range(most):
            await stack.enter_async_context(connected(registration))
        one_more = await stack.enter_async_context(connected(registration))
        refused = await one_more.rest()
        assert refused.startswith(b"HTTP/1.1 503 ")
        assert b'"code":"too_many_connections"' in refused
        assert b"Retry-After: " in refused
    await asyncio.sleep(0.3)
    assert (await registration.get("/livez")).status_code == 200


@pytest.mark.parametrize("path", ["/v1/persons/", "//v1/persons", "/docs/", "/v1/contribution-files/"])
@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"])
async def test_no_answer_repeats_who_was_asked(registration: Target, path: str, name: str) -> None:
    """A trailing slash was answered by 307 with a Location made from the Host header."""
    answer = await registration.get(path, headers={name: "evil.invalid"})
    assert answer.status_code == 404
    assert "location" not in answer.headers
    assert "evil" not in f"{answer.headers} {answer.text}"


async def test_every_answer_is_kept_by_nobody(registration: Target) -> None:
    token = registration.token("registration:person:read")
    bearer = {"authorization": f"Bearer {token}"}
    answers: list[httpx.Response] = [
        await registration.read_as_officer(),
        await registration.get("/v1/persons", headers=bearer),
        await registration.get("/v1/persons/P000000012T", headers=bearer),
        await registration.get("/v1/persons?surprise=1", headers=bearer),
        await registration.get("/v1/persons"),
        await registration.get("/nowhere"),
        await registration.get("/livez"),
    ]
    assert {answer.status_code for answer in answers} >= {200, 400, 401, 404}
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers
