"""Clients end in a bounded time, and end nobody else (`shared.messaging.ending`)."""

import asyncio

import pytest

from shared.messaging.ending import ended_within


async def _at_once() -> None:
    return


async def _cancels_itself() -> None:
    raise asyncio.CancelledError


async def _fails() -> None:
    raise OSError


async def _never() -> None:
    await asyncio.Event().wait()


async def test_what_ends_by_itself_has_ended_and_nothing_else_has() -> None:
    assert await ended_within(1, _at_once())
    assert not await ended_within(1, _cancels_itself())
    assert not await ended_within(1, _fails())
    assert not await ended_within(0.05, _never())


async def test_who_is_cancelled_meanwhile_is_cancelled_and_leaves_nothing_that_goes_on() -> None:
    left = asyncio.Event()

    async def ending() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            left.set()

    waiting = asyncio.create_task(ended_within(60, ending()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.wait_for(left.wait(), 1)
