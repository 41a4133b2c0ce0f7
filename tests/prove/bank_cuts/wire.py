"""Speaks HTTP over a bare socket to a real server, and hangs up after any number of bytes in either direction."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field

# Nothing that is asked here takes longer, on however busy a machine.
PATIENCE_S = 60.0


@dataclass(frozen=True)
class HangUp:
    """After how many bytes the line is cut: of the request, or of the answer once the request is out."""

    sent: int | None = None
    received: int | None = None


@dataclass(frozen=True)
class Answer:
    """What arrived: ``whole`` says whether all of it did; without a head the status is 0."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    whole: bool = False


@dataclass(frozen=True)
class Line:
    """A line to one server; every request has a connection of its own."""

    host: str
    port: int

    async def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"", hang_up: HangUp | None = None
    ) -> Answer:
        """Send a request and read its answer, as far as the line lasts."""
        request = _request(method, path, {"host": self.host, **headers}, body)
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection(self.host, self.port)
            try:
                return await _talk(reader, writer, request, hang_up or HangUp())
            except ConnectionError:
                return Answer()
            finally:
                writer.transport.abort()
                with contextlib.suppress(ConnectionError):
                    await writer.wait_closed()


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes, hang_up: HangUp) -> Answer:
    if hang_up.sent is not None and hang_up.sent < len(request):
        writer.write(request[: hang_up.sent])
        await writer.drain()
        return Answer()
    writer.write(request)
    await writer.drain()
    if hang_up.received is None:
        return _read(await reader.read(-1))
    try:
        return _read(await reader.readexactly(hang_up.received))
    except asyncio.IncompleteReadError as short:
        return _read(short.partial)


def _request(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    sent = {**headers, "connection": "close", "content-length": str(len(body))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def _read(arrived: bytes) -> Answer:
    head, end, body = arrived.partition(b"\r\n\r\n")
    if not end:
        return Answer()
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(first.split()[1]), headers, body, len(body) == int(headers.get("content-length", "-1")))
