"""One long run: traffic until there are enough events, kills all the while, then quiet, then the audit."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

import httpx

from deploy.local import story
from deploy.local.client import HttpClient
from deploy.local.officers import APPROVES, PROPOSES
from deploy.platform import PROCESSES, SERVICES
from tests.prove import platform_fixture
from tests.prove.long.audit import Audit
from tests.prove.long.killer import Killer, plan
from tests.prove.long.oracle import Account
from tests.prove.long.traffic import PATIENCE_S, Company
from tests.prove.long.watch import FAULTS, Watch, quiet, until
from tests.prove.partner import Partner
from tests.prove.platform_fixture import PlatformFixture

COMPANIES_AT_ONCE = 5
# When claims wait so long, no new company begins until they are through.
FULL_AFTER_S = 15.0
QUIET_PATIENCE_S = 180.0
REPORT_EVERY_S = 30.0
MOST_FAULTS = 20
_TYPES = "SELECT type, count(*) FROM outbox WHERE day IS NOT NULL GROUP BY type ORDER BY type"


@dataclass(frozen=True)
class Order:
    """What is asked of one run; `minutes` limits the traffic."""

    seed: int
    kills: int
    events: int
    minutes: float | None = None


@dataclass
class Outcome:
    """What one run came to. `stuck` was open a minute after the end of the faults; `waited_too_long` counts the claims
    that waited over a minute in sum, during the faults, while every process on their path was up."""

    seed: int
    events: int = 0
    kills: int = 0
    lost: int = 0
    doubled: int = 0
    stuck: int = 0
    waited_too_long: int = 0
    paid_sen: int = 0
    to_come_back_sen: int = 0
    due_sen: int = 0
    differing_sen: int = 0
    restarts_unasked: int = 0
    requests: int = 0
    repeated: int = 0
    longest_wait_s: float = 0.0
    longest_return_s: float = 0.0
    quiet_after_s: float = 0.0
    traffic_s: float = 0.0
    whole_s: float = 0.0
    killed: dict[str, int] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Whether nothing is lost, doubled, stuck, late or off by a sen."""
        wrong = (self.lost, self.doubled, self.stuck, self.waited_too_long, self.differing_sen, self.sentences)
        return not any(wrong)


class Run:
    """Drives one platform; everything random in it comes from the seed."""

    def __init__(self, platform: PlatformFixture, order: Order, write_line: Callable[[str], None]) -> None:
        self._platform, self._order, self._write_line = platform, order, write_line
        self._account = Account()
        self._client = HttpClient(platform.state)
        self._partner = Partner(self._client)
        kills = plan(Random(f"kills/{order.seed}"), order.kills)
        self._killer = Killer(platform, kills, self._progress)
        self._watch = Watch(platform, self._killer.away)
        self._begun = time.monotonic()
        self._next = 0
        self._killed = False
        self._faults: list[str] = []

    async def go(self) -> Outcome:
        """The whole run. A company that comes to grief is noted as wrong, and the others go on."""
        calm, seen = asyncio.Event(), asyncio.Event()
        try:
            for officer in (PROPOSES, APPROVES):
                await self._client.appoint(officer)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._watch.run(seen))
                reporting = tasks.create_task(self._report_now_and_then())
                killing = tasks.create_task(self._kill(calm))
                await asyncio.gather(*(tasks.create_task(self._drive()) for _ in range(COMPANIES_AT_ONCE)))
                calm.set()
                await killing
                traffic_s = time.monotonic() - self._begun
                self._write_line(f"{traffic_s:5.0f} s  the faults are over")
                quiet_after_s, left = await quiet(self._platform, QUIET_PATIENCE_S)
                reporting.cancel()
                await self._watch.look()
                seen.set()
            return await self._audited(traffic_s, quiet_after_s, left)
        finally:
            await self._partner.close()

    def _progress(self) -> float:
        share = self._watch.events / self._order.events
        if self._order.minutes is None:
            return share
        return max(share, (time.monotonic() - self._begun) / (self._order.minutes * 60))

    async def _enough(self) -> bool:
        """Whether there is no more traffic to be made: enough events and all kills done, or no time left."""
        minutes = self._order.minutes
        if minutes is not None and time.monotonic() - self._begun > minutes * 60:
            return True
        if len(self._faults) >= MOST_FAULTS:
            return True
        if self._progress() < 1 or not (self._killed or self._killer.done >= self._order.kills):
            return False
        try:
            return await self._watch.counted() >= self._order.events
        except FAULTS:
            return False

    async def _drive(self) -> None:
        """One company after another."""
        while not await self._enough():
            await until(lambda: self._watch.oldest_wait_s < FULL_AFTER_S, 0.5)
            self._next += 1
            seed, number, reported = self._order.seed, self._next, self._watch.reported
            try:
                await Company(seed, number, self._partner, self._account, reported).live()
            except (AssertionError, TimeoutError, httpx.HTTPError) as fault:
                self._faults.append(f"company {number} did not come to its end: {fault!r}")

    async def _kill(self, calm: asyncio.Event) -> None:
        try:
            await self._killer.run(calm)
        except AssertionError as fault:
            self._faults.append(f"the kills ended early: {fault!r}")
        finally:
            self._killed = True

    async def _report_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(REPORT_EVERY_S)
            watch, seconds = self._watch, time.monotonic() - self._begun
            self._write_line(
                f"{seconds:5.0f} s  {watch.events} events  {self._killer.done} kills  {self._next} companies  "
                f"{watch.open_claims} claims wait, longest ever {watch.longest_wait_s:.0f} s  "
                f"{self._partner.repeated} of {self._partner.sent} requests repeated"
            )

    async def _audited(self, traffic_s: float, quiet_after_s: float, left: Mapping[str, int]) -> Outcome:
        audit = Audit(self._platform, self._account)
        await audit.run()
        late = len(self._watch.stuck)
        said = [f"stuck: {count} of {what} a minute after the end of the faults" for what, count in left.items()]
        said += [f"late: {late} claims waited over a minute while their processes were up"] if late else []
        return Outcome(
            seed=self._order.seed,
            events=await self._watch.counted(),
            kills=self._killer.done,
            lost=audit.findings.lost,
            doubled=audit.findings.doubled,
            stuck=sum(left.values()),
            waited_too_long=late,
            paid_sen=audit.paid_sen,
            to_come_back_sen=audit.to_come_back_sen,
            due_sen=audit.due_sen,
            differing_sen=audit.differing_sen,
            restarts_unasked=self._restarts_unasked(),
            requests=self._partner.sent,
            repeated=self._partner.repeated,
            longest_wait_s=round(self._watch.longest_wait_s, 1),
            longest_return_s=round(self._killer.longest_s, 1),
            quiet_after_s=round(quiet_after_s, 1),
            traffic_s=round(traffic_s, 1),
            whole_s=round(time.monotonic() - self._begun, 1),
            killed=dict(sorted(self._platform.killed.items())),
            done=dict(sorted(self._account.kinds.items())) | {"contribution lines": len(self._account.lines)},
            types=await self._types(),
            sentences=[*self._faults, *audit.findings.sentences, *said],
        )

    def _restarts_unasked(self) -> int:
        children, killed = self._platform.children, self._platform.killed
        return sum(max(0, children[each.name]["failures"] - killed[each.name]) for each in PROCESSES)

    async def _types(self) -> dict[str, int]:
        counted: Counter[str] = Counter()
        for service in SERVICES:
            counted.update({row["type"]: row["count"] for row in await self._platform.fetch(service, _TYPES)})
        return dict(sorted(counted.items()))


def run(order: Order, write_line: Callable[[str], None]) -> Outcome:
    """Start a platform of its own for this run, and take it away afterwards."""
    # Officers go on looking while what they wait for is killed.
    story.PATIENCE_SECONDS = PATIENCE_S
    with platform_fixture.platform() as platform:
        write_line(f"seed {order.seed}: the platform runs; {order.events} events and {order.kills} kills are to come")
        return asyncio.run(Run(platform, order, write_line).go())
