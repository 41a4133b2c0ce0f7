"""A death is reported in some order, each of it twice, and what it comes to is asserted to the sen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from random import Random
from uuid import UUID

from services.benefits.tests.support import balances
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.support import PERSON, read
from shared.contracts.envelope import Cause
from shared.kernel.money import sen_from_ringgit
from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer
from tests.deaths.lives import Life
from tests.deaths.offices import Beginning, Offices, offices_on

# By claim and question, the hash of what a record decides, whoever stated what of it.
Records = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Order:
    """Who speaks in which order, each twice; with ``seed`` the rest follows: when officers act, and when others read.

    ``amid``: before the last of them speaks for the first time officers have let count what came, and a payday passes.
    """

    senders: tuple[str, ...]
    seed: str
    amid: bool = False

    @property
    def last_comes(self) -> int:
        """Where the last of them speaks for the first time."""
        return max(self.senders.index(each) for each in set(self.senders))

    def __str__(self) -> str:
        return f"{' > '.join(self.senders)} ({self.seed}{', after a payday' if self.amid else ''})"


def every_order(life: Life) -> Iterator[Order]:
    """Whoever speaks first, second and so on; what is said again comes anywhere after it."""
    for number, first in enumerate(permutations(life.messages)):
        yield Order(twice(first, Random(f"twice {number}")), str(number))


def drawn(life: Life, dice: Random, *, amid: bool) -> Order:
    """Some order."""
    senders = [*life.messages]
    dice.shuffle(senders)
    return Order(twice(senders, dice), f"{dice.random():.6f}", amid)


def twice(senders: Sequence[str], dice: Random) -> tuple[str, ...]:
    """With each once more, somewhere behind itself."""
    found = [*senders]
    for each in senders:
        found.insert(dice.randint(found.index(each) + 1, len(found)), each)
    return tuple(found)


@dataclass
class Trial:
    """A life that can be lived in any order."""

    life: Life
    beginning: Beginning
    databases: Databases
    issuer: TestIssuer
    clock: BusinessClock

    async def lived(self, order: Order) -> Records:
        """Report it in this order and see that each has what it is owed; what was decided of it in the end."""
        dice = Random(order.seed)
        self.clock.set_day(*self.life.reported_on)
        async with offices_on(self.beginning, self.databases, self.issuer, dice) as offices:
            paydays = [*self.life.paydays]
            for number, sender in enumerate(order.senders):
                if order.amid and number == order.last_comes:
                    await offices.decided(PERSON)
                    await self._payday(paydays.pop(0), offices)
                await self.life.messages[sender](offices)
                if dice.random() < 0.5:
                    await offices.decided(PERSON)
                if dice.random() < 0.3:
                    await offices.hear_each_other()
            await offices.decided(PERSON)
            for payday in paydays:
                await self._payday(payday, offices)
            await self._check(order, offices)
            return await records_of(offices.claims)

    async def _payday(self, day: tuple[int, int, int], offices: Offices) -> None:
        self.clock.set_day(*day)
        await offices.pay()

    async def _check(self, order: Order, offices: Offices) -> None:
        """Raises AssertionError unless everybody was paid once for each month, and the right fund has borne it."""
        for person, owed in self.life.owed.items():
            paid, back = await offices.settled(person), await offices.to_come_back(person)
            assert len({each[:3] for each in paid}) == len(paid), f"{order}: paid twice to {person}: {paid}"
            by_benefit = {name: sum(each[3] for each in paid if each[0] == name) for name in owed.sen}
            assert sum(each[3] for each in paid) - back == sum(owed.sen.values()), (
                f"{order}: {person} has {paid} less {back}"
            )
            if not order.amid:
                of_months = [each for each in paid if each[0] == owed.by_month]
                times = [sum(first <= month <= last for _, first, last, _ in of_months) for month in owed.months]
                assert set(times) == {1}, f"{order}: one payment for each month of {person}: {paid}"
                assert (by_benefit, back) == (owed.sen, 0), f"{order}: {person} has {paid} less {back}"
        for person, sen in self.life.owes.items():
            assert await offices.to_come_back(person) == sen, f"{order}: what {person} owes"
        borne = {fund: await borne_by(offices.benefits, fund) for fund in self.life.funds}
        assert borne == self.life.funds, f"{order}: the funds have borne {borne}"
        assert await borne_by(offices.benefits, "") == sum(self.life.funds.values()), f"{order}: another fund paid too"


async def borne_by(benefits: ServiceUnderTest, fund: str) -> int:
    """What a fund has granted, or all of them, in sen: what is to come back is not."""
    return sen_from_ringgit((await balances(benefits, fund)).get("benefit_expense", "0.00"))


async def records_of(claims: ServiceUnderTest) -> Records:
    """What stands of each claim that stands for an event."""
    shown = (await read(claims, "/v1/claims?limit=100"))["data"]
    found: dict[str, Mapping[str, str]] = {}
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        for each in (one for one in shown if one["joined_to"] is None):
            claim = await uow.claims.find(UUID(each["claim"]))
            assert claim is not None
            assert each["kind"] not in found, f"two claims stand for one {each['kind']}"
            stands = await uow.claims.last_records(claim)
            found[each["kind"]] = {name: record.substance_hash for name, record in sorted(stands.items())}
    return found
