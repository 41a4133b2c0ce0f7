"""A claim's whole life as a state machine: Hypothesis chooses what happens next, and looks whether all still holds.

Hypothesis runs in a thread of its own; the services, their connections and each act in the loop of the tests.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
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
from tests.machine import acts, appeals, bills, numbers
from tests.machine.holds import Watched, all_hold
from tests.machine.openings import OPENINGS
from tests.machine.settling import all_is_settled
from tests.machine.world import SERVICES, World, world_on

T = TypeVar("T")
R = TypeVar("R", bound=Callable[..., None])
PLACE, CHOICE, OFFICER = integers(0, 5), integers(0, 3), integers(0, 2)
# Which lines of a bill: three bits.
LINES = integers(1, 7)


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
        # Openings have said what they say by lower ones.
        self.revision, self.is_over = 10, False

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
        self._do(acts.enter_account(self._world, f"person:{person}", f"700000000{number}", officer))

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


class WholeLife(Life):
    """One in which chance has appeals, treatment, a second number and restores, too: for `make prove`."""

    @where("decision")
    @rule(
        place=PLACE,
        what=PLACE,
        forum=sampled_from((appeals.BOARD, appeals.BOARD, appeals.COURT)),
        officer=sampled_from((None, None, 0, 1)),
    )
    def she_appeals(self, place: int, what: int, forum: str, officer: int | None) -> None:
        self._do(appeals.file_appeal(self._world, place, what, forum, officer))

    @where("appeal")
    @rule(place=CHOICE, way=sampled_from(("heard", "heard", "withdrawn", "a stranger withdraws it")))
    def appeal_goes_on(self, place: int, way: str) -> None:
        if way == "heard":
            self._do(appeals.hear_appeal(self._world, place))
        else:
            self._do(appeals.withdraw_appeal(self._world, place, own=way == "withdrawn"))

    @where("appeal")
    @rule(place=CHOICE, how=sampled_from(("answer", "facts", "amount", "upheld", "set_aside")))
    def appeal_is_decided(self, place: int, how: str) -> None:
        self._do(appeals.decide_appeal(self._world, place, how))

    @rule(
        hospital=sampled_from(bills.HOSPITALS),
        day=sampled_from(acts.DAYS),
        noticed=booleans(),
        known=sampled_from((True, True, False)),
    )
    def is_admitted(self, hospital: str, day: date, noticed: bool, known: bool) -> None:
        self._do(bills.admit(self._world, hospital, day, noticed=noticed, known=known))

    @where("admission")
    @rule(place=CHOICE, number=integers(1, 2), which=LINES)
    def hospital_bills(self, place: int, number: int, which: int) -> None:
        self._do(bills.send_bill(self._world, place, number, which))

    @where("claim")
    @rule(place=PLACE, number=integers(1, 2), which=LINES)
    def she_bills(self, place: int, number: int, which: int) -> None:
        self._do(bills.send_receipt(self._world, place, number, which))

    @where("bill")
    @rule(place=CHOICE, which=sampled_from((None, 1, 2, 5, 7)), own=sampled_from((True, True, True, False)))
    def bill_changes(self, place: int, which: int | None, own: bool) -> None:
        self._do(bills.change_bill(self._world, place, which, own=own))

    @where("bill")
    @rule(place=CHOICE, number=integers(1, 3), officer=OFFICER)
    def line_is_looked_at(self, place: int, number: int, officer: int) -> None:
        self._do(bills.review_line(self._world, place, number, officer))

    @where("bill")
    @rule(choice=CHOICE)
    def two_officers_look_at_a_bill(self, choice: int) -> None:
        self._do(acts.decide_in(self._world, "medical_bill", choice))

    @rule(
        sender=sampled_from((numbers.OTHERS_EMPLOYER, bills.HOSPITALS[0], numbers.OTHERS)),
        day=sampled_from(acts.DAYS),
        length=sampled_from((19, 45)),
    )
    def accident_of_other_number(self, sender: str, day: date, length: int) -> None:
        self._do(numbers.report_of_other(self._world, sender, day, length))

    @rule(word=sampled_from(sorted(numbers.WORDS)))
    def numbers_stand_otherwise(self, word: str) -> None:
        self._do(numbers.say_of_numbers(self._world, word, self._next()))

    @precondition(lambda life: not life.has("backup"))
    @rule(service=sampled_from(SERVICES))
    def is_backed_up(self, service: str) -> None:
        self._do(self._world.back_up(service))

    @where("backup")
    @rule()
    def is_put_back(self) -> None:
        self._do(self._world.put_back(next(iter(self._world.backups))))


def live(stage: Stage, seed: int, lives: int, steps: int, *, of: type[Life] = Life, shrink: bool = False) -> None:
    """So many lives of so many acts at most, the same for the same seed. Raises what does not hold."""
    chosen = type("Life", (of,), {"stage": stage})
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    told = settings(
        max_examples=lives, stateful_step_count=steps, deadline=None, database=None, phases=phases,
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False, print_blob=False,
    )  # fmt: skip
    run_state_machine_as_test(seeded(seed)(chosen), settings=told)


def live_opening(stage: Stage, opening: str) -> None:
    """A life in which nothing happens after its opening: what each of them comes to hangs on no chance."""
    life = type("Life", (Life,), {"stage": stage})()
    try:
        life.begins(opening)
    finally:
        life.teardown()
