"""5,000 seeded days of an office that owes, in memory, and 300 through benefits itself, against the oracle.

``DAYS`` says how many in memory, ``SEED`` which; two processes share them. `make test` has 300 (tests/oracle).
"""

import asyncio
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from random import Random

import pytest

from services.benefits.tests.support import benefits_on
from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.oracle.office import OfficeInMemory
from tests.oracle.owing_days import STEPS, World
from tests.prove.conftest import Show
from tests.prove.owing_office import OfficeOnPostgres

DAYS, SEED = int(os.environ.get("DAYS", "5000")), int(os.environ.get("SEED", "1"))
# A year and more each, most of them from a year with a calendar of paydays into one without.
PARTS = 10


def part(number: int) -> Counter[str]:
    """One part of the days: how often each step found something to do."""
    world = World(OfficeInMemory(), Random(SEED * 1_000 + number), date(2025, 1 + number, 1 + 3 * number))
    asyncio.run(world.run(DAYS // PARTS))
    asyncio.run(world.end())
    return world.done


@pytest.mark.timeout(600)
def test_5_000_days_are_owed_and_paid_as_the_oracle_says(show: Show) -> None:
    done = Counter[str]()
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        for each in pool.map(part, range(PARTS)):
            done.update(each)
    show("what happened | times", done.most_common())
    assert [each.__name__ for each in STEPS if done[each.__name__] < DAYS // 100] == []


@pytest.mark.postgres
@pytest.mark.timeout(600)
async def test_300_days_through_benefits_itself_are_owed_and_paid_as_the_oracle_says(
    databases: Databases, issuer: TestIssuer, business_clock: BusinessClock, show: Show
) -> None:
    """The same steps through its consumers, its due work, its routes and its tables."""
    business_clock.set_day(2025, 9, 15)
    async with benefits_on(databases, issuer) as benefits:
        world = World(OfficeOnPostgres(benefits, business_clock), Random(SEED), date(2025, 9, 15))
        await world.run(300)
        await world.end()
    show("what happened in benefits | times", world.done.most_common())
    assert world.done["bank settled"] > 200
    assert [each.__name__ for each in STEPS if not world.done[each.__name__]] == []
