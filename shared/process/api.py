"""Builds and runs the API process of a service: the app, its wiring, and its server."""

import asyncio
import hmac
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import uvicorn
from fastapi import APIRouter, Depends, FastAPI
from opentelemetry.sdk.trace import TracerProvider

from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.process.clock_file import install_clock
from shared.process.connection import connections
from shared.process.crashes import arm_crashes
from shared.process.gauges import Gauges
from shared.process.http_server import HttpServer
from shared.process.memory import give_back_what_is_freed, leave_what_stays
from shared.process.settings import ServiceSettings
from shared.process.several import Several, Sockets, listeners
from shared.process.standing_law import keep_law, lay_law
from shared.security.keys import key_source
from shared.security.tokens import TokenVerifier
from shared.telemetry import metrics
from shared.telemetry.logging import setup_logging
from shared.telemetry.setup import instrument_database, setup
from shared.web import front_pages, health
from shared.web.edge import UNTRACED, install, limit
from shared.web.limits import Limits
from shared.web.paging import Cursors, refuse_unknown_filters

VERSION = "1"
# What has been asked is answered within so long of the word to stop, or cut.
GRACE_SECONDS = 5


def described_app(
    service: str, about: str, routers: Sequence[APIRouter], larger: Mapping[str, int] | None = None
) -> FastAPI:
    """The routes of a service with their manners, without servers or settings: what the OpenAPI document is made of.

    ``larger`` maps a path prefix, such as that of uploads, to its own limit of bytes.
    """
    app = FastAPI(
        title=f"Jaring {service}",
        version=VERSION,
        summary=about,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        servers=[{"url": "/", "description": "This installation"}],
        dependencies=[Depends(refuse_unknown_filters)],
        # A redirect would repeat the Host header, which whoever asks may make up.
        redirect_slashes=False,
        # The name of its function: operation ids are published, and clients are generated from them.
        generate_unique_id_function=lambda route: route.name,
        # Those of FastAPI fetch their scripts from elsewhere (`shared.web.front_pages`).
        docs_url=None,
        redoc_url=None,
        # The span of a request is ours (`shared.web.middleware`), and one is enough.
        telemetry=UNTRACED,
    )
    install(app, larger=larger)
    for router in (*routers, front_pages.router):
        app.include_router(router)
    return app


def wire(app: FastAPI, settings: ServiceSettings, unit: type[UnitOfWork]) -> FastAPI:
    """Connect the app to its database, in which its routes open such units of work, and to its token issuer."""
    database = Database(settings.database_url.get_secret_value(), settings.service, settings.pool_size)
    app.state.settings = settings
    app.state.database = database
    app.state.unit = unit
    keys = key_source(settings.token_keys, settings.token_keys_trusted_seconds, _skipped)
    metrics.TOKEN_KEYS_AGE.set_function(keys.age)
    app.state.token_verifier = TokenVerifier(settings.token_issuer, settings.audience, keys)
    limit(app, settings.limits)
    app.state.cursors = Cursors(settings.cursor_key)
    app.state.digest_key = hmac.digest(settings.cursor_key, b"idempotency", "sha256")
    checks = {"database": database.ready, "restored": database.whole, "token_keys": keys.ready}
    health.install(app, checks, Gauges(database))
    app.router.lifespan_context = _lifespan(database, unit)
    return app


def serve(settings: ServiceSettings, build: Callable[[], FastAPI]) -> None:
    """Run the API until it is told to stop, in as many processes as the settings ask for."""
    if settings.http_processes == 1:
        answer(settings, build)
        return
    setup_logging(settings.service, "api", level=settings.log_level)
    sockets = listeners(settings.http_host, settings.http_port, settings.metrics_ports)
    sys.exit(Several(sockets, lambda own: answer(settings, build, own)).run())


def answer(settings: ServiceSettings, build: Callable[[], FastAPI], sockets: Sockets | None = None) -> None:
    """Run one process of the API, on these sockets or else on the port of the settings."""
    give_back_what_is_freed()
    install_clock(settings)
    arm_crashes(settings, "api")
    telemetry = set_up_telemetry(settings, "api")
    try:
        listening = None if sockets is None else list(sockets)
        app = build()
        leave_what_stays()
        server(app, settings.http_host, settings.http_port, settings.limits).run(listening)
    finally:
        telemetry.shutdown()


def set_up_telemetry(settings: ServiceSettings, process: str) -> TracerProvider:
    """Logs and traces as the settings ask for them; call `shutdown()` on the answer before the end."""
    provider = setup(
        settings.service, process, traces=settings.traces, ratio=settings.trace_ratio, level=settings.log_level
    )
    if settings.trace_statements:
        instrument_database()
    return provider


def server(app: FastAPI, host: str, port: int, limits: Limits | None = None) -> uvicorn.Server:
    """The HTTP server of a process; access is logged by the app itself, with its request id."""
    bounds = limits or Limits()
    return HttpServer(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="uvloop",
            http=connections(bounds),
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            # What a proxy says of its client is not needed: no answer and no limit depends on it.
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=bounds.idle_seconds,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )


def _skipped(reason: str) -> None:
    metrics.TOKEN_KEYS_SKIPPED.labels(reason).inc()


def _lifespan(database: Database, unit: type[UnitOfWork]) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        keeping = None
        if unit.reads_law:
            # The first request is answered by the law that officers have entered, too.
            await lay_law(database)
            keeping = asyncio.create_task(keep_law(database, asyncio.Event()))
        yield
        if keeping is not None:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping
        await database.close()

    return lifespan
