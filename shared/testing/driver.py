"""A driver of one service under test: what its tests send, make it consume, and read afterwards."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import httpx
from fastapi import FastAPI

from shared.contracts.envelope import Event
from shared.messaging.received import Received
from shared.process.settings import ServiceSettings
from shared.process.worker import Work
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest, fresh_service
from shared.testing.tokens import TestIssuer

_PUBLISHED = """
    SELECT type, headers ->> 'ce_announcement' AS run, convert_from(payload, 'UTF8')::text AS data, key
    FROM outbox ORDER BY id
"""


@dataclass
class ServiceDriver:
    """A service on a database of its own. Each service's tests add the steps of their own subject."""

    service: ServiceUnderTest

    reads: ClassVar[tuple[str, ...]] = ()
    writes: ClassVar[tuple[str, ...]] = ()

    async def consume(self, *records: Event | Received) -> None:
        """The consumer reads these, each in a batch of its own."""
        await self.service.consume(*records)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """A request of an officer who may read."""
        return await self.service.call("GET", path, **{"scopes": self.reads, **options})

    async def post(self, path: str, body: Mapping[str, object], **options: Any) -> httpx.Response:
        """A request of an officer who may write."""
        return await self.service.call("POST", path, json=dict(body), **{"scopes": self.writes, **options})

    async def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """What stands in the database, as the role that owns it sees it."""
        async with self.service.database.connection("migrate") as connection:
            return [dict(row) for row in await connection.fetch(statement, *values)]

    async def published(self) -> list[dict[str, Any]]:
        """Type, run, data and key of every event in the outbox, in order."""
        return await self.rows(_PUBLISHED)

    async def work_off(self) -> None:
        """Run what is due until nothing is."""
        await self.service.work_off()


D = TypeVar("D", bound=ServiceDriver)


@asynccontextmanager
async def driven(
    driver: type[D],
    settings: type[ServiceSettings],
    build: Callable[[Any], FastAPI],
    work: Callable[[Any], Work[Any]],
    databases: Databases,
    issuer: TestIssuer,
) -> AsyncIterator[D]:
    """A fresh service; nothing may be parked, and no due work failed, when the tests on it have ended."""
    async with fresh_service(settings, build, work, databases, issuer) as service:
        fresh = driver(service)
        yield fresh
        assert await fresh.rows("SELECT topic, reason FROM parked") == []
        assert await fresh.rows("SELECT kind, failed FROM due_work WHERE attempts > 0") == []
