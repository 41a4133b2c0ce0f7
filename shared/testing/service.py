"""One service under test: its real app and its real worker in this process, on real servers."""

import asyncio
import base64
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
from aiokafka.errors import KafkaError
from fastapi import APIRouter, FastAPI
from fastapi.routing import RouteContext
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from starlette.routing import BaseRoute

from shared.contracts.envelope import Event
from shared.kernel.identifiers import new_id
from shared.messaging.batch import BatchHandler
from shared.messaging.received import Received
from shared.process.settings import ServiceSettings
from shared.process.worker import Work, Worker
from shared.testing.asking import AppClient
from shared.testing.records import received
from shared.testing.servers import Databases, TestDatabase
from shared.testing.tokens import ISSUER, TestIssuer
from shared.web import table

T = TypeVar("T")
Settings = type[BaseSettings]
Sources = tuple[PydanticBaseSettingsSource, ...]

# What FastAPI made of the routers of a service, by its name and the router.
_known_routes: dict[tuple[str, int], BaseRoute] = {}
TEST_KEY = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
# For what data is read where a test says nothing else; "" sends no such header.
PURPOSE = "claim"
MOST_RUNS = 1000
# A session waits for a lock of another one.
_WAITS_FOR_ANOTHER = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0
"""


def environment(issuer: TestIssuer, database_url: str, kafka: str, prefix: str) -> dict[str, str]:
    """The settings of a process under test, as it would read them from its environment."""
    return {
        "environment": "test",
        "database_url": database_url,
        "kafka": kafka,
        "topic_prefix": prefix,
        "http_port": "0",
        "member": f"{prefix}member-{new_id()}",
        "token_issuer": ISSUER,
        "token_keys": str(issuer.keys_file),
        "cursor_key": TEST_KEY,
        "id_token_key": TEST_KEY,
        "field_key": TEST_KEY,
        "gateway_key": TEST_KEY,
        "blind_index_key": TEST_KEY,
        "heartbeat_after_traffic": "0.3",
        "heartbeat_idle": "2",
    }


@dataclass
class ServiceUnderTest:
    """A service's app and worker; ``call`` speaks to the app as a partner would."""

    app: FastAPI
    worker: Worker[Any]
    database: TestDatabase
    issuer: TestIssuer
    _client: AppClient = field(init=False)

    def __post_init__(self) -> None:
        self._client = AppClient(self.app)

    async def call(
        self,
        method: str,
        path: str,
        *,
        scopes: Iterable[str] = (),
        party: str = "organisation:1",
        role: str = "officer",
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        subject: str | None = None,
        office: str | None = None,
        **content: Any,
    ) -> httpx.Response:
        """Send a request with a valid token, and with a fresh idempotency key unless one is given.

        ``subject`` is who of the party acts, one officer of several, of the ``office`` that is named. Whatever is read,
        is read to decide a claim unless another purpose is named.
        """
        token = self.issuer.lasting(scopes, party=party, role=role, client_id=subject or party, office=office)
        usual = {"authorization": f"Bearer {token}", "idempotency-key": key or str(new_id()), "purpose": PURPOSE}
        sent = {**usual, **(headers or {})}
        if not sent["purpose"]:
            del sent["purpose"]
        return await self._client.request(method, path, headers=sent, **content)

    async def consume(self, *records: Event | Received) -> None:
        """The consumer reads these, each in a batch of its own."""
        for record in records:
            await self.consume_batch([record])

    async def consume_batch(self, records: Sequence[Event | Received]) -> None:
        """The consumer reads these, which stand on one topic, in one batch."""
        readings = [record if isinstance(record, Received) else received(record) for record in records]
        (topic,) = {reading.raw.topic for reading in readings}
        work = self.worker.work
        subscription = next(each for each in work.subscriptions if each.topic == topic)
        await BatchHandler(self.worker.database, work.unit).handle(subscription, readings)

    async def over_or_waiting(self, other: "asyncio.Task[Any]", of: int = 1) -> None:
        """Until another one is through, or waits for whoever asks, as the last of so many."""

        async def is_so() -> bool:
            async with self.database.connection() as connection:
                return other.done() or bool(await connection.fetchval(_WAITS_FOR_ANOTHER) >= of)

        await eventually(is_so)

    async def work_off(self) -> int:
        """Run what is due until nothing is; how often something ran."""
        runs = 0
        while await self.worker.runner.run_one():
            runs += 1
            assert runs < MOST_RUNS, "due work does not come to rest"
        return runs

    async def close(self) -> None:
        """Let go of the servers."""
        await self._client.aclose()
        await self.app.state.database.close()


@asynccontextmanager
async def service_under_test(
    settings_class: type[ServiceSettings],
    build_app: Callable[[Any], FastAPI],
    work: Callable[[Any], Work[Any]],
    database: TestDatabase,
    issuer: TestIssuer,
    *,
    kafka: str = "127.0.0.1:1",
    prefix: str = "",
    batches: type[BatchHandler[Any]] = BatchHandler,
    **changed: str,
) -> AsyncIterator[ServiceUnderTest]:
    """Build a service on a test's database, with settings changed; its worker does not run until ``working`` is
    entered."""
    told = _as_told(settings_class)
    api = told(**environment(issuer, database.url("api"), kafka, prefix) | changed)  # type: ignore[arg-type]
    worker = told(**environment(issuer, database.url("worker"), kafka, prefix) | changed)  # type: ignore[arg-type]
    app = _with_known_routes(settings_class.service, build_app(api))
    service = ServiceUnderTest(app, Worker(worker, work(worker), batches), database, issuer)
    try:
        yield service
    finally:
        await service.close()
        await service.worker.database.close()


@functools.cache
def _as_told(settings_class: type[ServiceSettings]) -> type[ServiceSettings]:
    """Settings that are what they are told: nothing of the environment of whoever runs the tests, which takes a third
    of what a service costs to build."""

    def sources(_: Settings, __: Settings, /, *, init_settings: PydanticBaseSettingsSource, **___: object) -> Sources:
        return (init_settings,)

    return type(settings_class.__name__, (settings_class,), {"settings_customise_sources": classmethod(sources)})


def _with_known_routes(service: str, app: FastAPI) -> FastAPI:
    """The app with what FastAPI made of its routers for the first app of its service.

    At its first request each app reads every function of a router again, 30 ms of processor time of each test. What it
    makes of them keeps nothing of the app, which a request brings along. A router that is made for one app is known to
    that alone.
    """
    for place, route in enumerate(app.router.routes):
        if isinstance(router := getattr(route, "original_router", None), APIRouter):
            # What is kept holds its router, so that no other one is ever found under that id.
            app.router.routes[place] = _known_routes.setdefault((service, id(router)), route)
    return app


def _once(made: Callable[[RouteContext], table.Entry | None]) -> Callable[[RouteContext], table.Entry | None]:
    """What is made of a route, kept with what FastAPI made of it: 35 ms of each test where every app plans all of its
    routes. A plan keeps nothing of an app."""

    def known(context: RouteContext) -> table.Entry | None:
        kept = vars(context._route_context or context.route)
        if "planned_entry" not in kept:
            kept["planned_entry"] = made(context)
        found: table.Entry | None = kept["planned_entry"]
        return found

    return known


# Before any app is built in a process of tests.
table.entry_of = _once(table.entry_of)  # type: ignore[assignment]


@asynccontextmanager
async def fresh_service(
    settings_class: type[ServiceSettings],
    build_app: Callable[[Any], FastAPI],
    work: Callable[[Any], Work[Any]],
    databases: Databases,
    issuer: TestIssuer,
) -> AsyncIterator[ServiceUnderTest]:
    """Build a service on an empty database of its own: as it begins, or as it stands when it was put back."""
    async with (
        databases.fresh(settings_class.service) as database,
        service_under_test(settings_class, build_app, work, database, issuer) as service,
    ):
        yield service


@asynccontextmanager
async def working(*services: ServiceUnderTest) -> AsyncIterator[None]:
    """Run the workers of these services while the block lasts."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(service.worker.run(stop)) for service in services]
    try:
        yield
    finally:
        stop.set()
        for task in tasks:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(task, 20)


async def answered(question: Callable[[], Awaitable[T]], *, within: float = 20.0) -> T:
    """What the broker answers: on a busy machine it has no leader or coordinator for a moment, and is asked again."""
    end = asyncio.get_running_loop().time() + within
    while True:
        try:
            return await question()
        except KafkaError as error:
            if not error.retriable or asyncio.get_running_loop().time() > end:
                raise
        await asyncio.sleep(0.1)


async def eventually(question: Callable[[], Any], *, within: float = 20.0) -> Any:
    """Ask until the answer is true; raises AssertionError with the last answer when time is up."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    while True:
        answer = await question()
        if answer:
            return answer
        if loop.time() > end:
            raise AssertionError(f"not within {within} s; the last answer was {answer!r}")
        await asyncio.sleep(0.05)
