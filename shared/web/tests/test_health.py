"""Live is the process, ready is its dependencies, and a dependency that hangs is not waited for."""

import asyncio
import time

from fastapi import FastAPI

from shared.security.scopes import routes_without_scope
from shared.web import edge, health
from shared.web.health import Check, Degraded
from shared.web.tests.app import client


async def good() -> None:
    """Answers at once."""


async def broken() -> None:
    raise ConnectionRefusedError("10.0.0.1 refused")


async def hanging() -> None:
    await asyncio.sleep(60)


def build(**checks: Check) -> FastAPI:
    app = FastAPI()
    edge.install(app)
    health.install(app, checks, seconds=0.2)
    return app


async def test_a_process_is_ready_when_all_its_checks_pass() -> None:
    async with client(build(database=good, kafka=good)) as http:
        answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "checks": ["database", "kafka"]})


async def test_what_is_not_ready_is_named_and_nothing_hangs() -> None:
    started = time.monotonic()
    async with client(build(database=good, kafka=hanging, issuer=broken)) as http:
        ready = await http.get("/readyz")
        live = await http.get("/livez")
    assert time.monotonic() - started < 5
    assert (ready.status_code, ready.json()["code"]) == (503, "not_ready")
    assert {error["pointer"] for error in ready.json()["errors"]} == {"/kafka", "/issuer"}
    assert "10.0.0.1" not in ready.text
    assert live.status_code == 200


async def test_a_process_that_leaves_something_undone_is_ready_and_says_so() -> None:
    asked = 0

    async def gauges() -> list[Degraded]:
        nonlocal asked
        asked += 1
        return [Degraded("records_parked", "registration: 3 records")]

    app = FastAPI()
    edge.install(app)
    health.install(app, {"database": good}, gauges)
    async with client(app) as http:
        answer = await http.get("/readyz")
        await http.get("/metrics")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "degraded",
        "checks": ["database"],
        "reasons": [{"code": "records_parked", "detail": "registration: 3 records"}],
    }
    assert asked == 2


async def test_metrics_are_served() -> None:
    async with client(build()) as http:
        answer = await http.get("/metrics")
    assert "jaring_relay_batch_seconds" in answer.text
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_health_is_open_on_purpose_and_outside_the_contract() -> None:
    app = build()
    assert routes_without_scope(app) == []
    assert app.openapi()["paths"] == {}
