"""An app that makes one kind of thing, and a wire to its database that a test can cut."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, FastAPI, Response
from sqlalchemy import text

from shared.kernel.errors import JaringError, Kind
from shared.kernel.identifiers import new_id
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.keys import key_source
from shared.security.scopes import requires
from shared.security.tokens import TokenVerifier
from shared.testing.tokens import ISSUER, TestIssuer
from shared.web import edge
from shared.web.money import In, Out
from shared.web.routing import CommittingRoute, idempotent, unit_of


class ThingRefused(JaringError):
    """What a use case raises after it has written."""

    code = "thing_refused"
    title = "The thing was refused"
    kind = Kind.INVALID


class Thing(In):
    number: int
    hold: bool = False
    refuse: bool = False
    locks: tuple[int, ...] = ()


class Made(Out):
    id: str
    number: int


@dataclass
class Held:
    """A request that waits inside its transaction until it may go on."""

    inside: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    # Of two requests, each of which holds what the other asks for next.
    crossed: asyncio.Barrier = field(default_factory=lambda: asyncio.Barrier(2))
    attempts: int = 0


async def cross(thing: Thing, held: Held, uow: UnitOfWork) -> None:
    """Take locks in an order; the first attempts of two requests wait for each other after their first lock."""
    held.attempts += 1
    meets = held.attempts <= held.crossed.parties
    for lock in thing.locks:
        await uow.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
        if meets:
            await held.crossed.wait()
            meets = False


def things_app(database: Database, issuer: TestIssuer, held: Held, route: type[CommittingRoute]) -> FastAPI:
    """The app, with the given class of routes."""
    router = APIRouter(route_class=route)

    @router.post("/v1/things", status_code=201, dependencies=[requires("claims:thing:write"), Depends(idempotent)])
    async def make(thing: Thing, uow: Annotated[UnitOfWork, Depends(unit_of(UnitOfWork))], response: Response) -> Made:
        made = Made(id=str(new_id()), number=thing.number)
        insert = text("INSERT INTO thing (id, number) VALUES (:id, :number)")
        await uow.connection.execute(insert, made.model_dump())
        if thing.hold:
            held.inside.set()
            await held.go_on.wait()
        await cross(thing, held, uow)
        if thing.refuse:
            raise ThingRefused
        response.headers["location"] = f"/v1/things/{made.id}"
        return made

    app = FastAPI()
    edge.install(app)
    app.include_router(router)
    app.state.database = database
    app.state.unit = UnitOfWork
    app.state.digest_key = b"a key of the test"
    app.state.token_verifier = TokenVerifier(ISSUER, "jaring-claims", key_source(str(issuer.keys_file)))
    return app


class Wire:
    """Carries bytes between a pool and PostgreSQL until it is cut."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._writers: set[asyncio.StreamWriter] = set()
        self._listening: asyncio.Server | None = None
        self._fatal: bytes | None = None
        self._port = 0

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str) -> AsyncIterator["Wire"]:
        """A wire to the server of this address."""
        parts = urlsplit(url)
        wire = cls(parts.hostname or "", parts.port or 0)
        await wire.mend()
        try:
            yield wire
        finally:
            await wire.cut()

    def through(self, url: str) -> str:
        """The same address, over this wire."""
        return url.replace(f"@{self._target[0]}:{self._target[1]}/", f"@127.0.0.1:{self._port}/")

    async def mend(self) -> None:
        """Carry again, on the same port."""
        self._fatal = None
        if self._listening is None:
            self._listening = await asyncio.start_server(self._carry, "127.0.0.1", self._port)
            self._port = self._listening.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Break every connection and take no new one."""
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.close()
        for writer in tuple(self._writers):
            writer.transport.abort()

    def cut_after(self, said: bytes) -> None:
        """Break a connection as soon as it has passed these bytes on, before any answer to them."""
        self._fatal = said

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection(*self._target)
        pair = {writer, server_writer}
        self._writers |= pair
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, server_writer, writer))
                both.create_task(self._pump(server_reader, writer, None))
        except* OSError:
            pass
        finally:
            self._writers -= pair
            for each in pair:
                each.close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, near: asyncio.StreamWriter | None
    ) -> None:
        while data := await reader.read(65536):
            fatal = near is not None and self._fatal is not None and self._fatal in data
            if near is not None and fatal:
                near.transport.abort()
            writer.write(data)
            with contextlib.suppress(ConnectionError):
                await writer.drain()
        writer.close()
