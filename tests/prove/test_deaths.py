"""A death in every order of those who report it, each twice, through the shipped commands on PostgreSQL.

Life 3 in each of the 24 orders of its four senders; and in orders that are drawn (``ORDERS`` of each, 5) with paydays
amid what is reported, the same death where SKBBK covers it, and life 6.
"""

import os
from collections.abc import Sequence
from random import Random

import pytest

from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.deaths.every_order import check_every_order
from tests.deaths.lives import AT_WORK, OUTSIDE, PENSIONER, Life, begun
from tests.deaths.orders import Order, Trial, drawn, every_order
from tests.prove.conftest import Show

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(900)]

DRAWN = int(os.environ.get("ORDERS", "5"))
SEED = os.environ.get("SEED", "15")


async def test_a_death_that_skbbk_covers_comes_to_the_same_in_each_of_720_orders() -> None:
    await check_every_order("outside")


def orders_of(life: Life, amid: bool) -> Sequence[Order]:
    """All of them where they are as few as life 3 has, else some."""
    if life is AT_WORK and not amid:
        return list(every_order(life))
    dice = Random(f"{SEED}/{amid}")
    return [drawn(life, dice, amid=amid) for _ in range(DRAWN)]


@pytest.mark.parametrize(
    ("life", "amid"),
    [(AT_WORK, False), (AT_WORK, True), (OUTSIDE, False), (OUTSIDE, True), (PENSIONER, False)],
    ids=["at work", "at work, amid paydays", "outside", "outside, amid paydays", "a pensioner"],
)
async def test_a_death_comes_to_the_same_in_each_order(
    life: Life, amid: bool, databases: Databases, issuer: TestIssuer, business_clock: BusinessClock, show: Show
) -> None:
    async with begun(life, databases, issuer, business_clock) as beginning:
        trial = Trial(life, beginning, databases, issuer, business_clock)
        lived = [(order, await trial.lived(order)) for order in orders_of(life, amid)]
    others = [str(order) for order, records in lived if records != lived[0][1]]
    assert others == [], f"other records than by {lived[0][0]}: {others}"
    sen = sum(sum(owed.sen.values()) for owed in life.owed.values())
    show("orders|payees|sen of each|to come back", [(len(lived), len(life.owed), sen, sum(life.owes.values()))])
