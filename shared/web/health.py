"""/livez (the process), /readyz (its dependencies) and /metrics; open, not traced, not in the OpenAPI document."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import structlog
from fastapi import APIRouter, FastAPI, Request, Response

from shared.kernel.errors import FieldError
from shared.security.scopes import public
from shared.telemetry import metrics
from shared.web.errors import NotReady

CHECK_SECONDS = 1.0
CHECK_FAILED = "check_failed"

Check = Callable[[], Awaitable[object]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Degraded:
    """Why a process that is ready needs a person: a stable code, which the alarm has as well, and what was seen."""

    code: str
    detail: str


# Sets what /metrics shows, and says why the process is degraded.
SetGauges = Callable[[], Awaitable[Sequence[Degraded]]]


async def no_gauges() -> Sequence[Degraded]:
    """For a process that has nothing to show but what it counts."""
    return ()


@dataclass(frozen=True)
class _Health:
    """What a process is asked for when somebody looks."""

    checks: Mapping[str, Check]
    set_gauges: SetGauges
    seconds: float


router = APIRouter(include_in_schema=False, dependencies=[public()])


def install(
    app: FastAPI, checks: Mapping[str, Check], set_gauges: SetGauges = no_gauges, *, seconds: float = CHECK_SECONDS
) -> None:
    """Add the three routes. A check, named by its dependency ("database", "kafka"), is ready when it returns and not
    when it raises or takes longer than `seconds`; the checks run side by side. A process that works but leaves
    something undone is ready, so that nobody starts it again for that, and says that it is degraded."""
    app.state.health = _Health(checks, set_gauges, seconds)
    app.include_router(router)


@router.get("/livez")
async def livez() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@router.get("/readyz")
async def readyz(request: Request) -> dict[str, object]:
    """What it depends on answers; raises NotReady."""
    health: _Health = request.app.state.health
    passed = await asyncio.gather(*(_passes(name, check, health.seconds) for name, check in health.checks.items()))
    failed = [name for name, good in zip(health.checks, passed, strict=True) if not good]
    if failed:
        found = [FieldError(f"/{name}", CHECK_FAILED, "No answer in time.", "check") for name in failed]
        raise NotReady(f"Not ready: {', '.join(failed)}.", errors=found)
    reasons = [asdict(each) for each in await health.set_gauges()]
    degraded: dict[str, object] = {"status": "degraded", "reasons": reasons}
    return {"status": "ready", "checks": sorted(health.checks), **(degraded if reasons else {})}


@router.get("/metrics")
async def metrics_page(request: Request) -> Response:
    """What it has counted, and its gauges as they stand now."""
    health: _Health = request.app.state.health
    await health.set_gauges()
    body, content_type = metrics.body()
    return Response(body, headers={"Content-Type": content_type})


async def _passes(name: str, check: Check, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await check()
    except Exception as fault:
        # Whatever a dependency's driver raises, the answer is the same: not ready.
        log.warning("check failed", check=name, exc_info=fault)
        return False
    return True
