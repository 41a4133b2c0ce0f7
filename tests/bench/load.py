"""A client that costs little: requests made beforehand, sent over a few connections, answers only counted and timed.

It shares the machine with what it measures, so it parses no more of an answer than its end, and states what it used.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self, cast
from urllib.parse import urlsplit

CONNECTIONS = 16
HEAD_ENDS, LENGTH = b"\r\n\r\n", b"content-length:"
STATUS = slice(9, 12)


@dataclass
class Answers:
    """What came back: when each request was due and when it was answered, seconds in all, and the client's own."""

    due: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    own_seconds: float = 0.0
    first_refusal: bytes = b""
    last: bytes = b""

    @property
    def count(self) -> int:
        """How many requests were answered."""
        return len(self.ended)

    @property
    def milliseconds(self) -> list[float]:
        """From when a request was due to its answer."""
        return [(ended - due) * 1000 for due, ended in zip(self.due, self.ended, strict=True)]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.count / self.seconds

    @property
    def own_milliseconds(self) -> float:
        """Processor time of the client itself, for a request."""
        return self.own_seconds / self.count * 1000

    def must_be(self, status: int) -> Self:
        """Itself; raises Refused where an answer has another status: its rate would be that of something else."""
        if set(self.statuses) != {str(status)}:
            raise Refused(f"not all answers are {status}: {dict(self.statuses)}; {self.first_refusal[:600].decode()}")
        return self


class Refused(RuntimeError):
    """The server did not do what was asked for."""


class _Connection(asyncio.Protocol):
    """One request at a time: the future of its whole answer."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport
        self._answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's own class, which derives from none of asyncio's.
        self._transport = cast(asyncio.WriteTransport, transport)

    def ask(self, request: bytes) -> asyncio.Future[bytes]:
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._seen += data
        head = self._seen.find(HEAD_ENDS)
        if head >= 0 and len(self._seen) >= head + len(HEAD_ENDS) + length_of(self._seen[:head]):
            answer, self._seen = self._seen, b""
            self._answer.set_result(answer)

    @property
    def is_open(self) -> bool:
        """Whether it takes a request: a server ends a connection that nobody uses for some seconds."""
        return not self._transport.is_closing()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def close(self) -> None:
        self._answer.cancel()
        self._transport.close()


class _Line:
    """One connection at a time to a server."""

    def __init__(self, address: str) -> None:
        target = urlsplit(address)
        self._host, self._port = target.hostname or "", target.port or 80
        self._connection: _Connection | None = None

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        _, self._connection = await loop.create_connection(_Connection, self._host, self._port)

    async def ask(self, request: bytes) -> bytes:
        if self._connection is None or not self._connection.is_open:
            await self.connect()
        assert self._connection is not None
        return await self._connection.ask(request)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def length_of(head: bytes) -> int:
    """Bytes of the body behind the head of an answer; none are stated for none."""
    found = head.lower().partition(LENGTH)[2]
    return int(found.partition(b"\r\n")[0]) if found else 0


async def as_fast_as_it_goes(address: str, requests: Iterator[bytes], seconds: float) -> Answers:
    """Each connection sends its next request when the last one is answered, until the time is over."""
    answers, end = Answers(), time.perf_counter() + seconds

    async def send(line: _Line) -> None:
        while (begun := time.perf_counter()) < end:
            _note(answers, await line.ask(next(requests)), begun)

    return await _measured(address, answers, send)


async def at_a_rate(address: str, requests: Iterator[bytes], rate: float, seconds: float) -> Answers:
    """Requests are due at fixed instants, whether or not the server keeps up: one that has to wait is late."""
    begun = time.perf_counter()
    answers, due = Answers(), deque(begun + number / rate for number in range(round(rate * seconds)))

    async def send(line: _Line) -> None:
        while due:
            instant = due.popleft()
            await asyncio.sleep(max(0.0, instant - time.perf_counter()))
            _note(answers, await line.ask(next(requests)), instant)

    return await _measured(address, answers, send)


async def _measured(address: str, answers: Answers, send: Callable[[_Line], Awaitable[None]]) -> Answers:
    lines = [_Line(address) for _ in range(CONNECTIONS)]
    for line in lines:
        await line.connect()
    begun, own = time.perf_counter(), time.process_time()
    try:
        await asyncio.gather(*(send(line) for line in lines))
    finally:
        for line in lines:
            line.close()
    answers.seconds, answers.own_seconds = time.perf_counter() - begun, time.process_time() - own
    return answers


def _note(answers: Answers, answer: bytes, begun: float) -> None:
    answers.due.append(begun)
    answers.ended.append(time.perf_counter())
    answers.last, status = answer, answer[STATUS].decode()
    answers.statuses[status] += 1
    if not status.startswith("2") and not answers.first_refusal:
        answers.first_refusal = answer


def request(
    method: str, path: str, headers: Mapping[str, str], body: bytes = b"", kind: str = "application/json"
) -> bytes:
    """The bytes of a request on a connection that stays open."""
    lines = [f"{method} {path} HTTP/1.1", "host: bench", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += [f"content-type: {kind}", f"content-length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body
