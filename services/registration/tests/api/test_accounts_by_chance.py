"""Files, pushed wages, months of an earlier system, assessments, merges and splits by chance: after each of them the
accounts, which add up what each brought, are what they come to when they are worked out from all that stands."""

import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from services.registration.domain.contribution import month_of
from services.registration.files.contribution_file import render
from services.registration.tests.api.test_enforcement import assessed
from services.registration.tests.api.test_enforcement import wage as assessed_wage
from services.registration.tests.api.test_events import push, wage
from services.registration.tests.api.test_opening_files import checked, released
from services.registration.tests.api.test_person_merges import decide, merged, split
from services.registration.tests.support import (
    AT_2480,
    AT_2600,
    CODE,
    MYKAD,
    NOTHING,
    OTHER_MYKAD,
    Register,
    line,
)
from shared.contracts.envelope import Cause
from shared.testing.clock import BusinessClock

pytestmark = pytest.mark.postgres

MONTHS = ("2026-03", "2026-04")
IDS = (MYKAD, OTHER_MYKAD)
STEPS = 12
WITHOUT_SKBBK = {**AT_2600, "skbbk_employee": 0}
_STANDS = "SELECT * FROM contribution_account ORDER BY employer, month"


class Chance:
    """One employer, two numbers, two months, and what may happen to them."""

    def __init__(self, register: Register, clock: BusinessClock, dice: random.Random) -> None:
        self.register, self.clock, self.dice = register, clock, dice
        self.day = date(2026, 5, 4)
        self.is_one, self.officers = False, 0
        self.done: list[str] = []

    async def begin(self) -> None:
        """Two people who are employed since before."""
        self.clock.set_day(self.day.year, self.day.month, self.day.day)
        self.employer, first = await self.register.worker_of()
        second = await self.register.person(OTHER_MYKAD)
        await self.register.spell(second, self.employer)
        self.persons = (first, second)
        await self.opening()

    async def file(self) -> None:
        """Some lines of a file, or the same bytes as before; worked off with what comes next, or at once."""
        lines = [
            line(month, self.dice.choice((AT_2480, WITHOUT_SKBBK, NOTHING)), id_=id_)
            for month in MONTHS
            for id_ in IDS
            if self.dice.random() < 0.3
        ]
        if lines:
            months = sorted({str(each.month) for each in lines})
            answer = await self.register.send(self.employer, render(lines), params={"month": months})
            assert answer.status_code == 202, answer.text

    async def event(self) -> None:
        """A wage that is pushed."""
        said = wage(self.dice.choice(MONTHS), self.dice.choice(("2480.00", "2600.00", "0.00")), self.dice.choice(IDS))
        said["data"]["name"], said["data"]["paid_on"] = "Ahmad bin Ali", "2026-04-28"
        await push(self.register, self.employer, said)

    async def opening(self) -> None:
        """Months of an earlier system, of which some may stand already."""
        await self.register.work_off()
        months = self.dice.choice(("2026-03,2026-04", "2026-03,2026-03", "2026-04,2026-04"))
        row = f"mykad,{self.dice.choice(IDS)},{CODE},{months},2480.00,42.85,12.25,4.90,4.90,0.00"
        if (await checked(self.register, "months", [row]))["state"] == "checked":
            await released(self.register)

    async def assessment(self) -> None:
        """What an officer found of some of them, confirmed when the time to object is over."""
        await self.register.work_off()
        persons: Sequence[str] = (self.dice.choice(self.persons),) if self.is_one else self.persons
        await assessed(self.register, self.employer, *(assessed_wage(each, "3050.00", MONTHS[0]) for each in persons))
        self.day += timedelta(days=20)
        self.clock.set_day(self.day.year, self.day.month, self.day.day)
        assert (await self.register.decided("enforcement", "assessment_confirmed")).status_code == 201

    async def merge_or_split(self) -> None:
        """Two officers find them to be one, or two again with some of the months that were stated since."""
        await self.register.work_off()
        first, second = self.persons
        if not self.is_one:
            await merged(self.register, second, first)
        else:
            since = await self.since()
            lines = [each for each in since if self.dice.random() < 0.9]
            stated = await split(self.register, second, assigned_lines=lines)
            assert stated.status_code == 202, stated.text
            assert (await decide(self.register, "persons_split")).status_code == 201
        self.is_one = not self.is_one

    async def since(self) -> list[dict[str, Any]]:
        """The months that a split may assign."""
        self.officers += 1
        stated = await split(self.register, self.persons[1], officer=f"officer-x-{self.officers}")
        path = f"/v1/person-merges/{stated.json()['statement']}"
        shown = (await self.register.as_party("GET", path, "registration:person_merge:read")).json()
        assert (await decide(self.register, "persons_stay")).status_code == 201
        return [{name: each[name] for name in ("employer", "month", "person")} for each in shown["contributed_since"]]

    async def check(self) -> None:
        """What is kept is what it comes to."""
        await self.register.work_off()
        kept = await self.register.rows(_STANDS)
        worker = self.register.service.worker
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            for row in kept:
                await uow.accounts.restate(row["employer"], month_of(row["month"]), self.day)
        again = await self.register.rows(_STANDS)
        assert [dict(row) for row in kept] == [dict(row) for row in again], self.done

    async def step(self) -> None:
        """Something happens; most often nothing waits for the next, but what was sent may."""
        acts: Sequence[Callable[[], Awaitable[None]]] = (self.file, self.event, self.opening, self.merge_or_split)
        act = self.dice.choices((*acts, self.assessment), weights=(4, 2, 1, 4, 1))[0]
        self.done.append(act.__name__)
        await act()
        if self.dice.random() < 0.7:
            await self.check()


@pytest.mark.parametrize("seed", [0, 1, 2, 18])
async def test_accounts_add_up_to_what_stands(register: Register, business_clock: BusinessClock, seed: int) -> None:
    chance = Chance(register, business_clock, random.Random(seed))
    await chance.begin()
    for _ in range(STEPS):
        await chance.step()
    await chance.check()
