"""Counts how often a pool asks PostgreSQL and waits for the answer, at the wire: whoever asks, and for whatever."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

# Of the client's messages, those after which it waits: a simple query, and the end of a group of the extended protocol.
_WAITS = {ord("Q"), ord("S")}
_SSL_REQUEST = 80877103


class RoundTrips:
    """A wire to PostgreSQL; ``count`` is how many round trips were made since it was set to zero, without log-ins."""

    def __init__(self, host: str, port: int) -> None:
        self.count = 0
        self.connections = 0
        self._target = (host, port)

    @classmethod
    @asynccontextmanager
    async def counted(cls, url: str) -> AsyncIterator["tuple[RoundTrips, str]"]:
        """A wire to the server of this address, and the address over it."""
        parts = urlsplit(url)
        wire = cls(parts.hostname or "", parts.port or 0)
        server = await asyncio.start_server(wire._carry, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            yield wire, url.replace(f"@{parts.hostname}:{parts.port}/", f"@127.0.0.1:{port}/")
        finally:
            server.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        server_reader, server_writer = await asyncio.open_connection(*self._target)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await asyncio.gather(self._asked(reader, server_writer), _answered(server_reader, writer))

    async def _asked(self, reader: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        """Pass on what the client says, message by message: those that begin a session have no type."""
        begun = False
        try:
            while True:
                kind = b"" if not begun else await reader.readexactly(1)
                length = await reader.readexactly(4)
                body = await reader.readexactly(int.from_bytes(length) - 4)
                begun = begun or int.from_bytes(body[:4]) != _SSL_REQUEST
                self.count += bool(kind) and kind[0] in _WAITS
                server.write(kind + length + body)
                await server.drain()
        finally:
            server.close()


async def _answered(server: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await server.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
