"""A death that is reported in any order, twice, by three senders and by who was not known: one payment for each payee
and month, whatever came when.

`make prove` has each order of the senders, a death that SKBBK covers and a pensioner's (tests/prove/test_deaths.py).
"""

from random import Random

import pytest

from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.deaths.lives import AT_WORK, begun
from tests.deaths.orders import Order, Trial, drawn, twice

# Long for one test: lanes begin with it.
pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]


async def test_whoever_reports_a_death_first_each_has_the_same_and_once(
    databases: Databases, issuer: TestIssuer, business_clock: BusinessClock
) -> None:
    async with begun(AT_WORK, databases, issuer, business_clock) as beginning:
        trial = Trial(AT_WORK, beginning, databases, issuer, business_clock)
        first = await trial.lived(drawn(AT_WORK, Random(1), amid=False))
        # Nobody knew of her before August was paid.
        late = twice(("employer", "first wife", "hospital", "second wife"), Random(1))
        amid = await trial.lived(Order(late, "1", amid=True))
    assert first == amid, "the records that stand in the end are the same"
