"""One run: a seed, the wiring, and the world that both make."""

from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from tests.prove.simulation.bank import Bank
from tests.prove.simulation.broker import TOPICS, Group, Log
from tests.prove.simulation.chance import Chance
from tests.prove.simulation.clock import Clock, Process, Wait
from tests.prove.simulation.database import Database, TransientError
from tests.prove.simulation.member import Member, Poison, Quarantine
from tests.prove.simulation.owner import Connection, RelayProcess, Writer
from tests.prove.simulation.payer import Payer
from tests.prove.simulation.report import Report
from tests.prove.simulation.watch import Violation, Watch
from tests.prove.simulation.wiring import SHIPPED, Wiring

FAULTS_UNTIL = 25.0
MENDED_AT = 30.0
PATIENCE_SECONDS = 150.0
WRITERS = 3
REQUESTS = 9
MEMBERS = ("member-0", "member-1")
# An event that ends the process is parked after ATTEMPTS. A record that was alone in flight each time that a process
# was killed for other reasons, or before an interrupted attempt was given back, would be taken for one.
MOST_KILLS_WITH_ONE_IN_FLIGHT = 1


class World:
    """Everything of one run."""

    def __init__(self, seed: int, wiring: Wiring = SHIPPED, *, keep_trace: bool = False) -> None:
        self.seed = seed
        self.clock = Clock(self._disturbance, keep_trace=keep_trace)
        self.chance = Chance(seed, self.clock.note)
        self.owner = Database(self.clock, self.chance, "owner")
        self.consumer = Database(self.clock, self.chance, "consumer")
        self.watch = Watch(self.owner, self.consumer)
        self.log = Log(self.clock, self.chance, self.watch.appended)
        self.watch.log = self.log.entries
        self.group = Group(self.log, MEMBERS, self.watch.told)
        self.watch.committed = self.group.committed
        self.quarantine = Quarantine()
        self.points: Counter[str] = Counter()
        self._wiring = wiring
        self._holders: list[Connection] = []
        self._members: dict[str, Member] = {}
        self._kills: Counter[tuple[str, int, int]] = Counter()
        self.bank = Bank(self.consumer, Payer(self.consumer, wiring), self._start)

    def run(self) -> Report:
        """Run to the end; the report says what was violated, if anything was."""
        violation = ""
        try:
            self._begin()
            self.clock.run(FAULTS_UNTIL)
            self.chance.quiet = True
            self.clock.note("world", "nothing goes wrong any more")
            self.clock.run(MENDED_AT)
            self.quarantine.mended = True
            self._run_until_done()
            self.watch.check_end()
            self.bank.check_end(self._owed())
        except Violation as reason:
            violation = str(reason)
            self.clock.note("VIOLATION", violation)
        finally:
            self.clock.close()
        trace = self.clock.trace or []
        return Report(
            seed=self.seed,
            steps=self.clock.steps,
            seconds=self.clock.now,
            digest=self.clock.digest,
            faults=self.chance.faults,
            points=self.points,
            counts=self._counts(),
            violation=violation,
            trace=trace,
        )

    def _begin(self) -> None:
        for number in range(WRITERS):
            self._start(f"writer-{number}", Writer(f"w{number}", self.owner, self.watch, REQUESTS).run())
        for number in range(2):
            self._keep_up(f"relay-{number}", self._relay)
            self._keep_up(f"settler-{number}", lambda _: Payer(self.consumer, self._wiring).settle_all())
            self._keep_up(f"freezer-{number}", lambda _: Payer(self.consumer, self._wiring).freeze_all())
        for name in MEMBERS:
            self._keep_up(name, self._member)
        self._start("bank", self.bank.run())
        self._keep_up("operator", self._operate)

    def _relay(self, name: str) -> Coroutine[Any, Any, None]:
        return RelayProcess(name, self.owner, self.log, self._wiring, self._holders).run()

    def _member(self, name: str) -> Coroutine[Any, Any, None]:
        member = self._members[name] = Member(
            name, self.consumer, self.group, self.watch, self._wiring, self.quarantine
        )
        return member.run()

    def _start(self, name: str, body: Coroutine[Any, Any, None], after: float = 0.0) -> None:
        self.clock.spawn(Process(name, body), after)

    def _keep_up(self, name: str, make: Callable[[str], Coroutine[Any, Any, None]], after: float = 0.0) -> None:
        """A process whose end a supervisor answers with a fresh one."""
        again = self.chance.between(0.5, 2.0)
        self.clock.spawn(Process(name, make(name), lambda: self._keep_up(name, make, again)), after)

    async def _operate(self, _: str) -> None:
        """A person who replays what is parked: too early now and then, and again until nothing is."""
        operator = Member("operator", self.consumer, self.group, self.watch, self._wiring, self.quarantine)
        while True:
            await Wait(3.0)
            if not self.quarantine.mended and not self.chance.strikes("replay before it is mended"):
                continue
            for topic in TOPICS:
                try:
                    await operator.replay(topic)
                except (Poison, TransientError):
                    continue

    def _run_until_done(self) -> None:
        while open_points := list(self._open_points()):
            if self.clock.now > PATIENCE_SECONDS:
                raise Violation(f"stuck: {open_points[0]}, and {len(open_points) - 1} more")
            self.clock.run(self.clock.now + 1.0)

    def _open_points(self) -> Iterator[str]:
        yield from self.watch.open_points()
        yield from self.bank.open_points()
        if len(self.watch.answered) < WRITERS * REQUESTS:
            yield "writers are not answered yet"

    def _disturbance(self, process: Process, at: str) -> float | None:
        """What happens to a process at a named point: nothing, a pause, or its end."""
        self.points[at] += 1
        self.clock.passed(process.name, at)
        kind = {"relay": "relay", "member": "consumer"}.get(process.name.partition("-")[0], "worker")
        if process.name.startswith(("writer", "bank")):
            return 0.0
        if self.chance.strikes(f"{kind} stands still", process.name):
            return self.chance.between(1.0, 12.0)
        if self._is_killed(process.name, f"{kind} killed"):
            self.points[f"killed at {at}"] += 1
            return None
        return 0.0

    def _is_killed(self, name: str, kind: str) -> bool:
        member = self._members.get(name)
        alone = member.alone if member is not None else None
        if alone is not None and self._kills[alone] >= MOST_KILLS_WITH_ONE_IN_FLIGHT:
            return False
        if not self.chance.strikes(kind, name):
            return False
        if alone is not None:
            self._kills[alone] += 1
        return True

    def _owed(self) -> dict[int, int]:
        rows = self.owner.table("stream").items()
        return {claim: amount_sen for (topic, claim), (_, amount_sen) in rows if topic == "decided"}

    def _counts(self) -> Counter[str]:
        tables = self.consumer.table
        return Counter(
            {
                "events": len(self.owner.table("outbox")),
                "records": sum(map(len, self.log.entries.values())),
                "reactions": len(tables("reaction")),
                "heartbeats": len(self.watch.heartbeats),
                "parked": len(tables("dead_letters")),
                "payments": len(tables("payment")),
                "bank files": len(tables("file")),
            }
        )


def run(seed: int, wiring: Wiring = SHIPPED, *, keep_trace: bool = False) -> Report:
    """Run one seed."""
    return World(seed, wiring, keep_trace=keep_trace).run()
