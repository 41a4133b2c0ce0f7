"""One small app with the platform's manners, for the tests of this room."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Literal

import asyncpg
import httpx
from fastapi import Depends, FastAPI, Header, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError

from shared.kernel.errors import JaringError, Kind, LegalBasis
from shared.security.scopes import public
from shared.security.tokens import Caller, Role
from shared.web import edge
from shared.web.limits import Limits
from shared.web.money import In, Money
from shared.web.paging import Cursors, Listing, Page, refuse_unknown_filters
from shared.web.problems import problems

CURSORS = Cursors(bytes(range(32)))
ROWS = list(range(1, 251))


class NoCover(JaringError):
    """A refusal by law, as a service would declare one."""

    code = "no_cover"
    title = "Not covered on the day"
    kind = Kind.REFUSED_BY_LAW
    law = LegalBasis("Act 4", "s.20")


class Address(In):
    state: Literal["melaka", "johor"]


class Notice(In):
    national_id: str = Field(pattern=r"^[0-9]{12}$")
    days: int = Field(ge=1, le=100)
    wage: Money
    addresses: list[Address] = Field(max_length=2)


class Filters(BaseModel):
    state: str | None = None


FAULTS: dict[str, Exception] = {
    "refused": ConnectionRefusedError("no route to 10.0.0.1"),
    "timeout": TimeoutError(),
    "cancelled": asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
    "wrapped": DBAPIError("SELECT 1", {"name": "Siti"}, asyncpg.CannotConnectNowError("starting up")),
    "unique": DBAPIError("INSERT", {"name": "Siti"}, asyncpg.UniqueViolationError("duplicate key")),
    "bug": ZeroDivisionError("Siti 900101015432"),
}


def build(**limits: float) -> FastAPI:
    app = FastAPI(dependencies=[Depends(refuse_unknown_filters), public()])
    app.state.cursors = CURSORS
    edge.install(app, limits=Limits.model_validate(limits), larger={"/v1/uploads": 1000})

    @app.post("/v1/notices", responses=problems(409))
    async def submit(body: Notice) -> int:
        return body.wage.sen

    @app.post("/v1/uploads")
    async def upload(request: Request) -> int:
        return len(await request.body())

    @app.get("/v1/numbers", dependencies=[Depends(_caller)])
    async def numbers(listing: Listing, least: Annotated[int, Query(ge=0)] = 0) -> Page[int]:
        start = 0 if listing.after is None else int(listing.after[0])
        rows = [row for row in ROWS if row > start and row >= least][: listing.limit]
        return listing.page(rows, item=lambda row: row, position=lambda row: [row])

    @app.get("/v1/filtered/{state_path}")
    async def filtered(state_path: str, filters: Annotated[Filters, Query()]) -> str:
        return f"{state_path} {filters.state}"

    @app.get("/v1/refusal")
    async def refusal() -> None:
        raise NoCover("The spell ended on 2026-06-30.")

    @app.get("/v1/fault/{name}")
    async def fault(name: str) -> None:
        raise FAULTS[name]

    return app


def _caller(
    request: Request, party: Annotated[str, Header()] = "employer:1", role: Annotated[str, Header()] = "partner"
) -> None:
    """Stands where `requires` stands."""
    request.state.caller = Caller("test", party, Role(role), frozenset())


@asynccontextmanager
async def client(app: FastAPI | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """Any exception that leaves the app would surface here: none may."""
    transport = httpx.ASGITransport(app or build())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened
