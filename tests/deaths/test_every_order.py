"""A death at work in each of the 720 orders in which six messages of it may come, each of them twice.

`make prove` has the same of one that SKBBK covers (tests/prove/test_deaths.py).
"""

import pytest

from tests.deaths.every_order import check_every_order

# Long for one test: lanes begin with it.
pytestmark = pytest.mark.timeout(240)


async def test_in_each_of_720_orders_each_has_the_same_and_once() -> None:
    await check_every_order("at work")
