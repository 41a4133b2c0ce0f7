"""Plays lives side by side: one world, one clock, and on each day what happens in each of them, then the bank."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial

from shared.law.book import let_stand
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.lives.acts import Acts
from tests.lives.life import Life
from tests.lives.people import People
from tests.lives.settled import Found, explain, note_owed, note_said, settle
from tests.lives.world import World, world
from tests.oracle.owing import payday

Act = Callable[[], Awaitable[None]]


async def play(lives: Sequence[Life], databases: Databases, issuer: TestIssuer) -> list[Found]:
    """Play all lives to their ends: those that act on what others are paid in worlds apart, the others in one."""
    found = []
    for together in worlds(lives):
        async with world(databases, issuer) as where:
            found += await _play_together(together, where)
        let_stand(None)
    return found


def worlds(lives: Sequence[Life]) -> list[list[Life]]:
    """The lives, in as few worlds as may be, so that none acts on what another of its world is paid."""
    found: list[list[Life]] = []
    for life in sorted(lives, key=lambda each: len(each.acts_on)):
        for together in found:
            if not any(life.disturbs(other) or other.disturbs(life) for other in together):
                together.append(life)
                break
        else:
            found.append([life])
    return found


async def _play_together(lives: Sequence[Life], where: World) -> list[Found]:
    acting = [_Acting(life, place, where) for place, life in enumerate(lives, start=1)]
    await where.begin(min(life.first_day for life in lives))
    await acting[0].acts.publish([event for each in acting for event in each.acts.people.facts()])
    for each in acting:
        await each.begin()
    days: defaultdict[date, list[_Acting]] = defaultdict(list)
    for each in acting:
        for day in each.days:
            days[day].append(each)
    for day in sorted(days):
        await where.come_to(day)
        lived = [await each.live(day) for each in days[day]]
        if any(lived):
            await where.rest()
        await where.bank()
        for each in days[day]:
            await each.note(day)
    return [each.found for each in acting]


class _Acting:
    """One life while it is played: its acts by day, and what it has come to."""

    def __init__(self, life: Life, place: int, where: World) -> None:
        self.life, self.found = life, Found(life)
        self.acts = Acts(life, People(life, place), where)
        self._by_day: defaultdict[date, list[tuple[str, Act]]] = defaultdict(list)
        for step in life.steps:
            if step.board is not None:
                asks = partial(self.acts.ask_board, step)
                self._by_day[step.board.asked].append((f"{step.board.asked}: a board is asked", asks))
        for step in life.steps:
            self._by_day[step.day].append((f"{step.day}: {step.verb}", partial(self.acts.take, step)))

    @property
    def days(self) -> set[date]:
        """On which something happens in it, or something is paid or looked at."""
        return {*self._by_day, *_pay_days(self.life), *(each.by for each in self.life.owed)}

    async def begin(self) -> None:
        """The accounts to which its people are paid."""
        people = [name for name, known in self.life.people.items() if known.account]
        # An employer or a hospital is paid where the life says so.
        organisations = (*self.life.employers, *self.acts.people.hospitals)
        for name in [*people, *(name for name in organisations if name in {each.to for each in self.life.paid})]:
            await self.acts.enter_account(name)

    async def live(self, day: date) -> bool:
        """What happens in it on a day, and whether anything does; one that cannot go on stops, the others do not."""
        acts = self._by_day.get(day, [])
        for what, act in acts:
            if not self.found.stopped:
                try:
                    await act()
                except Exception as error:
                    self.found.stopped = f"{what}: {type(error).__name__}: {error}"
        return bool(acts)

    async def note(self, day: date) -> None:
        """What is owed by the end of a day that it asks about; and what it has come to, where the day is its last."""
        acts = self.acts
        if any(each.by == day for each in self.life.owed):
            note_owed(acts.world, acts.claims.values(), acts.people, day, self.found)
        if day == self.life.until:
            await settle(acts.world, acts.people, self.found)
            note_said(acts.world, acts.claims.values(), acts.people, self.found)
            given_up = await acts.world.failed(acts.matters)
            if given_up and not self.found.stopped:
                self.found.stopped = f"given up: {given_up}"
            if self.found.differences:
                await explain(acts.world, acts.claims, self.found)
            await acts.world.let_go(acts.matters)


def _pay_days(life: Life) -> Iterator[date]:
    """Of each month the first, on which the days of the one before are due, its payday and its last day.

    Whatever falls due in a month is so paid in it, whoever lives beside: other lives bring days of their own.
    """
    day = life.first_day.replace(day=1)
    while day <= life.until:
        after = (day + timedelta(days=32)).replace(day=1)
        for each in (day, payday(day), after - timedelta(days=1)):
            if life.first_day <= each <= life.until:
                yield each
        day = after
    yield life.until
