"""What is attacked: registration's API as a process of its own, with short limits, and the sockets of an attacker."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
from joserfc.jwk import ECKey, OctKey

from deploy.local.ports import LOOPBACK, free_port
from shared.kernel.identifiers import new_id
from shared.testing.service import environment
from shared.testing.tokens import TestIssuer
from tests.architecture.tree import ROOT

# Short, so that a test ends soon; each is a setting of the process.
LIMITS = {
    "HEAD_SECONDS": "1",
    "IDLE_SECONDS": "1",
    "BODY_PAUSE_SECONDS": "1",
    "BODY_SECONDS": "2",
    "ANSWER_PAUSE_SECONDS": "1",
    "LEAVE_SECONDS": "1",
    "CONNECTIONS_PER_ADDRESS": "40",
}
# Room for a machine that is busy with other tests.
SOON = 8.0
UPLOAD = "/v1/contribution-files"


def poisoned(issuer: TestIssuer) -> TestIssuer:
    """The issuer with a key set in which every key but its own is one that the platform cannot use."""
    good = json.loads(issuer.keys_file.read_text())["keys"]
    odd: list[Any] = [
        {"kty": "EC", "kid": "new", "crv": "P-999", "x": "AA", "y": "AA", "use": "sig"},
        {"kty": "EC", "kid": "off", "crv": "P-256", "x": "AA", "y": "AA", "use": "sig"},
        {"kty": "EC", "kid": "odd", "crv": ["P-256"], "x": 1, "y": None},
        {"kty": "OKP", "kid": "okp", "crv": "Ed448", "x": "AA"},
        {"kty": "PQ", "kid": "pq", "alg": "ML-DSA-44", "pub": "AA"},
        {"kty": "RSA", "kid": "rsa", "n": "AA", "e": "AQAB"},
        {"kty": ["EC"], "kid": {"a": 1}},
        ECKey.generate_key("P-384", {"kid": "p384"}).as_dict(private=False),
        OctKey.generate_key(256, {"kid": "shared"}).as_dict(private=True),
        {"kid": 7},
        [],
        None,
    ]
    issuer.keys_file.write_text(json.dumps({"keys": [*odd, *good, *odd]}))
    return issuer


@dataclass
class Target:
    """The process, and who may speak to it."""

    port: int
    issuer: TestIssuer
    process: "subprocess.Popen[bytes]"
    log_file: Path

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def log(self) -> str:
        """What it wrote until now."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    @property
    def memory(self) -> int:
        """Bytes that it holds in memory."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def token(self, *scopes: str, client: str = "attacker", party: str = "employer:1", role: str = "partner") -> str:
        return self.issuer.token(scopes, party=party, role=role, client_id=client)

    def upload_head(self, length: int | None, *, client: str = "attacker") -> bytes:
        """The head of an upload of so many bytes, in chunks when none are named, by somebody who may send one."""
        size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
        token = self.token("registration:contribution_file:write", client=client)
        return head("POST", UPLOAD, f"Authorization: Bearer {token}", f"Idempotency-Key: {new_id()}", size)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """What an honest client gets, on a connection of its own."""
        async with httpx.AsyncClient(base_url=self.address, timeout=SOON) as client:
            return await client.get(path, **options)

    async def read_as_officer(self, path: str = "/v1/persons") -> httpx.Response:
        """An honest read, which needs a connection to the database."""
        token = self.token("registration:person:read", client="officer", party="organisation:1", role="officer")
        return await self.get(path, headers={"authorization": f"Bearer {token}"})

    async def metric(self, name: str) -> float:
        """The sum over a metric's labels that its name begins with."""
        lines = (await self.get("/metrics")).text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def head(method: str, path: str, *lines: str) -> bytes:
    """The head of a request, with its empty line."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: registration", *lines, "", ""]).encode()


class Socket:
    """A raw connection, which may be slow, endless or silent.

    It listens all the time: who begins to read when everything is sent finds nothing but the reset that follows an
    answer, on a machine that is busy enough. A deaf one takes nothing of what is answered.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_deaf: bool = False) -> None:
        self.writer = writer
        self._reader = reader
        self._got = bytearray()
        self._has_ended = False
        self._came = asyncio.Condition()
        self._listening = None if is_deaf else asyncio.create_task(self._listen())

    @property
    def is_over(self) -> bool:
        """Whether the other side has ended the connection."""
        return self._has_ended

    @property
    def is_answered(self) -> bool:
        """Whether something has come that nobody took."""
        return bool(self._got)

    async def _listen(self) -> None:
        with contextlib.suppress(ConnectionError):
            while part := await self._reader.read(65536):
                async with self._came:
                    self._got += part
                    self._came.notify_all()
        async with self._came:
            self._has_ended = True
            self._came.notify_all()

    async def send(self, data: bytes) -> None:
        """Send, unless the other side is gone."""
        with contextlib.suppress(ConnectionError):
            self.writer.write(data)
            await self.writer.drain()

    async def drip(self, parts: Iterable[bytes], pause: float, *, until_answered: bool = False) -> None:
        """Send bit by bit until it is over or the other side is gone, or has answered."""
        for part in parts:
            if self.writer.is_closing() or self.is_over or (until_answered and self.is_answered):
                return
            await self.send(part)
            await asyncio.sleep(pause)

    async def rest(self, within: float = SOON) -> bytes:
        """All that comes until the other side ends the connection; raises TimeoutError when it does not."""
        assert self._listening is not None
        await asyncio.wait_for(asyncio.shield(self._listening), within)
        return self._taken(len(self._got))

    async def until(self, mark: bytes, within: float = SOON) -> bytes:
        """What comes up to and with a mark, or to the end of the connection."""
        async with asyncio.timeout(within), self._came:
            await self._came.wait_for(lambda: mark in self._got or self._has_ended)
        at = self._got.find(mark)
        return self._taken(len(self._got) if at < 0 else at + len(mark))

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._got[:size])
        del self._got[:size]
        return taken

    def close(self) -> None:
        """Hang up."""
        if self._listening is not None:
            self._listening.cancel()
        self.writer.close()


@asynccontextmanager
async def connected(target: Target, *, is_deaf: bool = False) -> AsyncIterator[Socket]:
    """One connection to the target; a deaf one holds next to nothing of what it does not take."""
    limit = 1024 if is_deaf else 65536
    reader, writer = await asyncio.open_connection(LOOPBACK, target.port, limit=limit)
    socket = Socket(reader, writer, is_deaf=is_deaf)
    try:
        yield socket
    finally:
        socket.close()


@contextlib.contextmanager
def registration_process(database_url: str, issuer: TestIssuer, folder: Path) -> Iterator[Target]:
    """Registration's API, started as a deployment starts it; it does not answer yet."""
    port, log_file = free_port(), folder / "registration.log"
    settings = environment(issuer, database_url, "127.0.0.1:1", "") | {"http_port": str(port)}
    told = {f"JARING_{name.upper()}": value for name, value in settings.items()}
    told |= {f"JARING_LIMITS__{name}": value for name, value in LIMITS.items()}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("JARING_")}
    command = [sys.executable, "-m", "services.registration.main"]
    with log_file.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=inherited | told, stdout=log, stderr=log)  # noqa: S603
    try:
        yield Target(port, issuer, process, log_file)
    finally:
        process.terminate()
        process.wait(30)
