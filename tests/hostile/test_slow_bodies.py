"""Who sends slowly keeps nobody waiting but itself, and not for ever (decision 27)."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from shared.testing.service import eventually
from tests.hostile.target import SOON, Target, connected, head

pytestmark = pytest.mark.postgres

SOCKETS = 12  # The pool has ten connections.


async def test_twelve_uploads_of_one_byte_stop_nobody(registration: Target) -> None:
    async with AsyncExitStack() as stack:
        slow = []
        for _ in range(SOCKETS):
            slow.append(await stack.enter_async_context(connected(registration)))
            # What has come buys them half a minute.
            await slow[-1].send(registration.upload_head(2_000_000) + b"F" * 1_000_000)
        dripping = [asyncio.create_task(each.drip([b"F"] * 10_000, 0.1)) for each in slow]
        await asyncio.sleep(0.3)
        answer = await registration.read_as_officer()
        assert answer.status_code == 200
        assert not any(each.is_over for each in slow), "an honest client waited until a slow one was given up"
        for drip in dripping:
            drip.cancel()
        for ended in await asyncio.gather(*(each.rest() for each in slow)):
            assert ended.startswith(b"HTTP/1.1 408 ")
            assert b'"code":"request_too_slow"' in ended


async def test_one_byte_at_a_time_is_not_progress_enough(registration: Target) -> None:
    async with connected(registration) as slow:
        await slow.send(registration.upload_head(100_000))
        dripping = asyncio.create_task(slow.drip([b"F"] * 200, 0.1))
        ended = await slow.rest()
        dripping.cancel()
    assert ended.startswith(b"HTTP/1.1 408 ")


async def test_a_body_in_chunks_that_never_ends_is_given_up(registration: Target) -> None:
    async with connected(registration) as slow:
        await slow.send(registration.upload_head(None))
        dripping = asyncio.create_task(slow.drip([b"1\r\nF\r\n"] * 200, 0.1))
        assert (await slow.rest()).startswith(b"HTTP/1.1 408 ")
        dripping.cancel()


async def test_who_has_no_token_is_refused_before_its_body_and_not_listened_to(registration: Target) -> None:
    async with connected(registration) as stranger:
        await stranger.send(head("POST", "/v1/contribution-files", "Content-Length: 30000000"))
        dripping = asyncio.create_task(stranger.drip([b"F" * 1000] * 200, 0.1))
        assert (await stranger.rest()).startswith(b"HTTP/1.1 401 ")
        dripping.cancel()


async def test_who_may_not_send_one_is_refused_before_its_body(registration: Target) -> None:
    token = registration.token("registration:person:read")
    async with connected(registration) as stranger:
        bearer = f"Authorization: Bearer {token}"
        await stranger.send(head("POST", "/v1/contribution-files", bearer, "Content-Length: 30000000"))
        assert b'"code":"scope_missing"' in await stranger.rest()


async def test_a_body_that_comes_after_the_refusal_leaves_the_connection_open(registration: Target) -> None:
    """Many clients send head and body apart; the refusal of the head must not cost them the connection."""
    async with connected(registration) as client:
        await client.send(head("POST", "/v1/persons", "Content-Length: 2"))
        assert (await client.until(b"\r\n\r\n")).startswith(b"HTTP/1.1 401 ")
        await client.send(b"{}")
        await client.send(head("GET", "/livez", "Connection: close"))
        assert b'{"status":"live"}' in await client.rest()


@pytest.mark.parametrize("first", [b"", b"G"], ids=["silent", "one byte"])
async def test_who_asks_nothing_is_let_go(registration: Target, first: bytes) -> None:
    async with connected(registration) as silent:
        await silent.send(first)
        ended = await silent.rest()
    assert (b" 408 " in ended) == bool(first)


async def test_a_head_that_drips_is_given_up(registration: Target) -> None:
    async with connected(registration) as slow:
        await slow.send(b"GET /livez HTTP/1.1\r\n")
        dripping = asyncio.create_task(slow.drip([b"X: y\r\n"] * 90, 0.1))
        assert b'"code":"request_too_slow"' in await slow.rest()
        dripping.cancel()


async def test_a_second_request_that_drips_is_given_up(registration: Target) -> None:
    async with connected(registration) as slow:
        await slow.send(head("GET", "/livez") + b"GET /li")
        dripping = asyncio.create_task(slow.drip([b"v"] * 90, 0.1))
        ended = await slow.rest()
        dripping.cancel()
    assert b'{"status":"live"}' in ended
    assert b" 408 " in ended


async def test_a_connection_that_is_idle_is_closed(registration: Target) -> None:
    async with connected(registration) as idle:
        await idle.send(head("GET", "/livez"))
        assert (await idle.rest()).endswith(b'{"status":"live"}')


async def test_who_takes_nothing_of_its_answer_is_cut_off(registration: Target) -> None:
    name = 'jaring_limit_refusals_total{limit="answer_pause_seconds"}'
    before = await registration.metric(name)
    async with connected(registration, is_deaf=True) as deaf:
        asking = asyncio.create_task(deaf.drip([head("GET", "/openapi.json") * 20] * 50, 0))

        async def is_cut() -> bool:
            return await registration.metric(name) > before

        await eventually(is_cut, within=SOON)
        asking.cancel()


async def test_who_leaves_is_no_defect(registration: Target) -> None:
    """A client that hangs up in the middle of its body was logged as a defect of ours."""
    name = 'jaring_http_requests_total{method="POST",route="/v1/contribution-files",status="499"}'
    before = await registration.metric(name)
    async with connected(registration) as leaving:
        await leaving.send(registration.upload_head(1000) + b"F")
        await asyncio.sleep(0.2)

    async def is_counted() -> bool:
        return await registration.metric(name) > before

    await eventually(is_counted, within=SOON)
    assert "defect" not in registration.log


async def test_one_client_cannot_hold_all_there_is(registration: Target) -> None:
    """Its fourth upload of 30 MB at once is told to wait while three go on; those end when they are silent."""
    async with AsyncExitStack() as stack:
        three, dripping = [], []
        for _ in range(3):
            # One after the other: who has sent nothing for a second is let go.
            three.append(await stack.enter_async_context(connected(registration)))
            await three[-1].send(registration.upload_head(31_000_000, client="greedy") + b"F" * 30_000_000)
            dripping.append(asyncio.create_task(three[-1].drip([b"F"] * 10_000, 0.1)))
        fourth = await stack.enter_async_context(connected(registration))
        await fourth.send(registration.upload_head(31_000_000, client="greedy"))
        await fourth.drip([b"F" * 100_000] * 300, 0, until_answered=True)
        assert (await fourth.until(b"\r\n")).split()[1] == b"429"
        assert not any(each.is_over for each in three)
        for drip in dripping:
            drip.cancel()
        assert [(await each.until(b"\r\n")).split()[1] for each in three] == [b"408"] * 3
