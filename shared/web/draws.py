"""The routes of seeds and of what was drawn, the same in each service of which samples are drawn (decision 107)."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.kernel.sampling import Draw, StatedSeed
from shared.persistence.sampling import DrawRepository
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.scopes import Party, officers_only, requires
from shared.web.fields import LARGEST_INTEGER, Text
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent, made_once
from shared.web.sampling import MOST_SAMPLED

SEEDS, DRAWS = "/v1/audit-seeds", "/v1/audit-draws"
LONGEST_SEED = 64
SeedText = Annotated[Text, Field(min_length=1, max_length=LONGEST_SEED, examples=["audit-2026-q3"])]


class AuditSeedIn(In):
    """A seed by which an auditor is going to draw."""

    model_config = examples({"seed": "audit-2026-q3"})

    seed: SeedText


class AuditSeedOut(Out):
    """A seed, and since when it is known: it draws of periods that begin later."""

    seed: UUID
    text: str = Field(max_length=LONGEST_SEED, examples=["audit-2026-q3"])
    stated_by: str = Field(max_length=255, description="Who stated it")
    stated_at: datetime

    @classmethod
    def of(cls, seed: StatedSeed) -> Self:
        """As it is kept."""
        return cls(seed=seed.id, text=seed.seed, stated_by=seed.stated_by, stated_at=seed.stated_at)


class DrawOut(Out):
    """A draw, as it was made: it stands for good."""

    draw: UUID
    number: int = Field(
        ge=1, le=LARGEST_INTEGER, description="The how manieth draw of this frame, or of these very keys"
    )
    drawn_by: str = Field(max_length=255, description="Who drew it")
    drawn_at: datetime
    seed: str = Field(max_length=LONGEST_SEED)
    stated: UUID | None = Field(description="The seed that was stated before; null: the machine drew it")
    stated_by: str | None = Field(max_length=255, description="Who stated that seed")
    frame: dict[str, Annotated[str, Field(max_length=100)]] = Field(
        description="Of what is drawn, by the names of the request"
    )
    size: int = Field(ge=1, le=MOST_SAMPLED)
    whole: int = Field(ge=0, le=LARGEST_INTEGER, description="How many there were in the frame")
    frame_hash: str = Field(
        max_length=64, description="SHA-256 of the keys of all of them in their order, parted by line feeds"
    )

    @classmethod
    def of(cls, draw: Draw, **more: Any) -> Self:
        """As it is kept."""
        return cls(
            draw=draw.id,
            number=draw.number,
            drawn_by=draw.drawn_by,
            drawn_at=draw.drawn_at,
            seed=draw.seed,
            stated=draw.stated,
            stated_by=draw.stated_by,
            frame=dict(draw.of),
            size=draw.size,
            whole=draw.frame.whole,
            frame_hash=draw.frame.hash,
            **more,
        )


@made_once
def draw_router(service: str, unit: Callable[[Request], Awaitable[UnitOfWork]]) -> APIRouter:
    """`POST` and `GET /v1/audit-seeds` and `GET /v1/audit-draws` of a service, for its auditors."""
    router = APIRouter(route_class=CommittingRoute, tags=["audits"])
    read = [requires(f"{service}:audit:read"), Depends(officers_only)]
    write = [requires(f"{service}:audit:write"), Depends(officers_only), Depends(idempotent)]

    @router.post(
        SEEDS, status_code=201, summary="State a seed", dependencies=write, responses=problems(400, 403, 409, 422)
    )
    async def state_audit_seed(
        body: AuditSeedIn, uow: Annotated[UnitOfWork, Depends(unit)], caller: Party
    ) -> AuditSeedOut:
        """A seed draws once, of a period that begins after it was stated: nobody knows then what it draws. An auditor
        has one at a time."""
        seed = StatedSeed(new_id(), body.seed, caller.subject, now())
        await DrawRepository(uow.connection).state_seed(seed)
        return AuditSeedOut.of(seed)

    @router.get(SEEDS, summary="List seeds", dependencies=read, responses=problems(400, 403))
    async def list_audit_seeds(listing: Listing, uow: Annotated[UnitOfWork, Depends(unit)]) -> Page[AuditSeedOut]:
        """Every seed that was ever stated, the newest first, whether it was used or not."""
        draws = DrawRepository(uow.connection)
        return listing.page(await draws.list_seeds(listing.after_id, listing.limit), item=AuditSeedOut.of)

    @router.get(DRAWS, summary="List draws", dependencies=read, responses=problems(400, 403))
    async def list_audit_draws(listing: Listing, uow: Annotated[UnitOfWork, Depends(unit)]) -> Page[DrawOut]:
        """Every draw that was ever made, the newest first: a second one of the same frame has the number two."""
        draws = DrawRepository(uow.connection)
        return listing.page(await draws.list_draws(listing.after_id, listing.limit), item=DrawOut.of)

    return router
