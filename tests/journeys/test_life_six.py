"""Life 6: invalid, at work again, dead, and paid for a month too long; and what those left behind share (Act 4).

The amounts are worked here from the Act. Contributions from January 2012 to March 2026 are 171, RM2,940.00 a month is
assumed RM2,950.00: 50 % and 1 % for each of 12 whole dozens beyond 24 are 62 %, RM1,829.00 a month (s.20). Notice came
on 16 April: 15 of 30 days are 914.50 (s.19(2)). In July RM1,400.00 was earned, more than a third of 2,950.00, 983.33:
nothing is owed (s.49). Death on 31 August: of August 30 of 31 days, 1,770.00; August and September were paid, and
59.00 + 1,829.00 are to come back (s.50). The widow has 3/5 of 1,829.00, 1,097.40, the daughter 2/5, 731.60 (s.20A,
Eighth Schedule), and of the day of the death 35.40 and 23.60 (`assumed`).

The workers stay at rest: claims and benefits are given what the other one published.
"""

from dataclasses import dataclass, field
from datetime import date

import pytest

from services.benefits.tests.api import years
from services.benefits.tests.support import bank_answers, enter_payee, listed, pay_into
from services.claims.tests.commands.test_death import notice_of
from services.claims.tests.commands.test_kinds import born, insured, stated_and_approved
from services.claims.tests.support import (
    EMPLOYER,
    PERSON,
    all_has_arrived,
    apply_events,
    contributed,
    decide,
    notice_without_days,
    read,
    spell_of,
    submit,
)
from shared.kernel.identifiers import person_id
from shared.kernel.money import sen_from_ringgit
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by
from tests.journeys.platform import Platform
from tests.journeys.ways import Way, in_one_way

pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.timeout(480)]

WIDOW, DAUGHTER = 21, 23
MONTHS = [f"{year}-{month:02d}" for year in range(2013, 2027) for month in range(1, 13)]
READ_BY = (("claims", "benefits", "claim.assessed"), ("benefits", "claims", "benefit.paid"))


@dataclass
class Offices:
    """Claims and benefits, and how much of what each published the other has read."""

    platform: Platform
    read: dict[str, int] = field(default_factory=dict)

    async def hear_each_other(self) -> None:
        """Each reads what the other has published since; what follows is worked off."""
        for writer, reader, topic in READ_BY:
            told = [each for each in await published_by(self.platform.services[writer]) if each.topic.name == topic]
            new, self.read[writer] = told[self.read.get(writer, 0) :], len(told)
            if new:
                await self.platform.services[reader].consume_batch(new)
            await self.platform.services[reader].work_off()

    async def pay(self) -> list[str]:
        """What the bank pays now."""
        await self.hear_each_other()
        paid = await bank_answers(self.platform.services["benefits"])
        await self.hear_each_other()
        return sorted(paid)

    async def has_paid(self, person: int) -> int:
        """All that the bank settled to somebody, in sen."""
        paid = await listed(self.platform.services["benefits"], "payments", person)
        to_it = (each for each in paid if each["party"] == f"person:{person}" and each["state"] == "settled")
        return sum(sen_from_ringgit(each["amount"]["amount"]) for each in to_it)


@in_one_way(Way.IN_ORDER)
async def test_life_6_the_pension_its_suspension_a_late_death_and_what_the_survivors_share(
    platform: Platform, business_clock: BusinessClock
) -> None:
    claims, benefits, offices = platform.services["claims"], platform.services["benefits"], Offices(platform)
    business_clock.set_day(2026, 4, 16)
    worked = [contributed(month, 294_000) for month in MONTHS if month < "2026-04"]
    employment = spell_of(EMPLOYER, date(2012, 1, 2), date(2026, 3, 31))
    await apply_events(claims, born(1975, 6, 18), employment, insured("first", date(2013, 1, 1)), *worked)
    await all_has_arrived(claims)
    invalidity = (await submit(claims, notice_without_days("invalidity", "2026-03-20"))).json()["claim"]
    await claims.work_off()
    business_clock.set_day(2026, 5, 20)
    await stated_and_approved(claims, invalidity, invalidity={"certified": True, "earning_capacity": 20})
    assert await decide(claims, "doubt", kind="finding", fact="contributions before 2013", found="12") == (201, None)
    await enter_payee(benefits, person=PERSON)
    business_clock.set_day(2026, 6, 30)
    assert await offices.pay() == ["4572.50"], "914.50 and two months"

    about = {"payee": f"person:{PERSON}", "claim": invalidity, "former_average": None}
    stated = await years.state(benefits, "/v1/suspensions", years.suspension(**about))
    assert stated["former_average"]["amount"] == "2950.00", "by which the pension is rated"
    await years.decide(benefits, "suspension", "suspension_counts")
    for month, payday, paid in ((7, 31, []), (8, 28, ["1829.00"]), (9, 30, ["1829.00"])):
        business_clock.set_day(2026, month, payday)
        assert await offices.pay() == paid, "July is not owed, August and September are paid"

    business_clock.set_day(2026, 10, 12)
    reported = (("hospital:1", "partner"), ("organisation:1", "officer"))
    death = await notice_of(claims, "death", "2026-08-31", *reported)
    widow = {"person": person_id(WIDOW), "relation": "widow"}
    daughter = {"person": person_id(DAUGHTER), "relation": "child", "born": "2010-03-03"}
    for left in (widow, daughter):
        await stated_and_approved(claims, death, dependant=left)
    receipt = {"amount": "3400.00", "currency": "MYR"}
    await stated_and_approved(claims, death, funeral={**widow, "paid": receipt})
    shown = (await read(claims, "/v1/claims"))["data"]
    assert [each["kind"] for each in shown if each["joined_to"] is None] == ["invalidity", "death"]
    await enter_payee(benefits, "5222222222222", WIDOW)
    guardian = {"capacity": "guardian", "holder": f"person:{WIDOW}", "until_on": "2028-03-03", "evidence": "PKSF17"}
    await pay_into(benefits, f"person:{DAUGHTER}", "5333333333333", **guardian)
    business_clock.set_day(2026, 10, 30)
    await offices.pay()
    pension = next(each for each in await listed(benefits, "entitlements", PERSON) if each["claim"] == invalidity)
    assert pension["recovery"]["amount"] == "1888.00", "the estate's: 1,829.00 and 59.00"
    assert await offices.has_paid(PERSON) == 457_250 + 2 * 182_900
    assert await offices.has_paid(WIDOW) == 3_540 + 2 * 109_740 + 300_000, "nothing of the estate's debt is hers"
    assert await offices.has_paid(DAUGHTER) == 2_360 + 2 * 73_160
