"""The route of the control totals: accepted = ended + waiting, and who holds what waits."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from shared.persistence.control_totals import ControlTotal, ControlTotalRepository, Counted, Holder
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.scopes import officers_only, requires
from shared.web.fields import LARGEST_INTEGER, Whole
from shared.web.money import Out
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, made_once

Count = Annotated[Whole, Field(ge=0, le=LARGEST_INTEGER)]


class HeldOut(Out):
    """What one holder has of a kind."""

    holder: Holder = Field(
        description="officer: by a task; rule: by a command that is due; fact: by one that a fact makes due; outside: "
        "somebody was told a day; untimed: somebody is named and nothing reminds them; parent: what it is a part of; "
        "operator: by a command that failed for good; nobody: a silent failure"
    )
    things: Count
    oldest_since: datetime = Field(description="Since when the oldest of them waits")


class ControlTotalOut(Out):
    """One kind of what the service took on."""

    kind: str = Field(max_length=50, description="Such as claim", examples=["claim"])
    counted_at: datetime | None = Field(description="Null until it was counted, or while there is nothing of it")
    accepted: Count = Field(description="All that was ever taken on: what is ended and what waits")
    ended: Count
    waiting: list[HeldOut] = Field(max_length=len(Holder))

    @classmethod
    def of(cls, kind: str, counted: Counted | None) -> Self:
        """As it was counted."""
        if counted is None:
            return cls(kind=kind, counted_at=None, accepted=0, ended=0, waiting=[])
        waiting = [
            HeldOut(holder=holder, things=each.things, oldest_since=each.since)
            for holder, each in counted.waiting.items()
        ]
        return cls(
            kind=kind,
            counted_at=counted.counted_at,
            accepted=counted.accepted,
            ended=counted.ended,
            waiting=waiting,
        )


class ControlTotalsOut(Out):
    """All kinds of the service."""

    items: list[ControlTotalOut] = Field(max_length=100)


@made_once
def control_total_router(
    service: str, unit: Callable[[Request], Awaitable[UnitOfWork]], totals: Sequence[ControlTotal]
) -> APIRouter:
    """`GET /v1/control-totals` of a service, for its officers."""
    router = APIRouter(route_class=CommittingRoute, tags=["control totals"])

    @router.get(
        "/v1/control-totals",
        summary="What was taken on, what of it is ended, and who holds the rest",
        description="Of each kind accepted = ended + waiting, as the worker counted it last (every ten minutes), each "
        "kind in one snapshot. What nobody holds is a silent failure.",
        dependencies=[requires(f"{service}:control_total:read"), Depends(officers_only)],
        responses=problems(),
    )
    async def list_control_totals(uow: Annotated[UnitOfWork, Depends(unit)]) -> ControlTotalsOut:
        counted: Mapping[str, Counted] = {
            each.kind: each for each in await ControlTotalRepository(uow.connection).all()
        }
        return ControlTotalsOut(items=[ControlTotalOut.of(each.kind, counted.get(each.kind)) for each in totals])

    return router
