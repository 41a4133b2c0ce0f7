"""The route by which a person reads who was told its data, in every service (decision 93)."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from shared.kernel.identifiers import person_number
from shared.kernel.reading import DataKind, Purpose
from shared.persistence.read_log import Read
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller, Role
from shared.web.ids import PersonInPath
from shared.web.money import Out
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, made_once


class ReadOut(Out):
    """An answer that told data of the person."""

    read: UUID
    at: datetime
    party: str = Field(max_length=60, description="Whose reader it was.", examples=["hospital:1"])
    role: Role = Field(description="An officer of the organisation, or anybody else.")
    office: str | None = Field(max_length=64, description="Of an officer, where its token says so.")
    method: str = Field(max_length=10, examples=["GET"])
    route: str = Field(max_length=200, description="What was asked.", examples=["/v1/claims/{claim}"])
    data: list[DataKind] = Field(max_length=len(DataKind), description="What such an answer tells.")
    purpose: Purpose | None = Field(description="As the reader stated it; null where a partner stated none.")
    subject: str | None = Field(max_length=255, description="Who of the party read; for officers.")
    path: str | None = Field(max_length=500, description="The address that was asked; for officers.")

    @classmethod
    def shown_to(cls, caller: Caller, read: Read) -> Self:
        """As officers see it, or the person."""
        return cls(
            read=read.id,
            at=read.at,
            party=read.tenant,
            role=read.role,
            office=read.office,
            method=read.method,
            route=read.route,
            data=list(read.data),
            purpose=read.purpose,
            subject=read.subject if caller.is_officer else None,
            path=read.path if caller.is_officer else None,
        )


OwnFilter = Annotated[bool, Query(description="Also what the person read itself.")]


@made_once
def read_log_router(service: str, unit: Callable[[Request], Awaitable[UnitOfWork]]) -> APIRouter:
    """`GET /v1/persons/{person}/reads` of a service."""
    router = APIRouter(route_class=CommittingRoute, tags=["reads"])

    @router.get(
        "/v1/persons/{person}/reads",
        summary="List who read a person's data",
        dependencies=[requires(f"{service}:read_log:read"), reads(DataKind.CLAIM, of="person")],
        responses=problems(400, 404, 422),
    )
    async def list_reads(
        person: PersonInPath,
        listing: Listing,
        uow: Annotated[UnitOfWork, Depends(unit)],
        caller: Party,
        own: OwnFilter = False,
    ) -> Page[ReadOut]:
        """Who was told health, wage, claim or payment data of the person by this service, the newest first; for the
        person and for officers, nothing for anybody else. What was read more than seven years ago is gone."""
        number, after = person_number(person), listing.after_id
        hidden = await uow.hidden_from(caller.officer)
        found = await uow.reads.list_of(number, hidden, own=own, after=after, limit=listing.limit)
        return listing.page(found, item=lambda each: ReadOut.shown_to(caller, each))

    return router
