"""The broker away, and each database away, under traffic.

Each test ends with the invariants of the whole platform: nothing lost, doubled or stuck over 60 s, and all to the sen.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
import pytest

from deploy.local.state import identity_in
from deploy.local.supervisor import held_back
from deploy.platform import SERVICES
from tests.prove.conftest import Show
from tests.prove.invariants import ended_right
from tests.prove.members import worker_of
from tests.prove.partner import Answer
from tests.prove.platform_fixture import PlatformFixture
from tests.prove.republisher import Republisher
from tests.prove.story_runner import CHAPTERS, StoryRunner
from tests.prove.traffic import STUCK_S, Traffic, run_before, traffic, within

OUTAGE_S = 30.0
# The next database goes before the last is back: two at a time are away.
STAGGER_S = 15.0
# A request on its way when its database goes may still be answered by it, and a pool takes a moment to find it back.
EDGE_S = 2.0
PULSE_S = 10.0
# The chapter that comes to a request of this service at once; fresh stories do so for the other two.
ASKED_IN = {"claims": 3, "rehab": 6, "jobs": 7}
HAVE_MUCH_TO_SAY = {"registration", "claims"}
UNAVAILABLE = (503, "database_unavailable")

pytestmark = pytest.mark.timeout(1200)


async def test_with_the_broker_away_every_write_is_taken_and_all_converges_afterwards(
    platform: PlatformFixture, show: Show
) -> None:
    begun = time.monotonic()
    runners = await run_before(platform, range(1, CHAPTERS + 1))
    async with traffic(platform, every=4) as stories:
        with held_back(platform.state, "kafka"):
            killed, lines, away = platform.kill("kafka"), _lines(platform), time.monotonic()
            for runner in runners:
                stories.begin(runner)
            await asyncio.sleep(OUTAGE_S)
            assert identity_in(platform.children["kafka"]) is None, "the broker was not away"
            # Not `update`: that of a Counter adds.
            lines = _lines(platform) - lines
            back = time.monotonic()
        started = await platform.until_running_again("kafka", killed)
    seconds = await stories.all_ended()
    writes = [answer for answer in within(stories.answers, away, back) if answer.is_write]
    taken = Counter(answer.service for answer in writes if answer.is_success)
    rows = [(service, taken[service], f"{lines[worker_of(service).name] / OUTAGE_S:.1f}") for service in SERVICES]
    show("broker away for 30 s|writes taken|lines a second in the worker's log", rows)
    assert [answer for answer in writes if not answer.is_success] == []
    assert set(taken) == set(SERVICES)
    assert max(lines[worker_of(service).name] for service in SERVICES) < OUTAGE_S * 5
    await ended_right(platform)
    summary = (len(stories.runs), f"{started:.1f}", f"{seconds:.1f}", f"{time.monotonic() - begun:.0f}")
    show("stories|broker ready after, s|last ended after that, s|seconds", [summary])


def _lines(platform: PlatformFixture) -> Counter[str]:
    """How many lines each worker has logged, but for those of what it decided: an outage floods the others."""
    names = [worker_of(service).name for service in SERVICES]
    logs = {name: (platform.state.logs / f"{name}.log").read_bytes().splitlines() for name in names}
    return Counter({name: sum(b"jaring.decisions" not in line for line in lines) for name, lines in logs.items()})


@dataclass
class Outage:
    """A database that is surely away from shortly after ``begun`` until ``ended``, and back when it is ``over``."""

    service: str
    begun: float = 0.0
    ended: float = 0.0
    over: float = 0.0

    def judged(self, answers: Sequence[Answer]) -> list[Answer]:
        """What its service answered while it was surely away."""
        return [a for a in within(answers, self.begun + EDGE_S, self.ended) if a.service == self.service]

    def concerns(self, answer: Answer) -> bool:
        """Whether an answer may have been touched by it."""
        return answer.service == self.service and answer.at > self.begun and answer.sent_at < self.over + EDGE_S


@dataclass
class Outages:
    """All the outages of a run, and the writes that were tried at every service meanwhile."""

    platform: PlatformFixture
    republisher: Republisher
    stories: Traffic
    runners: Mapping[str, StoryRunner]
    all: list[Outage] = field(default_factory=list)
    pulses: "list[asyncio.Task[None]]" = field(default_factory=list)

    async def one(self, service: str, after: float) -> None:
        """Take a database away for the time of an outage, after a while."""
        await asyncio.sleep(after)
        async with _away(self.platform, service):
            outage = Outage(service, time.monotonic())
            self.all.append(outage)
            if service in self.runners:
                self.stories.begin(self.runners[service])
            await asyncio.sleep(OUTAGE_S)
            # Before anybody is let in again: that is not done in an instant.
            outage.ended = time.monotonic()
        outage.over = time.monotonic()

    async def pulse(self) -> None:
        """A write at every service every few seconds, until cancelled; each is repeated until it is answered."""
        while True:
            self.pulses += [asyncio.create_task(self.republisher.republish(service)) for service in SERVICES]
            await asyncio.sleep(PULSE_S)

    def failures(self, answers: Sequence[Answer]) -> list[Answer]:
        """What failed although its service's database was there."""
        return [a for a in answers if not a.is_success and not any(outage.concerns(a) for outage in self.all)]


async def test_with_a_database_away_its_api_says_so_and_the_other_services_go_on(
    platform: PlatformFixture, show: Show
) -> None:
    begun = time.monotonic()
    runners = await run_before(platform, ASKED_IN.values())
    async with traffic(platform, every=5) as stories:
        republisher = Republisher(platform)
        before = {service: await republisher.runs(service) for service in SERVICES}
        outages = Outages(platform, republisher, stories, dict(zip(ASKED_IN, runners, strict=True)))
        pulsing = asyncio.create_task(outages.pulse())
        await asyncio.gather(*(outages.one(service, number * STAGGER_S) for number, service in enumerate(SERVICES)))
        pulsing.cancel()
    seconds = await stories.all_ended()
    await asyncio.gather(*outages.pulses)
    _judge(outages, stories, show)
    await _once_for_each_key(outages.republisher, before)
    await ended_right(platform)
    summary = (len(stories.runs), len(outages.pulses), f"{seconds:.1f}", f"{time.monotonic() - begun:.0f}")
    show("stories|writes beside them|last ended after it, s|seconds", [summary])


async def _once_for_each_key(republisher: Republisher, before: Mapping[str, set[str]]) -> None:
    """A repeat that was done a second time would have made a run that nobody was promised."""
    end = time.monotonic() + STUCK_S
    for service in SERVICES:
        promised = republisher.promised[service]
        made = await republisher.runs(service) - before[service]
        # The others may have had nothing to state yet, and a run without an event leaves no trace.
        while service in HAVE_MUCH_TO_SAY and made < promised and time.monotonic() < end:
            await asyncio.sleep(0.5)
            made = await republisher.runs(service) - before[service]
        assert made <= promised, f"{service} did a repeated request again"
        assert service not in HAVE_MUCH_TO_SAY or made == promised, f"{service} has lost a request"


def _judge(outages: Outages, stories: Traffic, show: Show) -> None:
    """Each outage by what was answered in it; shows the table first."""
    answers = [*stories.answers, *outages.republisher.partner.answers]
    rows, wrong = [], []
    for outage in outages.all:
        own = outage.judged(answers)
        others = [a for a in within(answers, outage.begun, outage.ended) if a.service != outage.service]
        refused = [a for a in own if (a.status, a.code) == UNAVAILABLE]
        rows.append((outage.service, len(refused), len(own), sum(a.is_success for a in others), len(others)))
        wrong += [a for a in own if a not in refused]
        assert [a for a in refused if a.is_write], f"no write was tried while the database of {outage.service} was away"
    show("database away for 30 s|answered 503|of|others answered 2xx|of (the next one's outage included)", rows)
    assert wrong == [], "something else than 503 database_unavailable"
    assert outages.failures(answers) == []


@asynccontextmanager
async def _away(platform: PlatformFixture, service: str) -> AsyncIterator[None]:
    """Nobody has a connection to the database, and nobody gets one."""
    connection = await asyncpg.connect(platform.postgres.url("postgres"), timeout=10)
    try:
        await connection.execute(f"ALTER DATABASE {service} WITH ALLOW_CONNECTIONS false")
        await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", service)
        yield
    finally:
        await connection.execute(f"ALTER DATABASE {service} WITH ALLOW_CONNECTIONS true")
        await connection.close()
