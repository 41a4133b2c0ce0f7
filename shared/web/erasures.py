"""The route by which officers read how a service follows erasures: whom it has forgotten, and what comes first."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Protocol, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from shared.contracts.erasure_followed import Following
from shared.kernel.identifiers import person_id
from shared.kernel.reading import DataKind
from shared.persistence.erased import ErasedPerson, ErasedPersons
from shared.security.scopes import officers_only, requires
from shared.web.ids import PersonId
from shared.web.money import Out
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, made_once


class Follows(Protocol):
    """A unit of work of a service that follows erasures."""

    @property
    def erased_persons(self) -> ErasedPersons:
        """Of whom registration erased what it kept."""


class FollowedState(StrEnum):
    """How far a service is with a person of whom registration keeps nothing any more."""

    AWAITED = "awaited"
    """It has not looked yet."""
    HELD = "held"
    FORGOTTEN = "forgotten"


class FollowedErasureOut(Out):
    """A person of whom registration keeps nothing any more, and how far this service is with it."""

    person: PersonId
    erasure: UUID = Field(description="The erasure at registration, which has the certificate.")
    erased_at: datetime = Field(description="When registration erased what it kept.")
    state: FollowedState = Field(description="Whether this service keeps nothing any more, or something comes first.")
    reason: Annotated[str, Field(max_length=100, examples=["claim_open"])] | None = Field(
        description="What comes first; null unless it is held."
    )
    owner: Annotated[str, Field(max_length=100, examples=["service:claims"])] | None = Field(
        description="Who ends that; null unless it is held."
    )
    until: date | None = Field(description="By when; later than that somebody must look. Null unless it is held.")
    since: datetime | None = Field(description="Since when it is so; null while it is awaited.")

    @classmethod
    def of(cls, erased: ErasedPerson) -> Self:
        """From what is stored."""
        return cls(
            person=person_id(erased.person),
            erasure=erased.erasure,
            erased_at=erased.erased_at,
            state=FollowedState.AWAITED if erased.state is None else FollowedState(erased.state),
            reason=erased.reason,
            owner=erased.owner,
            until=erased.until,
            since=erased.since,
        )


@made_once
def erasure_router(service: str, unit: Callable[[Request], Awaitable[Follows]]) -> APIRouter:
    """`GET /v1/erasures` of a service that follows `person.erased`; for officers."""
    router = APIRouter(route_class=CommittingRoute, tags=["erasures"])

    @router.get(
        "/v1/erasures",
        summary="List how erasures are followed",
        description="Of whom registration keeps nothing any more, by number, and how far this service is with each.",
        dependencies=[
            requires(f"{service}:erasure:read"),
            Depends(officers_only),
            reads(DataKind.CLAIM, of="person"),
        ],
        responses=problems(400),
    )
    async def list_followed_erasures(
        listing: Listing,
        uow: Annotated[Follows, Depends(unit)],
        state: Annotated[FollowedState | None, Query(description="Only those that stand so.")] = None,
    ) -> Page[FollowedErasureOut]:
        after = 0 if listing.after is None else int(listing.after[0])
        is_awaited = state is FollowedState.AWAITED
        following = None if state is None or is_awaited else Following(state.value)
        found = await uow.erased_persons.page(following, after, listing.limit, awaited=is_awaited)
        return listing.page(found, item=FollowedErasureOut.of, position=lambda each: [each.person])

    return router
