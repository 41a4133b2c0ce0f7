"""One run: people with two numbers or more, what officers find of them, and what becomes of their accidents and money.

Three rounds, each amid faults; after each all comes to rest, and what then stands must follow from the facts alone.
"""

from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.benefits.commands.forget_person import FOLLOWER as ERASED_OF_BENEFITS
from services.benefits.commands.forget_person import forget_person as let_go_of_accounts
from services.benefits.commands.settle_entitlement import settle_entitlement
from services.benefits.consumers import claim_assessed
from services.benefits.consumers import registration as numbers_of_benefits
from services.benefits.domain.parties import party_of
from services.claims.commands.follow_merge import follow_merge
from services.claims.commands.forget_person import FOLLOWER, forget_person
from services.claims.consumers import contribution_received, registration
from shared.kernel import clock as business
from tests.prove.simulation.chance import Chance
from tests.prove.simulation.clock import Clock, Process, instant_of
from tests.prove.simulation.database import Database, Transaction
from tests.prove.simulation.numbers.benefits import BenefitsUnit, Knowing
from tests.prove.simulation.numbers.check import Check, held_by_all
from tests.prove.simulation.numbers.claims import Assessing, ClaimsUnit, Follow
from tests.prove.simulation.numbers.courier import Apply, Courier, Subscription
from tests.prove.simulation.numbers.office import ACCIDENTS, Office, hash_of
from tests.prove.simulation.numbers.paying import Paying
from tests.prove.simulation.numbers.people import ERASED, NUMBERS
from tests.prove.simulation.numbers.service import Runner, Service, of_topic
from tests.prove.simulation.report import Report
from tests.prove.simulation.watch import Violation

ROUNDS = 3
ROUND_SECONDS = 14.0
PATIENCE_SECONDS = 120.0
# What is left for later than that is left for another day.
_SOON = timedelta(hours=1)
# Each kind, and how often it strikes where it could: of a thousand. A seed makes each of them rarer or more frequent.
KINDS = {
    "worker killed": 4,
    "worker stands still": 3,
    "statement fails": 3,
    "commit fails": 5,
    "commit happened, answer lost": 8,
    "commit did not happen, answer lost": 5,
    "database away": 1,
    "topic held back": 60,
    "key held back": 300,
    "read again from before": 80,
    "bank answers late": 300,
    "bank answers twice": 250,
    "bank returns a payment": 100,
    "nobody decides for long": 120,
    "a proposal comes to nothing": 250,
    "a split assigns lines": 250,
}


@dataclass(frozen=True)
class Wiring:
    """What is shipped, and what a broken run has in its place."""

    follow: Follow = follow_merge
    looks_again: bool = True
    follows_chains: bool = True
    knowing: Knowing = field(default_factory=Knowing)
    numbers_of_claims: Apply = registration.apply
    numbers_of_benefits: Apply = numbers_of_benefits.apply
    forget: Callable[[Any, Any], Coroutine[Any, Any, None]] = forget_person


SHIPPED = Wiring()


class World:
    """Everything of one run."""

    def __init__(self, seed: int, wiring: Wiring = SHIPPED, *, keep_trace: bool = False) -> None:
        self.seed = seed
        self.wiring = wiring
        self.clock = Clock(self._disturbance, keep_trace=keep_trace)
        self.chance = Chance(seed, self.clock.note, KINDS)
        self.points: Counter[str] = Counter()
        self.registration, self.claims, self.benefits = (
            Service(name, Database(self.clock, self.chance, name)) for name in ("registration", "claims", "benefits")
        )
        self.office = Office(self.registration, self.claims)
        held = lambda: held_by_all(self.benefits, self._now())  # noqa: E731 - asked at each file
        self.paying = Paying(self.benefits, self._of_benefits, self._start, held)
        self.asked = 0
        self.done = 0

    def run(self) -> Report:
        """Run to the end; the report says what was violated, if anything was."""
        violation, machine = "", business.system_now
        business.system_now = self._now
        try:
            self._begin()
            for number in range(ROUNDS):
                self._round(number)
        except Violation as reason:
            violation = str(reason)
            self.clock.note("VIOLATION", violation)
        finally:
            business.system_now = machine
            self.clock.close()
        return Report(
            *(self.seed, self.clock.steps, self.clock.now, self.clock.digest, self.chance.faults, self.points),
            counts=self._counts(),
            violation=violation,
            trace=self.clock.trace or [],
        )

    def _now(self) -> datetime:
        return instant_of(self.clock.now)

    def _round(self, number: int) -> None:
        """Amid faults first; then nothing goes wrong any more, until all is done that follows from what happened."""
        self.chance.quiet = False
        self._ask(number)
        self.clock.run(self.clock.now + ROUND_SECONDS)
        self.chance.quiet = True
        self.clock.note("world", f"nothing goes wrong any more in round {number}")
        begun = self.clock.now
        while open_points := list(self._open_points()):
            if self.clock.now - begun > PATIENCE_SECONDS:
                raise Violation(f"stuck: {open_points[0]}, and {len(open_points) - 1} more")
            self.clock.run(self.clock.now + 1.0)
        Check(self.registration, self.claims, self.benefits, self.paying).all_holds()

    def _ask(self, number: int) -> None:
        """What happens in a round: more accidents and people in the first, and merges, splits and files in each."""
        for officer in range(2):
            self._client(f"officer-{officer}", self.office.officer(f"{number}/{officer}", 2))
        self._client("employer", self.office.employer(f"{number}/files", 4))
        for person in NUMBERS if number == 0 else ():
            self._client(f"clerk-{person}", self.office.register(person))
        for person in ERASED[number : number + 1]:
            self._client(f"eraser-{person}", self.office.erase(person))
        for person in NUMBERS:
            if number < len(ACCIDENTS) and (number == 0 or self.chance.fraction() < 0.4):
                id_ = UUID(int=hash_of(f"{self.chance.below(9)}{person}/{number}"))
                self._client(f"reporter-{person}", self.office.accident(person, ACCIDENTS[number], id_))

    def _client(self, name: str, body: Coroutine[Any, Any, None]) -> None:
        async def through() -> None:
            await body
            self.done += 1

        self.asked += 1
        self._start(name, through(), 0.0)

    def _begin(self) -> None:
        for person in (*NUMBERS, *ERASED):
            self.benefits.database.table("payee")[party_of(person)] = 1
        for number in range(2):
            self._keep_up(f"claims-{number}", Runner(self.claims, self._of_claims, self._claims_handlers()).run)
            self._keep_up(f"settler-{number}", Runner(self.benefits, self._of_benefits, _HANDLERS).run)
            self._keep_up(f"freezer-{number}", self.paying.freeze_all)
        for reader, unit, said in self._subscriptions():
            self._keep_up(f"{reader.name}<{said.topic}", Courier(reader, unit, said).run)
            self._keep_up(f"{reader.name}<<{said.topic}", Courier(reader, unit, said, is_late=True).run)

    def _subscriptions(self) -> Iterator[tuple[Service, Callable[[Transaction], Any], Subscription]]:
        office, wiring = self.registration.database, self.wiring
        yield self.claims, self._of_claims, Subscription("registration", office, wiring.numbers_of_claims)
        yield self.claims, self._of_claims, Subscription("person.erased", office, FOLLOWER.apply)
        yield self.claims, self._of_claims, Subscription("contribution.received", office, contribution_received.apply)
        yield self.benefits, self._of_benefits, Subscription("registration", office, self._merges_alone)
        yield self.benefits, self._of_benefits, Subscription("person.erased", office, ERASED_OF_BENEFITS.apply)
        assessed = Subscription("claim.assessed", self.claims.database, claim_assessed.apply, claim_assessed.handle)
        yield self.benefits, self._of_benefits, assessed

    async def _merges_alone(self, events: Any, uow: Any) -> None:
        """Benefits uses three events of the topic."""
        if merges := [event for event in events if hasattr(event, "survivor")]:
            await self.wiring.numbers_of_benefits(merges, uow)

    def _of_claims(self, uow: Transaction) -> ClaimsUnit:
        wiring = self.wiring
        return ClaimsUnit(self.claims, uow, wiring.knowing.replaces, follows_chains=wiring.follows_chains)

    def _of_benefits(self, uow: Transaction) -> BenefitsUnit:
        return BenefitsUnit(self.benefits, uow, self.wiring.knowing)

    def _claims_handlers(self) -> dict[str, Callable[[Any, Any], Any]]:
        assessing = Assessing(self.wiring.follow, looks_again=self.wiring.looks_again)
        return {**assessing.handlers, "forget_person": self.wiring.forget}

    def _start(self, name: str, body: Coroutine[Any, Any, None], after: float) -> None:
        self.clock.spawn(Process(name, body), after)

    def _keep_up(self, name: str, make: Callable[[], Coroutine[Any, Any, None]], after: float = 0.0) -> None:
        """A process whose end a supervisor answers with a fresh one."""
        again = self.chance.between(0.5, 2.0)
        self.clock.spawn(Process(name, make(), lambda: self._keep_up(name, make, again)), after)

    def _disturbance(self, process: Process, at: str) -> float | None:
        """What happens to a process at a named point: nothing, a pause, or its end."""
        self.points[at] += 1
        self.clock.passed(process.name, at)
        if process.name.partition("-")[0] in _CLIENTS:
            return 0.0
        if self.chance.strikes("worker stands still", process.name):
            return self.chance.between(1.0, 9.0)
        if self.chance.strikes("worker killed", process.name):
            self.points[f"killed at {at}"] += 1
            return None
        return 0.0

    def _open_points(self) -> Iterator[str]:
        """What is not through yet."""
        if self.done < self.asked:
            yield f"{self.asked - self.done} clients are not answered yet"
        for reader, _, said in self._subscriptions():
            for key, rows in of_topic(said.owner, said.topic).items():
                if reader.database.table("read").get((said.topic, key), 0) < len(rows):
                    yield f"{reader.name} has not read all of {key} on {said.topic}"
        for service in (self.claims, self.benefits):
            for work, row in sorted(service.database.table("due").items()):
                if row.recheck or row.due_at < self._now() + _SOON:
                    yield f"{service.name} has not done {work}"
        yield from Check(self.registration, self.claims, self.benefits, self.paying).money_on_its_way()

    def _counts(self) -> Counter[str]:
        statements = self.registration.database.table("statement").values()
        stated = Counter(f"{each.what} {'counts' if each.counts else 'comes to nothing'}" for each in statements)
        money = Counter(line.transfer.reason.value for line in self.benefits.database.table("transfer").values())
        claims = Counter(f"claims {each.state}" for each in self.claims.database.table("claim").values())
        decisions = {"decisions": len(self.claims.database.table("decision"))}
        return Counter({**stated, **money, **claims, **decisions})


_HANDLERS: dict[str, Callable[[Any, Any], Any]] = {
    "settle_entitlement": settle_entitlement,
    "forget_person": let_go_of_accounts,
}
_CLIENTS = ("officer", "employer", "clerk", "eraser", "reporter", "bank")


def run(seed: int, wiring: Wiring = SHIPPED, *, keep_trace: bool = False) -> Report:
    """Run one seed."""
    return World(seed, wiring, keep_trace=keep_trace).run()
