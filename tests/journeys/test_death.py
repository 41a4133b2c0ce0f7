"""A death whose dependants come to be known one after another, and a child that turns 21: life 3, with a daughter more.

The amounts are worked here from the Act. RM1,980.00 a month is assumed RM1,950.00, by 30 and 90 % RM58.50 a day. One
widow has 3/5, RM35.10 a day, 30 times that a month: RM1,053.00; two have half of it each, RM526.50. One child has 2/5,
RM23.40 a day, RM702.00; two have half of it each, RM11.70 and RM351.00, until the elder is 21: from that day on the
younger has 2/5 again, and the widows what they had (`assumed`).
From the day of the death on, 31 July 2026; a broken month by its days (`assumed`). The first wife had RM1,053.00 for
each month before the second proved her marriage: what was too much is set off from what she is owed next, and so it is
with what the daughter had before the son was known.
"""

from datetime import date
from functools import partial

import pytest

from deploy.local.story import OFFICER, Worker
from services.benefits.domain.calendar import BookCalendar, months_paid_until
from shared.kernel.clock import today
from shared.kernel.money import sen_from_ringgit
from shared.kernel.periods import Month
from shared.testing.clock import BusinessClock
from tests.journeys.lives import Guard
from tests.journeys.platform import Platform, at_work
from tests.journeys.ways import Way, in_one_way

# The platform beside other lanes and other work: how long it takes proves nothing, only that it ends.
pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.timeout(480)]

WIVES = (("SITI BINTI ALI", "1970-01-01"), ("NOR BINTI HASSAN", "1972-01-01"))
SON, DAUGHTER = "ADAM BIN RAHMAN", "HANA BINTI RAHMAN"
# Under age for as long as anybody runs this.
BORN = "2026-01-15"


@in_one_way(Way.SHUFFLED)
async def test_each_who_is_left_behind_has_its_own_and_shares_change_when_a_child_is_21(
    platform: Platform, business_clock: BusinessClock
) -> None:
    story = Guard(platform, worker=Worker("RAHMAN BIN OMAR", born_on=date(1965, 2, 10)))
    of_age = Month.of(today()) + 2
    born = f"{of_age.year - 21}-{of_age.month:02d}-15"
    async with at_work(platform):
        await story.register_employer(story.old)
        await story.register_person()
        await story.start_spell(story.old, "2020-01-06", party=OFFICER)
        wife, second = [await story.left_behind(*each) for each in WIVES]
        son, daughter = await story.left_behind(SON, born), await story.left_behind(DAUGHTER, BORN)
        await platform.run([*(partial(story.contribute, month) for month in range(1, 8)), story.dies])
        widow, child = {"person": wife, "relation": "widow"}, {"person": daughter, "relation": "child", "born": BORN}
        funeral = {**widow, "paid": {"amount": "3400.00", "currency": "MYR"}}
        # A child alone would have more meanwhile: what it had too much is another story.
        await platform.run(
            [partial(story.state, dependant=widow)],
            [partial(story.state, dependant=child), partial(story.state, funeral=funeral)],
        )
        ended = months_paid()
        assert await paid_to(platform, wife) == {"dependants_benefit": 105300 * ended + 3510, "funeral_benefit": 300000}
        assert await paid_to(platform, daughter) == {"dependants_benefit": 70200 * ended + 2340}
        late = ({"person": second, "relation": "widow"}, {"person": son, "relation": "child", "born": born})
        await platform.run([partial(story.state, dependant=each) for each in late])
        assert await paid_to(platform, second) == {"dependants_benefit": 52650 * ended + 1755}
        assert await paid_to(platform, son) == {"dependants_benefit": 35100 * ended + 1170}
        # For as long as they had too much, it is set off; meanwhile the son is 21.
        business_clock.advance(days=31 * (ended + 2))
        await platform.rest()
        ended, shared = months_paid(), of_age - Month(2026, 8)
        for each in (wife, second):
            assert (await paid_to(platform, each))["dependants_benefit"] == 52650 * ended + 1755
        until_then = 1170 + 35100 * shared + 14 * 1170
        assert await paid_to(platform, son) == {"dependants_benefit": until_then}
        since = (len(of_age.days) - 14) * 2340 + 70200 * (ended - shared - 1)
        assert await paid_to(platform, daughter) == {"dependants_benefit": until_then + since}
        assert await open_recoveries(platform) == 0


def months_paid() -> int:
    """How many whole months after that of the death have fallen due."""
    return Month.of(months_paid_until(today(), BookCalendar(today()))) - Month(2026, 8)


async def paid_to(platform: Platform, person: str) -> dict[str, int]:
    """What the bank settled to a person, by benefit, in sen."""
    page = await platform.call("benefits", "GET", f"/v1/payments?person={person}&limit=100", party=OFFICER)
    found: dict[str, int] = {}
    for each in page.json()["data"]:
        if each["state"] == "settled":
            found[each["benefit"]] = found.get(each["benefit"], 0) + sen_from_ringgit(each["amount"]["amount"])
    return found


async def open_recoveries(platform: Platform) -> int:
    """What is to come back from anybody, in sen."""
    async with platform.services["benefits"].database.connection() as connection:
        query = """
            SELECT coalesce(sum(CASE debit WHEN 'recoveries_receivable' THEN amount_sen ELSE -amount_sen END), 0)
            FROM transfer WHERE 'recoveries_receivable' IN (debit, credit)
        """
        return int(await connection.fetchval(query))
