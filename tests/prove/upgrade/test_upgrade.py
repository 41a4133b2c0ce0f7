"""The release before brings payments into every state, is upgraded with its data, and nobody is paid twice or less.

``FROM`` names the commit that it starts from; else it is the newest one that could have been a release (earlier.py) and
has fewer migrations of benefits.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from deploy.local import clock, story
from deploy.local.state import CHECKOUT, address_of
from deploy.local.supervisor import held_back
from deploy.platform import SERVICES
from shared.kernel.clock import take_offset_from, today
from shared.kernel.money import sen_from_ringgit
from shared.process.clock_file import ClockFile
from tests.prove import platform_fixture
from tests.prove.conftest import PATIENCE_S, Show
from tests.prove.platform_fixture import PlatformFixture
from tests.prove.upgrade.earlier import checkout_of, revision_before
from tests.prove.upgrade.lives import Lives, party_of

LATER = "62d"
_PAYMENTS = "SELECT id::text, end_to_end_id, party, amount_sen FROM payment"
_SETTLED = "SELECT party, sum(amount_sen)::bigint AS sen FROM payment WHERE state = 'settled' GROUP BY party"
_BOOKED = "SELECT end_to_end_id, amount_sen FROM payment WHERE state = 'settled'"
# What each fund has granted, and what is to come back to it, but for the widow, whose payday may be today. What is at
# the bank moves on meanwhile.
_GRANTED = """
    SELECT fund, account, sum(sen)::bigint AS sen FROM transfer
    CROSS JOIN LATERAL (VALUES (debit, amount_sen), (credit, -amount_sen)) AS side (account, sen)
    WHERE account IN ('benefit_expense', 'recoveries_receivable', 'recoveries_set_off') AND party <> $1
    GROUP BY 1, 2 ORDER BY 1, 2
"""
_LEFT = (
    "SELECT topic, reason FROM parked",
    "SELECT kind, failed FROM due_work WHERE failed IS NOT NULL",
)


@pytest.fixture
def earlier() -> Iterator[tuple[PlatformFixture, str]]:
    """The platform of the release before, and its revision."""
    revision = revision_before()
    with (
        pytest.MonkeyPatch.context() as patch,
        checkout_of(revision) as checkout,
        platform_fixture.platform(checkout) as started,
    ):
        patch.setattr(story, "PATIENCE_SECONDS", PATIENCE_S)
        take_offset_from(ClockFile(started.state.clock_file), "local")
        try:
            yield started, revision
        finally:
            take_offset_from(None, "local")


@pytest.mark.timeout(900)
async def test_an_upgrade_with_payments_in_every_state_pays_nobody_twice_and_nobody_less(
    earlier: tuple[PlatformFixture, str], show: Show
) -> None:
    platform, revision = earlier
    lives = await Lives.on(platform)
    await lives.paid_while_the_bank_works()
    with held_back(platform.state, "bank"):
        platform.kill("bank")
        await platform.until_gone("bank")
        await lives.caught_while_the_bank_is_away()
        payments, granted = await rows(platform, _PAYMENTS), await rows(platform, _GRANTED, party_of(lives.widow))
        await asyncio.to_thread(platform.stop)
    await asyncio.to_thread(platform.go_on_from, CHECKOUT)
    assert await rows(platform, _GRANTED, party_of(lives.widow)) == granted, (
        "an upgrade grants nothing and takes nothing back"
    )
    await lives.let_go()
    clock.move(platform.state, "", LATER)
    await comes_to(platform, lives)
    kept = await rows(platform, _PAYMENTS)
    assert set(payments) <= set(kept), "every payment of before is the same one"
    assert len({id_ for _, id_, *_ in kept}) == len(kept)
    assert await booked_by(platform) == sorted(await rows(platform, _BOOKED))
    assert [
        row for service in SERVICES for query in _LEFT for row in await rows(platform, query, service=service)
    ] == []
    show("upgraded from | payments before | payments after", [(revision[:10], len(payments), len(kept))])


async def comes_to(platform: PlatformFixture, lives: Lives) -> None:
    """Wait until each party has what the oracle says, to the sen; with more it never comes true."""
    wanted = lives.to_have(today())

    async def settled() -> dict[Any, Any]:
        return dict(await rows(platform, _SETTLED))

    await story.until(settled, lambda found: found == wanted, f"{wanted} settled by the bank")


async def booked_by(platform: PlatformFixture) -> list[tuple[str, int]]:
    """End-to-end id and sen of each transfer that the bank has booked."""
    async with httpx.AsyncClient(timeout=30) as client:
        received = (await client.get(f"{address_of(platform.state, 'bank')}/received")).json()["received"]
    return sorted((each["end_to_end_id"], sen_from_ringgit(each["amount"])) for each in received)


async def rows(
    platform: PlatformFixture, query: str, *arguments: object, service: str = "benefits"
) -> list[tuple[Any, ...]]:
    """What stands in a service's database."""
    return [tuple(row) for row in await platform.fetch(service, query, *arguments)]
