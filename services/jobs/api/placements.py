"""Placements: accepted offers, and which of them a contribution has proved."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from services.jobs.api.dependencies import CommittedBeforeAnswer
from services.jobs.domain.placement import Placement, PlacementState, Proof
from services.jobs.queries import searches
from shared.kernel.identifiers import employer_id, person_id
from shared.kernel.reading import DataKind
from shared.security.scopes import requires
from shared.web.ids import EmployerId, PersonFilter, PersonId
from shared.web.money import Money, Out
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["placements"])

StateQuery = Annotated[PlacementState | None, Query(description="Whether they are proved; only confirmed ones count.")]


class ProofOut(Out):
    """The first contribution of the employment."""

    started_on: date = Field(description="The first day of the employment.", examples=["2026-09-01"])
    month: str = Field(
        max_length=7, pattern=r"^[0-9]{4}-[0-9]{2}$", description="The first wage month.", examples=["2026-09"]
    )
    wage: Money = Field(description="The wage that was declared for it.")

    @classmethod
    def of(cls, proof: Proof) -> Self:
        """The public form."""
        return cls(started_on=proof.started_on, month=proof.month, wage=Money.of(proof.wage_sen))


class PlacementOut(Out):
    """An accepted offer, and whether the employment is proved."""

    placement: UUID = Field(description="The placement.")
    seeker: UUID = Field(description="The search that it belongs to.")
    offer: UUID = Field(description="The offer that made it.")
    person: PersonId
    employer: EmployerId
    starts_on: date = Field(description="The first day of work as agreed.", examples=["2026-09-01"])
    state: PlacementState = Field(description="Whether the employment is proved; only confirmed ones count.")
    proof: ProofOut | None = Field(description="The proof, once there is one.")
    confirmed_at: datetime | None = Field(description="When it was confirmed (UTC).")

    @classmethod
    def of(cls, placement: Placement) -> Self:
        """The public form."""
        return cls(
            placement=placement.id,
            seeker=placement.seeker,
            offer=placement.offer,
            person=person_id(placement.person),
            employer=employer_id(placement.employer),
            starts_on=placement.starts_on,
            state=placement.state,
            proof=ProofOut.of(placement.proof) if placement.proof else None,
            confirmed_at=placement.confirmed_at,
        )


@router.get(
    "/v1/placements",
    summary="List placements",
    dependencies=[requires("jobs:placement:read"), reads(DataKind.CLAIM, DataKind.WAGE, of="person")],
    responses=problems(400),
)
async def list_placements(
    listing: Listing, uow: CommittedBeforeAnswer, person: PersonFilter = None, state: StateQuery = None
) -> Page[PlacementOut]:
    """Placements in the order in which they were accepted, of one person or in one state where that is asked for."""
    found = await searches.list_placements(person, state, listing.after_id, listing.limit, uow)
    return listing.page(found, item=PlacementOut.of)
