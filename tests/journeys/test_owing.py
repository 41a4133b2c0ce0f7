"""Money out to whoever it is owed, in one journey; at its end each party and fund is as the oracle has it (ways.py).

**A death** whose dependants come to be known one after another, and a child that turns 21: life 3, with one more.
The amounts are worked here from the Act. RM1,980.00 a month is assumed RM1,950.00, by 30 and 90 % RM58.50 a day. One
widow has 3/5, RM35.10 a day, 30 times that a month: RM1,053.00; two have half of it each, RM526.50. One child has 2/5,
RM23.40 a day, RM702.00; two have half of it each, RM11.70 and RM351.00, until the elder is 21: from that day on the
younger has 2/5 again, and the widows what they had (`assumed`).
From the day of the death on, 31 July 2026; a broken month by its days (`assumed`). The first wife had RM1,053.00 for
each month before the second proved her marriage: what was too much is set off from what she is owed next, and so it is
with what the daughter had before the son was known.

**A pension** of RM1,475.00 over 14 months, whose first is broken (deploy/local/pension.py).

**A recovery over two claims**: 27 days at RM68.00 were paid and 18 are owed, RM612.00 too much. A second accident owes
16 days: (3 × 2,450 + 3 × 3,050) / 6 = 2,750.00, by 30 and 80 % RM73.33; of RM1,173.28 RM612.00 are kept, and RM561.28
are paid (Act 4 s.50(1A)).

**A lump sum chosen after two periodic payments**: a board finds a loss of 12 % from the second accident. 2,750.00 by 30
and 90 % are RM82.50 at full loss, RM9.90 a day for this one, 30 times that a month: RM297.00. Two months are paid when
she, at 30 years, chooses the lump sum: 9.90 × 7,479 = RM74,042.10 (s.22). What was paid before stays (`assumed`), and
no month after it is owed.

**A refund**: the guard's December 2025 was declared at RM1,980.00 and is corrected to RM1,880.00: RM24.40 less RM23.10
are RM1.30 to his employer (Act 4, Third Schedule).

**A grant**: RM2,940.00 is of the class whose employee pays RM14.75, and whose employer pays as much for invalidity. Of
14 months no pension is owed, and 14 × 29.50 are RM413.00; the interest nobody has stated (Act 4 s.21).

**A repatriation**: a foreign worker falls as the guard does. His employer proves RM4,200.00, and the most that is paid
for one case is above it (s.15).

**A loan**: the guard's son, not yet 21, studies. RM20,000.00 are lent, and come back when all of this is long over.

**A bill**: the hospital asks RM185.00 for a treatment of the worker who was hurt, and two officers let RM170.00 of it
be owed by the schedule that they enter (Act 4 s.57).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import pytest

from deploy.local.board import BeforeBoard
from deploy.local.officers import APPROVES, PROPOSES, decide, let_count
from deploy.local.pension import MONTHLY_SEN, Pension, months_from
from deploy.local.story import HOSPITAL, JUNE, OFFICER, Amounts, Story, Worker
from services.benefits.domain.calendar import BookCalendar, months_paid_until
from shared.kernel.clock import today
from shared.kernel.identifiers import person_number
from shared.kernel.money import sen_from_ringgit
from shared.kernel.periods import Month
from shared.testing.clock import BusinessClock
from tests.journeys.lives import Guard, Migrant
from tests.journeys.platform import Platform, at_work
from tests.journeys.ways import Way, in_one_way

# The platform beside other lanes and other work: how long it takes proves nothing, only that it ends.
pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.timeout(480)]

WIVES = (("SITI BINTI ALI", "1970-01-01"), ("NOR BINTI HASSAN", "1972-01-01"))
SON, DAUGHTER = "ADAM BIN RAHMAN", "HANA BINTI RAHMAN"
# Under age for as long as anybody runs this.
BORN = "2026-01-15"
# Before the months by which the death is rated.
DECEMBER, DECLARED, LOWER = "2025-12", (198_000, 2440, 0, 0, 0, 0), (188_000, 2310, 0, 0, 0, 0)
REFUND_SEN, BILL_SEN, TOO_MUCH_SEN, SECOND_SEN = 130, 17_000, 61_200, 117_328
LOSS, LOSS_MONTH_SEN, LUMP_SUM_SEN = "permanent_disablement", 29_700, 7_404_210
PENSION_MONTHS = 14
GRANT_MONTHS, GRANT_SEN = 14, 41_300
REPATRIATION_SEN, LOAN_SEN = 420_000, 2_000_000

Do = Callable[[], Awaitable[object]]


@dataclass
class Bereaved:
    """Those whom the guard leaves behind, what they have by now, and the months since."""

    platform: Platform
    story: Guard
    of_age: Month
    persons: dict[str, str] = field(default_factory=dict)

    async def registered(self) -> None:
        """The guard works; nobody has died."""
        await self.story.register_employer(self.story.old)
        await self.story.register_person()
        await self.story.start_spell(self.story.old, "2020-01-06", party=OFFICER)
        born = {**dict(WIVES), SON: self.born, DAUGHTER: BORN}
        for name, day in born.items():
            self.persons[name] = await self.story.left_behind(name, day)

    @property
    def born(self) -> str:
        """The son's birthday: he is 21 in a month."""
        return f"{self.of_age.year - 21}-{self.of_age.month:02d}-15"

    def states(self, name: str, relation: str, **more: str) -> Do:
        """Officers state somebody who is left behind."""
        return partial(self.story.state, dependant={"person": self.persons[name], "relation": relation, **more})

    def claims_funeral(self) -> Do:
        """The first wife has receipts for more than is owed."""
        widow = {"person": self.persons[WIVES[0][0]], "relation": "widow"}
        return partial(self.story.state, funeral={**widow, "paid": {"amount": "3400.00", "currency": "MYR"}})

    async def son_studies(self) -> None:
        """He applies while he is under age, and two officers let count how his loan was fixed."""
        stated = {
            "person": self.persons[SON],
            "born": self.born,
            "applied_on": "2026-08-03",
            "course": "first_degree",
            "course_ends": "2030-06-30",
            "tuition": {"amount": "24000.00", "currency": "MYR"},
            "loan": {"amount": "20000.00", "currency": "MYR"},
            "repaid_from": f"{today().year + 20}-01",
            "instalment": {"amount": "300.00", "currency": "MYR"},
        }
        conditions = dict.fromkeys(("unmarried", "local", "full_time", "other_loan_refused"), True)
        await self.story.state(education={**stated, **conditions})

    async def has(self, name: str) -> int:
        """What of dependants' benefit the bank settled to somebody."""
        return (await paid_to(self.platform, self.persons[name]))["dependants_benefit"]

    async def shares_are_as_known_first(self) -> None:
        """One widow and one child."""
        ended, funeral = months_paid(), await paid_to(self.platform, self.persons[WIVES[0][0]])
        assert funeral == {"dependants_benefit": 105300 * ended + 3510, "funeral_benefit": 300000}
        assert await self.has(DAUGHTER) == 70200 * ended + 2340

    async def shares_are_as_known_later(self) -> None:
        """Two widows and two children: the second of each has what the first has from now on."""
        ended = months_paid()
        assert await self.has(WIVES[1][0]) == 52650 * ended + 1755
        assert await self.has(SON) == 35100 * ended + 1170

    async def shares_are_as_of_age(self) -> None:
        """What was too much is set off by now, and the son is 21."""
        ended, shared = months_paid(), self.of_age - Month(2026, 8)
        for name, _ in WIVES:
            assert await self.has(name) == 52650 * ended + 1755
        until_then = 1170 + 35100 * shared + 14 * 1170
        assert await self.has(SON) == until_then
        since = (len(self.of_age.days) - 14) * 2340 + 70200 * (ended - shared - 1)
        assert await self.has(DAUGHTER) == until_then + since


def of_thirty() -> date:
    """Born so that somebody is 30 for a quarter of a year and more: of that age alone the factor is known."""
    return (Month.of(today()) - (30 * 12 + 6)).first_day


@dataclass
class HurtTwice(BeforeBoard):
    """The story's worker, who has a second accident while something of the first is to come back; it leaves a loss."""

    worker: Worker = field(default_factory=lambda: Worker(born_on=of_thirty()))
    second: str = ""

    async def contributed_until(self, month: int) -> None:
        """A month at RM2,480.00 until May, and at RM3,050.00 from June on."""
        if month < 6:
            await self.send_early(month)
        else:
            await self._send_file(self.old, f"2026-{month:02d}", JUNE)

    async def hurt_again(self) -> None:
        """On 14 September, unfit for 16 days from the next one on."""
        worker = self.worker
        notice = {
            "national_id": {"kind": "mykad", "number": worker.mykad},
            "name": worker.name,
            "happened_on": "2026-09-14",
            "place": "at_work",
            "certificate": {"first": "2026-09-15", "last": "2026-09-30", "issued_on": "2026-09-14"},
        }
        self.second = (await self._post("claims", "/v1/notices", party=HOSPITAL, json=notice))["claim"]

    async def loses(self, first: Month) -> None:
        """A board finds what the second accident left, and the benefit is taken by the month from this one on."""
        await self.heard(self.second, loss={"percent": "12", "benefit_from": first.first_day.isoformat()})
        choice = {"choice": {"option": "periodic", "applied_on": "2026-10-01"}}
        path = f"/v1/claims/{self.second}/evidence"
        said = await self._post("claims", path, party=OFFICER, subject=PROPOSES, json=choice)
        await let_count(self.client, self.second, said["evidence"])

    async def chooses_lump_sum(self) -> None:
        """She does so herself, and it counts at once."""
        party = f"person:{person_number(self.worker.person)}"
        chosen = {"choice": {"option": "lump sum", "applied_on": today().isoformat()}}
        await self._post("claims", f"/v1/claims/{self.second}/evidence", party=party, json=chosen)


async def account_of(story: Story, party: str, number: str) -> None:
    """One officer enters it, another releases it."""
    body = {
        "account_name": "PIHAK KETIGA",
        "account": {"bank_bic": "MBBEMYKL", "number": number},
        "capacity": "organisation",
    }
    path = f"/v1/parties/{party}/accounts"
    entered = await story._post("benefits", path, party=OFFICER, subject=PROPOSES, json=body)
    released = f"{path}/{entered['version']}/releases"
    await story._post("benefits", released, party=OFFICER, subject=APPROVES)


async def refunded(story: Guard) -> None:
    """The employer claims what was too much; two officers say that all of it was paid."""
    claimed = {"employer": story.old.employer, "month": DECEMBER}
    await story._post("registration", "/v1/refunds", party=story.old.party, json=claimed)
    says: dict[str, Any] = {"kind": "refund_due", "paid": {"amount": "24.40", "currency": "MYR"}}
    await decide(story.client, "refund", DECEMBER, says, service="registration")


async def billed(story: Story) -> None:
    """The hospital sends its bill; two officers let it be owed up to what their schedule allows."""
    bill = {
        "bill_number": "INV-2026-0042",
        "person": story.worker.person,
        "treatment": "physiotherapy",
        "treated_on": "2026-08-04",
        "amount": {"amount": "185.00", "currency": "MYR"},
    }
    sent = await story._post("rehab", "/v1/bills", party=HOSPITAL, json=bill)
    cap = {"amount": "170.00", "currency": "MYR"}
    says: dict[str, Any] = {"kind": "bill_approved", "cap": cap, "schedule": "Set rates of 2026, a session"}
    await decide(story.client, "bill", sent["bill"], says, service="rehab")


@in_one_way(Way.SHUFFLED)
async def test_whoever_is_owed_something_has_it_from_the_fund_that_bears_it(
    platform: Platform, business_clock: BusinessClock
) -> None:
    guard = Guard(platform, worker=Worker("RAHMAN BIN OMAR", born_on=date(1965, 2, 10)))
    left = Bereaved(platform, guard, Month.of(today()) + 2)
    migrant = Migrant(platform, worker=Worker("NGUYEN VAN AN", born_on=date(1990, 5, 1)))
    invalid = Pension(
        platform,
        worker=Worker("ROSNAH BINTI DIN", born_on=date(1982, 4, 2)),
        months=GRANT_MONTHS,
        move_to=business_clock_to(business_clock),
    )
    pension, hurt = Pension(platform, move_to=business_clock_to(business_clock)), HurtTwice(platform)
    noticed_on = today()

    def december(amounts: Amounts) -> Do:
        return partial(guard._send_file, guard.old, DECEMBER, amounts)

    async with at_work(platform):
        await left.registered()
        await account_of(guard, guard.old.party, "000000000077")
        await account_of(guard, HOSPITAL, "000000000078")
        await migrant.hired()
        await account_of(migrant, migrant.old.party, "000000000079")
        await invalid.worked()
        await pension.worked()
        async for _ in hurt.registered():
            continue
        begun = [guard.dies, migrant.dies, pension.contributed_for, invalid.contributed_for]
        noticed = [pension.notified, invalid.notified, december(DECLARED)]
        certified = [pension.certified, invalid.certified, december(LOWER)]
        await platform.run(
            [*(partial(guard.contribute, month) for month in range(1, 8)), *begun],
            [*(partial(hurt.contributed_until, month) for month in range(1, 9)), *noticed],
            [hurt.report_accident, *certified, migrant.is_brought_home],
            [hurt.discharge, left.states(WIVES[0][0], "widow"), partial(refunded, guard)],
            # A child alone would have more meanwhile: what it had too much is another story.
            [left.states(DAUGHTER, "child", born=BORN), left.claims_funeral(), hurt.hurt_again, partial(billed, hurt)],
        )
        await left.shares_are_as_known_first()
        paid = 27 * 6800 + SECOND_SEN - TOO_MUCH_SEN
        assert await paid_to(platform, hurt.worker.person) == {"temporary_disablement": paid}
        assert await paid_to_party(platform, guard.old.party) == {"contribution_refund": REFUND_SEN}
        assert await paid_to_party(platform, HOSPITAL) == {"treatment_bill": BILL_SEN}
        assert await paid_to(platform, invalid.worker.person) == {"invalidity_grant": GRANT_SEN}
        assert await paid_to_party(platform, migrant.old.party) == {"repatriation_of_remains": REPATRIATION_SEN}
        paid_last = Month(2026, 7) + months_paid()
        later = [left.states(WIVES[1][0], "widow"), left.states(SON, "child", born=left.born)]
        later.append(left.son_studies)
        await platform.run([*later, partial(hurt.loses, paid_last)])
        await left.shares_are_as_known_later()
        assert (await paid_to(platform, left.persons[SON]))["education_loan"] == LOAN_SEN
        assert await payments_to(platform, hurt, LOSS) == [LOSS_MONTH_SEN]
        business_clock_to(business_clock)((paid_last + 2).first_day)
        await platform.rest()
        assert await payments_to(platform, hurt, LOSS) == [LOSS_MONTH_SEN, LOSS_MONTH_SEN]
        await platform.run([hurt.chooses_lump_sum])
        assert await payments_to(platform, hurt, LOSS) == [LOSS_MONTH_SEN, LOSS_MONTH_SEN, LUMP_SUM_SEN]
        # For as long as they had too much, it is set off; meanwhile the son is 21.
        business_clock.advance(days=31 * (months_paid() + 2))
        await platform.rest()
        await left.shares_are_as_of_age()
        last = Month.of(noticed_on) + PENSION_MONTHS - 1
        business_clock_to(business_clock)(BookCalendar(today()).paid_on(last))
        await platform.rest()
        first, *_ = months_from(noticed_on)
        whole = first.amount_sen + (PENSION_MONTHS - 1) * MONTHLY_SEN
        assert await paid_to(platform, pension.worker.person) == {"invalidity_pension": whole}
        assert await payments_to(platform, hurt, LOSS) == [LOSS_MONTH_SEN, LOSS_MONTH_SEN, LUMP_SUM_SEN], "nothing more"
        assert await open_recoveries(platform) == 0


def business_clock_to(clock: BusinessClock) -> Callable[[date], None]:
    """Puts it to the morning of a day."""
    return lambda day: clock.set_day(day.year, day.month, day.day, 8)


def months_paid() -> int:
    """How many whole months after that of the death have fallen due."""
    return Month.of(months_paid_until(today(), BookCalendar(today()))) - Month(2026, 8)


async def paid_to(platform: Platform, person: str) -> dict[str, int]:
    """What the bank settled to a person, by benefit, in sen."""
    return await paid_to_party(platform, f"person:{person_number(person)}")


async def paid_to_party(platform: Platform, party: str) -> dict[str, int]:
    """What the bank settled to a party of any kind, by what it is, in sen."""
    found: dict[str, int] = {}
    for benefit, sen in await settled_to(platform, party):
        found[benefit] = found.get(benefit, 0) + sen
    return found


async def payments_to(platform: Platform, story: Story, benefit: str) -> list[int]:
    """Each payment of a benefit that the bank settled to the worker of a story, the least first, in sen."""
    settled = await settled_to(platform, f"person:{person_number(story.worker.person)}")
    return sorted(sen for of, sen in settled if of == benefit)


async def settled_to(platform: Platform, party: str) -> list[tuple[str, int]]:
    """What each payment to a party that the bank settled was of, and its sen."""
    page = await platform.call("benefits", "GET", f"/v1/parties/{party}/payments?limit=100", party=OFFICER)
    paid = (each for each in page.json()["data"] if each["state"] == "settled")
    return [(each["benefit"], sen_from_ringgit(each["amount"]["amount"])) for each in paid]


async def open_recoveries(platform: Platform) -> int:
    """What is to come back from anybody, in sen."""
    async with platform.services["benefits"].database.connection() as connection:
        query = """
            SELECT coalesce(sum(CASE debit WHEN 'recoveries_receivable' THEN amount_sen ELSE -amount_sen END), 0)
            FROM transfer WHERE 'recoveries_receivable' IN (debit, credit)
        """
        return int(await connection.fetchval(query))
