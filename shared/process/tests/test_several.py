"""Several processes of an API: one port for all, one for each, a crash that nobody notices, and an end in peace."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from types import SimpleNamespace

import httpx
import psutil
import pytest

from deploy.local.ports import free_ports
from shared.process import several
from shared.process.several import MOST_FAILURES, listeners
from shared.process.tests.test_settings import GOOD
from shared.testing.service import eventually

COUNT = 2


@dataclass
class Api:
    """The process that starts the others, and how it is asked."""

    parent: asyncio.subprocess.Process
    port: int

    @property
    def own(self) -> list[int]:
        return [self.port + 1 + number for number in range(COUNT)]

    @property
    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.parent.pid).children()

    async def ask(self, port: int, path: str = "/pid") -> httpx.Response:
        """Over a connection of its own."""
        async with httpx.AsyncClient(timeout=120) as client:
            return await client.get(f"http://127.0.0.1:{port}{path}")

    async def refuses(self, port: int) -> bool:
        """Whether nobody listens there."""
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            return True
        writer.close()
        return False

    async def all_refuse(self) -> bool:
        """Whether nobody listens anywhere."""
        return all([await self.refuses(port) for port in (self.port, *self.own)])

    async def pid(self, port: int) -> int:
        return int((await self.ask(port)).json())

    async def ends(self) -> int:
        """The exit code."""
        return await asyncio.wait_for(self.parent.wait(), 120)


@asynccontextmanager
async def started(*arguments: str) -> AsyncIterator[Api]:
    port = free_ports(1 + COUNT)
    several = {"HTTP_PORT": port, "HTTP_PROCESSES": COUNT, "METRICS_PORT": port + 1, "ENVIRONMENT": "test"}
    changes = {f"JARING_{name}": str(value) for name, value in several.items()}
    command = (sys.executable, "-m", "shared.process.tests.several_app", *arguments)
    output = asyncio.subprocess.DEVNULL
    parent = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **GOOD, **changes}, stdout=output, stderr=output
    )
    api = Api(parent, port)
    try:
        yield api
    finally:
        children = api.children if parent.returncode is None else []
        if parent.returncode is None:
            parent.kill()
            await parent.wait()
        for child in children:
            if child.is_running():
                child.kill()


@asynccontextmanager
async def answering(*arguments: str) -> AsyncIterator[Api]:
    async with started(*arguments) as api:

        async def all_answer() -> bool:
            try:
                return len({await api.pid(port) for port in api.own}) == COUNT
            except httpx.TransportError:
                return False

        await eventually(all_answer, within=60)
        yield api


async def test_all_answer_on_one_port_and_each_on_its_own() -> None:
    async with answering() as api:
        pids = {await api.pid(port) for port in api.own}
        assert pids == {child.pid for child in api.children}
        seen = {await api.pid(api.port) for _ in range(60)}
        assert seen == pids


async def test_each_counts_what_it_answered_itself() -> None:
    async with answering() as api:
        first, second = api.own
        counted = 'jaring_http_requests_total{method="GET",route="/pid",status="200"}'

        async def count(port: int) -> float:
            page = (await api.ask(port, "/metrics")).text
            return next(float(line.rpartition(" ")[2]) for line in page.splitlines() if line.startswith(counted))

        before = await count(second)
        for _ in range(3):
            await api.pid(first)
        assert await count(first) >= 3
        assert await count(second) == before


async def test_one_that_crashes_is_replaced_and_no_request_is_refused_meanwhile() -> None:
    async with answering() as api:
        gone, other = [await api.pid(port) for port in api.own]
        os.kill(gone, signal.SIGKILL)
        answers = await asyncio.gather(*(api.pid(api.port) for _ in range(30)))
        successor = await api.pid(api.own[0])
        assert successor not in (gone, other)
        assert set(answers) <= {successor, other}
        assert await api.pid(api.own[1]) == other


@asynccontextmanager
async def at_work(folder: Path) -> AsyncIterator[tuple[Api, "list[asyncio.Task[httpx.Response]]"]]:
    """An API of which each process was asked for something that it answers once the gate is open."""
    async with answering(f"in={folder}") as api:
        asked = [asyncio.create_task(api.ask(port, "/waiting")) for port in api.own]

        async def all_wait() -> bool:
            return set(os.listdir(folder)) == {str(child.pid) for child in api.children}

        await eventually(all_wait, within=60)
        yield api, asked


async def test_told_to_stop_all_end_when_they_have_answered(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (api, asked):
        children = api.children
        api.parent.terminate()
        await eventually(api.all_refuse, within=30)
        (tmp_path / "gate").touch()
        assert [answer.status_code for answer in await asyncio.gather(*asked)] == [200, 200]
        assert await api.ends() == 0
        assert not any(child.is_running() for child in children)


async def test_told_to_stop_they_let_nobody_in_who_would_be_cut(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (api, asked):
        api.parent.terminate()
        await eventually(api.all_refuse, within=30)
        assert not any(each.done() for each in asked), "refused only when all was over"
        (tmp_path / "gate").touch()
        assert [answer.status_code for answer in await asyncio.gather(*asked)] == [200, 200]


async def test_they_do_not_outlive_the_one_that_started_them() -> None:
    async with answering() as api:
        children = api.children
        api.parent.kill()
        await api.parent.wait()

        async def are_gone() -> bool:
            return not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)

        await eventually(are_gone)


async def test_when_they_do_not_start_the_whole_ends() -> None:
    async with started("all end") as api:
        assert await api.ends() == 1


async def test_while_one_answers_the_whole_goes_on_however_often_another_ends() -> None:
    async with started("others end") as api:
        seen: set[int] = set()

        async def ended_often() -> bool:
            seen.update(child.pid for child in api.children)
            return len(seen) > 2 * MOST_FAILURES

        await eventually(ended_often, within=60)
        first = await api.pid(api.own[0])
        assert first in seen
        assert await api.pid(api.own[0]) == first


async def test_told_to_stop_they_end_though_one_is_to_be_started_in_an_hour() -> None:
    async with started("others end", "an hour") as api:

        async def one_is_left() -> bool:
            try:
                return [await api.pid(api.own[0])] == [child.pid for child in api.children]
            except httpx.TransportError:
                return False

        await eventually(one_is_left, within=60)
        api.parent.terminate()
        assert await api.ends() == 0


@dataclass
class Timeline:
    """A clock, signals and processes in the place of the real ones: each place's live so long, the last of them for all
    that follow."""

    lives: Sequence[Sequence[float]]
    told_to_stop: float
    now: float = 0.0
    started: list[tuple[float, int]] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)

    def start(self, place: int) -> "Lives":
        before = [number for _, number in self.started].count(place)
        lives = self.lives[place]
        self.started.append((self.now, place))
        self.ends.append(self.now + lives[min(before, len(lives) - 1)])
        return Lives(self, self.ends[-1])

    def sigwait(self, heard: set[signal.Signals]) -> int | None:
        found = self.sigtimedwait(heard, inf)
        return None if found is None else int(found.si_signo)

    def sigtimedwait(self, _: set[signal.Signals], seconds: float) -> SimpleNamespace | None:
        to_come = [each for each in (self.told_to_stop, *self.ends) if each > self.now]
        happens = min(to_come)
        self.now = min(happens, self.now + seconds)
        if self.now < happens:
            return None
        return SimpleNamespace(si_signo=signal.SIGTERM if happens == self.told_to_stop else signal.SIGCHLD)


@dataclass
class Lives:
    """A process of the timeline."""

    timeline: Timeline
    ends: float
    exitcode: int = 1

    def is_alive(self) -> bool:
        return self.timeline.now < self.ends

    def terminate(self) -> None:
        self.ends = self.timeline.now

    kill = terminate

    def join(self, _: float = 0) -> None:
        assert not self.is_alive()


def in_time(timeline: Timeline, monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of as many processes as have lives."""
    named = {name: getattr(signal, name) for name in ("SIGCHLD", "SIG_BLOCK")}
    heard = {"sigwait": timeline.sigwait, "sigtimedwait": timeline.sigtimedwait, "pthread_sigmask": lambda *_: None}
    monkeypatch.setattr(several, "signal", SimpleNamespace(**named, **heard))
    monkeypatch.setattr(several, "time", SimpleNamespace(monotonic=lambda: timeline.now))
    sockets = [(socket.socket(),) for _ in timeline.lives]
    monkeypatch.setattr(several.Several, "_start", lambda _, own: timeline.start(sockets.index(own)))
    return several.Several(sockets, lambda _: None).run()


def test_one_that_crashes_is_started_at_once_while_another_waits_to_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second ends half a second after each of its starts, and is started a second after each of its ends."""
    timeline = Timeline([(20.75, 100), (0.5,)], told_to_stop=22.25)
    assert in_time(timeline, monkeypatch) == 0
    assert [at for at, place in timeline.started if place == 0] == [0, 20.75]
    assert [at for at, place in timeline.started if place == 1] == [1.5 * number for number in range(15)]
    assert timeline.now == 22.25


def test_when_all_end_young_five_times_in_a_row_the_whole_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    timeline = Timeline([(0.5,), (0.25,)], told_to_stop=1000)
    assert in_time(timeline, monkeypatch) == 1
    assert [at for at, place in timeline.started if place == 0] == [1.5 * number for number in range(5)]


def test_one_that_lives_on_after_it_ended_young_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first does not start for a while; the second, which does no more later on, does not end the whole."""
    timeline = Timeline([(0.5, 0.5, 0.5, 0.5, 0.5, 100), (14, 0.5)], told_to_stop=60)
    assert in_time(timeline, monkeypatch) == 0


def test_a_port_that_is_taken_stops_the_start() -> None:
    port = free_ports(2)
    with closing(socket.create_server(("127.0.0.1", port + 1))), pytest.raises(OSError, match="in use"):
        listeners("127.0.0.1", port, [port + 1])


def test_a_port_that_another_api_shares_among_its_processes_stops_the_start() -> None:
    port = free_ports(3)
    with ExitStack() as held:
        for own in listeners("127.0.0.1", port, [port + 1]):
            for each in own:
                held.enter_context(each)
        with pytest.raises(OSError, match="in use"):
            listeners("127.0.0.1", port, [port + 2])
