"""A claim's whole life as a state machine: Hypothesis chooses what happens next, and looks whether all still holds.

Hypothesis runs in a thread of its own; the services, their connections and each act in the loop of the tests.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from hypothesis.strategies import booleans, integers, sampled_from

from shared.kernel.clock import today
from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.machine import acts
from tests.machine.holds import Watched, all_hold
from tests.machine.settling import all_is_settled
from tests.machine.world import World, world_on

T = TypeVar("T")
R = TypeVar("R", bound=Callable[..., None])
Happens = Callable[[World], Coroutine[Any, Any, object]]
PLACE, CHOICE, OFFICER = integers(0, 5), integers(0, 3), integers(0, 2)


def _accident(sender: str, day: date, length: int) -> Happens:
    return lambda world: acts.report_accident(world, sender, day, length)


def _decided(choice: int) -> Happens:
    return lambda world: acts.decide(world, 0, choice, stale=False)


def _board(*ways: str) -> list[Happens]:
    """A case before a board, step by step: put, invited, the day comes, heard, found, closed."""
    return [lambda world, way=way: acts.board_goes_on(world, way) for way in ways]  # type: ignore[misc]


def _arrives(world: World) -> Coroutine[Any, Any, object]:
    return world.come_to_rest()


def _pays(world: World) -> Coroutine[Any, Any, object]:
    return acts.pay(world, ("ACSC",), twice=False)


def _says_later(status: str) -> Happens:
    return lambda world: acts.answer_late(world, 0, status)


async def _not_employed(world: World) -> None:
    """Her employment had ended before."""
    acts.end_employment(world, date(2026, 7, 31), 2)
    await world.carry()


_EMPLOYER, _HOSPITAL, _, _OFFICE = acts.SENDERS
_HURT = [_accident(_EMPLOYER, acts.DAYS[0], 19), _arrives]
_FOUND = _board(*["found"] * 6)
# What has happened before chance has its way: from nothing on chance comes to a pension hardly ever.
OPENINGS: Mapping[str, Sequence[Happens]] = {
    "nothing": (),
    "hurt": _HURT,
    "paid": (*_HURT, _pays, _arrives),
    "refused by the bank": (
        *_HURT,
        lambda world: acts.pay(world, ("RJCT/AC04",), twice=False),
        _says_later("ACSC"),
        _arrives,
    ),
    "come back": (*_HURT, _pays, _says_later("RJCT/AC04"), _says_later("ACSC"), _arrives),
    "not employed": (_not_employed, *_HURT),
    "reported by an officer": (_accident(_OFFICE, acts.DAYS[0], 26), _decided(0), _arrives),
    "reported by a hospital": (_accident(_HOSPITAL, acts.DAYS[0], 45), _arrives),
    "adjacent days": (*_HURT, _accident(_HOSPITAL, acts.DAYS[1], 26), _arrives),
    "left with a loss": (*_HURT, *_FOUND, lambda world: acts.choose(world, 0, "periodic"), _arrives, _pays),
    "invalid": (lambda world: acts.report_invalidity(world, _HOSPITAL), *_FOUND, _arrives, _pays),
    "dead": (
        *_HURT,
        *(
            lambda world, sender=sender: acts.report_death(world, sender, date(2026, 8, 20))
            for sender in acts.SENDERS[:2]
        ),
        lambda world: acts.state(world, 1, 2, 0),
        _decided(0),
        _arrives,
    ),
}


@dataclass
class Stage:
    """Where lives are lived: the servers, the loop, and what was met in all of them."""

    databases: Databases
    issuer: TestIssuer
    clock: BusinessClock
    loop: asyncio.AbstractEventLoop
    met: Counter[str] = field(default_factory=Counter)
    seen: Counter[tuple[str, str | None, str]] = field(default_factory=Counter)
    lives: int = 0
    steps: int = 0

    def run(self, act: Coroutine[Any, Any, T]) -> T:
        """In the loop of the tests."""
        return asyncio.run_coroutine_threadsafe(act, self.loop).result()


def where(what: str) -> Callable[[R], R]:
    """A rule for which there is to be something: without it nothing could come of the act."""
    condition: Callable[[R], R] = precondition(lambda life: life.has(what))
    return condition


class Life(RuleBasedStateMachine):
    """One life; ``stage`` is set by `live`."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.watched, self.stack = Watched(), AsyncExitStack()
        self.world: World | None = None
        self.revision, self.is_over = 2, False

    def _do(self, act: Coroutine[Any, Any, object], *, later: bool = False) -> None:
        """Do it, work off what it left unless that is for later, and look whether all holds."""
        assert self.world is not None
        self.stage.run(self._done(act, self.world, later=later))
        self.stage.steps += 1

    async def _done(self, act: Coroutine[Any, Any, object], world: World, *, later: bool) -> None:
        # What does not hold is said once: the end of a life in which something failed says nothing more.
        over, self.is_over = self.is_over, True
        await world.vouch()
        await act
        if not later:
            await world.work_off()
        await all_hold(world, self.watched)
        await world.look()
        self.is_over = over

    def has(self, what: str) -> bool:
        """Whether there is such a thing now."""
        return self.world is not None and self.world.there[what] > 0

    def _next(self) -> int:
        self.revision += 1
        return self.revision

    @initialize(opening=sampled_from(sorted(OPENINGS)))
    def begins(self, opening: str) -> None:
        """She has worked for years, and something has happened or nothing."""
        self.stage.clock.set_day(2026, 9, 1)
        world = world_on(self.stage.databases, self.stage.issuer, self.stage.clock)
        self.world = self.stage.run(self.stack.enter_async_context(world))
        self._do(acts.settled_in(self._world))
        for act in OPENINGS[opening]:
            self._do(act(self._world))

    @rule(
        sender=sampled_from(acts.SENDERS),
        day=sampled_from(acts.DAYS),
        length=sampled_from((19, 26, 45, 190)),
        twice=booleans(),
        died=sampled_from((False, False, False, True)),
        later=booleans(),
    )
    def accident(self, sender: str, day: date, length: int, twice: bool, died: bool, later: bool) -> None:
        self._do(acts.report_accident(self._world, sender, day, length, twice=twice, died=died), later=later)

    @rule(sender=sampled_from(acts.SENDERS), days=integers(-40, 0))
    def death(self, sender: str, days: int) -> None:
        self._do(acts.report_death(self._world, sender, today() + timedelta(days=days)))

    @rule(sender=sampled_from(acts.SENDERS))
    def invalidity(self, sender: str) -> None:
        self._do(acts.report_invalidity(self._world, sender))

    @rule(month=sampled_from(acts.MONTHS), wage=sampled_from((248_000, 312_000, 405_000)))
    def wages(self, month: str, wage: int) -> None:
        acts.contribute(self._world, month, wage, self._next())

    @rule(day=sampled_from((date(2026, 7, 31), date(2026, 8, 31), date.max)))
    def employment_ends(self, day: date) -> None:
        acts.end_employment(self._world, day, self._next())

    @rule(person=sampled_from(acts.PAYEES[:2]), days=integers(-60, 0), back=booleans())
    def register_says_died(self, person: int, days: int, back: bool) -> None:
        acts.register_death(self._world, person, None if back else today() + timedelta(days=days), self._next())

    @where("claim")
    @rule(place=PLACE, days=integers(0, 20))
    def centre_discharges(self, place: int, days: int) -> None:
        self._do(acts.discharge(self._world, place, acts.DAYS[0] + timedelta(days=days)))

    @rule(sender=sampled_from(acts.SENDERS))
    def disease(self, sender: str) -> None:
        self._do(acts.report_disease(self._world, sender))

    @where("claim")
    @rule(place=PLACE, officer=OFFICER, closely=booleans())
    def officer_looks_into(self, place: int, officer: int, closely: bool) -> None:
        self._do(acts.look_into(self._world, place, officer, closely=closely))

    @where("event")
    @rule(chance=integers(0, 1 << 16), later=booleans())
    def some_arrives(self, chance: int, later: bool) -> None:
        self._do(self._world.carry(Random(chance)), later=later)

    @where("event")
    @rule()
    def all_arrives(self) -> None:
        self._do(self._world.come_to_rest())

    @where("certificate")
    @rule(place=PLACE, length=sampled_from((None, 9, 30)), officer=booleans())
    def evidence_changes(self, place: int, length: int | None, officer: bool) -> None:
        self._do(acts.change_evidence(self._world, place, length=length, officer=officer))

    @where("claim")
    @rule(place=PLACE, officer=OFFICER, what=PLACE, later=booleans())
    def officer_states(self, place: int, officer: int, what: int, later: bool) -> None:
        self._do(acts.state(self._world, place, officer, what), later=later)

    @where("claim")
    @rule(place=PLACE, option=sampled_from(("periodic", "lump sum")))
    def chooses(self, place: int, option: str) -> None:
        self._do(acts.choose(self._world, place, option))

    @where("task")
    @rule(place=PLACE, choice=CHOICE, stale=booleans())
    def two_officers_decide(self, place: int, choice: int, stale: bool) -> None:
        self._do(acts.decide(self._world, place, choice, stale=stale))

    @where("task")
    @rule(place=PLACE, choice=CHOICE)
    def two_officers_decide_at_once(self, place: int, choice: int) -> None:
        self._do(acts.decide(self._world, place, choice, stale=False))

    @where("task")
    @rule(
        place=PLACE,
        act=sampled_from(
            ("takings", "releases", "proposals", "approvals", "refusals", "queries", "replies", "stops", "resumptions")
        ),
        officer=OFFICER,
        choice=CHOICE,
    )
    def officer_acts(self, place: int, act: str, officer: int, choice: int) -> None:
        self._do(acts.act_on_task(self._world, place, act, officer, choice))

    @rule(officer=OFFICER)
    def complains(self, officer: int) -> None:
        self._do(acts.complain(self._world, officer))

    @where("claim")
    @rule(
        way=sampled_from(
            ("found", "found", "found", "whole", "nothing", "provisional", "absent", "adjourned", "called off",
             "appeal", "aggravation")
        )
    )  # fmt: skip
    def board(self, way: str) -> None:
        self._do(acts.board_goes_on(self._world, way))

    @where("payment")
    @rule(answer=sampled_from(("ACSC", "ACSC", "RJCT/AC04", "")), other=sampled_from(("ACSC", "")), twice=booleans())
    def bank(self, answer: str, other: str, twice: bool) -> None:
        self._do(acts.pay(self._world, (answer, other), twice=twice))

    @where("sent")
    @rule(place=PLACE, status=sampled_from(("ACSC", "RJCT/AC04")))
    def bank_later(self, place: int, status: str) -> None:
        self._do(acts.answer_late(self._world, place, status))

    @rule(person=sampled_from(acts.PAYEES), number=integers(1, 3), officer=OFFICER)
    def account(self, person: int, number: int, officer: int) -> None:
        self._do(acts.enter_account(self._world, person, f"700000000{number}", officer))

    @where("month")
    @rule(place=PLACE, officer=OFFICER)
    def suspension(self, place: int, officer: int) -> None:
        self._do(acts.suspend(self._world, place, officer))

    @where("recovery")
    @rule(place=PLACE, sen=sampled_from((100, 50_000, 900_000)))
    def repays(self, place: int, sen: int) -> None:
        self._do(acts.repay(self._world, place, sen))

    @rule(days=sampled_from((1, 3, 8, 15, 31, 70)))
    def time_passes(self, days: int) -> None:
        self.stage.clock.advance(days=days)
        self._do(self._world.work_off())

    @property
    def _world(self) -> World:
        assert self.world is not None
        return self.world

    def teardown(self) -> None:
        """Everything arrives, falls due and is paid: then what was paid is what is owed."""
        try:
            if self.world is not None and not self.is_over:
                self.stage.run(all_is_settled(self.world, self.watched))
                self.stage.lives += 1
        finally:
            if self.world is not None:
                self.stage.met += self.world.met
                self.stage.seen.update(self.watched.seen)
            self.stage.run(self.stack.aclose())


def live(stage: Stage, seed: int, lives: int, steps: int, *, shrink: bool = False) -> None:
    """Each opening for itself, and then so many lives of so many acts at most, the same for the same seed.

    Raises what does not hold.
    """
    chosen = type("Life", (Life,), {"stage": stage})
    for opening in OPENINGS:
        _nothing_more(chosen(), opening)
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    told = settings(
        max_examples=lives, stateful_step_count=steps, deadline=None, database=None, phases=phases,
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False, print_blob=False,
    )  # fmt: skip
    run_state_machine_as_test(seeded(seed)(chosen), settings=told)


def _nothing_more(life: Life, opening: str) -> None:
    """A life in which nothing happens after its opening: what each of them comes to hangs on no chance."""
    try:
        life.begins(opening)
    finally:
        life.teardown()
