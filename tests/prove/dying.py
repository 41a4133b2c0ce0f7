"""A service whose processes die at each point of what is done and are begun again, in the place of one under test.

Before a request is answered, a due command is run, a record is read or messages are sent, processes of their own do
just that and die by SIGKILL at each point in turn (tests/prove/victims.py). Then it is done: the sender repeats its
request under the same key, the next worker goes on. At each point of each route, kind of due work and topic one dies
once; ``died`` has them all.
"""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from shared.contracts.envelope import Event
from shared.kernel.clock import now, system_now
from shared.kernel.failpoints import FAILPOINTS, aimed
from shared.kernel.identifiers import new_id
from shared.messaging.received import Received
from shared.process.crashes import crash_file
from shared.testing.records import received
from shared.testing.service import PURPOSE, ServiceUnderTest, environment

ROOT = Path(__file__).resolve().parents[2]


def points(kind: str, *but: str) -> tuple[str, ...]:
    """The points of a kind, in the order in which they are passed."""
    return tuple(each for each in FAILPOINTS if each.startswith(f"{kind}.") and each not in but)


REQUEST, READING, DUE, MESSAGE = points("request"), points("reading"), points("due"), points("message")
# Those of a batch; what fetches it and keeps offsets is no part of it.
BATCH = points("consumer", "consumer.fetched", "consumer.offsets_committed")
_DUE_NOW = "SELECT DISTINCT kind FROM due_work WHERE failed IS NULL AND due_at <= $1 ORDER BY kind"


@dataclass
class VictimStarter:
    """The process of which those are forked that die."""

    process: "subprocess.Popen[str]"
    log: Path

    async def ended(self, order: Mapping[str, Any]) -> Mapping[str, int]:
        """How a process ended that did what is ordered."""
        return await asyncio.to_thread(self._ended, json.dumps(order))

    def _ended(self, line: str) -> Mapping[str, int]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        told = self.process.stdout.readline()
        assert told, self.log.read_text()[-3000:]
        found: Mapping[str, int] = json.loads(told)
        return found


@contextmanager
def victim_starter(folder: Path) -> Iterator[VictimStarter]:
    """Start it, and end it with the block."""
    log = folder / "victims.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "tests.prove.victims"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            yield VictimStarter(process, log)
        finally:
            process.kill()


@dataclass
class Dying(ServiceUnderTest):
    """A service under test whose processes die first; ``died`` are route, kind or topic, and the point."""

    starter: VictimStarter = field(kw_only=True)
    folder: Path = field(kw_only=True)
    died: set[tuple[str, str]] = field(default_factory=set)
    # Where nobody came to: what was refused passes no point of a request.
    passed_by: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, service: ServiceUnderTest, starter: VictimStarter, folder: Path) -> "Dying":
        """The same service."""
        parts = (service.app, service.worker, service.database, service.issuer)
        return cls(*parts, starter=starter, folder=folder)

    async def call(self, method: str, path: str, *, key: str | None = None, **more: Any) -> httpx.Response:
        """The answer to a request at which a process has died at each point, sent again as it was."""
        key = key or str(new_id())
        headers = self._headers(
            key, **{name: more.get(name) for name in ("scopes", "party", "role", "subject", "office")}
        )
        headers |= more.get("headers") or {}
        about = f"{method} {_route(path)}"
        told = {"method": method, "path": path, "headers": headers, "content": _content(more)}
        # A request that passes none of these is done by who was to die at it: one that keeps no answer is a reading.
        for point in READING if method == "GET" else REQUEST:
            if method != "GET" or (about, point) not in self.passed_by:
                await self._dies(about, point, "api", "request", point, told)
        answer = await super().call(method, path, key=key, **more)
        if answer.is_success and method != "GET":
            assert {(about, point) for point in REQUEST} <= self.died, f"{about} passed no point"
        return answer

    async def consume_batch(self, records: Sequence[Event | Received]) -> None:
        """Read them, when a process has died amid them at each point."""
        readings = [each if isinstance(each, Received) else received(each) for each in records]
        topic = readings[0].raw.topic
        told = {"records": [_record(each) for each in readings]}
        for point in BATCH:
            await self._dies(topic, point, "worker", "consume", aimed(point, topic), told)
        await super().consume_batch(readings)

    async def work_off(self) -> int:
        """Run what is due, when a process has died at each point of each kind of it."""
        while kinds := [kind for kind in await self._due() if (kind, DUE[-1]) not in self.died]:
            for point in DUE:
                await self._dies(kinds[0], point, "worker", "due", aimed(point, kinds[0]), {})
        return await super().work_off()

    async def send_messages(self, gateway: str, key: bytes, point: str) -> bool:
        """Hand over what is due to a gateway in a process that dies at this point; whether it did."""
        told = {"gateway": gateway, "key": key.hex()}
        return await self._dies("messages", point, "worker", "send", point, told)

    async def count(self, timer: str) -> None:
        """A timer does its work, and its process dies before that is committed."""
        ended = await self.starter.ended({**self._order("worker", "timer"), "timer": timer})
        assert ended == {"signal": signal.SIGKILL}, f"{timer}: {ended}\n{self._said()}"

    async def _due(self) -> list[str]:
        async with self.database.connection() as connection:
            rows = await connection.fetch(_DUE_NOW, now())
        commands = {each for each in self.worker.runner._handlers if each not in self.worker.runner._every}
        return [row["kind"] for row in rows if row["kind"] in commands]

    async def _dies(self, about: str, point: str, process: str, does: str, armed: str, told: Mapping[str, Any]) -> bool:
        """Whether a process that does this has died at a point now; once for each."""
        if (about, point) in self.died:
            return False
        file = crash_file(self.folder, f"{self.worker.settings.service}-{process}", armed)
        file.touch()
        ended = await self.starter.ended({**self._order(process, does), **told})
        is_reached = not file.exists()
        file.unlink(missing_ok=True)
        assert is_reached == (ended.get("signal") == signal.SIGKILL), f"{about}@{point}: {ended}\n{self._said()}"
        assert is_reached or ended == {"code": 0}, f"{about}@{point}: {ended}\n{self._said()}"
        (self.died if is_reached else self.passed_by).add((about, point))
        return is_reached

    def _order(self, process: str, does: str) -> dict[str, Any]:
        settings = environment(self.issuer, self.database.url(process), "127.0.0.1:1", "")
        settings["failpoints"] = str(self.folder)
        ahead = (now() - system_now()).total_seconds()
        return {"service": self.worker.settings.service, "does": does, "settings": settings, "ahead_s": ahead}

    def _said(self) -> str:
        return self.starter.log.read_text()[-3000:]

    def _headers(self, key: str, **caller: Any) -> dict[str, str]:
        party, role = caller["party"] or "organisation:1", caller["role"] or "officer"
        about = {"party": party, "role": role, "client_id": caller["subject"] or party, "office": caller["office"]}
        token = self.issuer.lasting(caller["scopes"] or (), **about)
        return {"authorization": f"Bearer {token}", "idempotency-key": key, "purpose": PURPOSE}


def _route(path: str) -> str:
    """The path with marks in the place of ids."""
    parts = path.partition("?")[0].split("/")
    return "/".join("{}" if any(map(str.isdigit, part)) and part != "v1" else part for part in parts)


def _content(more: Mapping[str, Any]) -> Mapping[str, Any]:
    if "content" in more:
        return {"bytes": more["content"].hex()}
    return {name: more[name] for name in ("json", "params") if more.get(name) is not None}


def _record(reading: Received) -> Mapping[str, str]:
    payload = reading.event.data()
    return {"type": reading.event.type(), "payload": payload.decode(), "id": str(reading.envelope.id)}
