"""Centres: how many beds there are, and how many are taken."""

from typing import Self

from fastapi import APIRouter
from pydantic import Field

from services.rehab.api.dependencies import CommittedBeforeAnswer
from services.rehab.domain.centre import Centre, fraction_text, percent_text
from services.rehab.queries import centres
from shared.security.scopes import requires
from shared.web.fields import LARGEST_INTEGER
from shared.web.money import Out
from shared.web.problems import problems
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["centres"])


class CentreOut(Out):
    """A centre and how full it is now."""

    code: str = Field(max_length=20, description="The centre's code.", examples=["MELAKA"])
    name: str = Field(max_length=200, description="Its name.", examples=["Rehabilitation Centre Ipoh"])
    beds: int = Field(ge=1, le=LARGEST_INTEGER, description="Beds.", examples=[150])
    occupied: int = Field(ge=0, le=LARGEST_INTEGER, description="Patients who are in it now.", examples=[1])
    occupancy: str = Field(
        max_length=25, pattern=r"^[0-9]+/[0-9]+$", description="Occupied by beds, exactly.", examples=["1/150"]
    )
    occupancy_percent: str = Field(
        max_length=12, pattern=r"^[0-9]+\.[0-9]{2}$", description="The same in per cent, half up.", examples=["0.67"]
    )

    @classmethod
    def of(cls, centre: Centre) -> Self:
        """The public form of a centre."""
        return cls(
            code=centre.code,
            name=centre.name,
            beds=centre.beds,
            occupied=centre.occupied,
            occupancy=fraction_text(centre.occupancy),
            occupancy_percent=percent_text(centre.occupancy),
        )


class CentresOut(Out):
    """All centres: they are few, so there are no pages."""

    data: list[CentreOut] = Field(max_length=1000, description="The centres by code.")


@router.get(
    "/v1/centres",
    summary="List the centres with their beds",
    dependencies=[requires("rehab:centre:read")],
    responses=problems(400),
)
async def list_centres(uow: CommittedBeforeAnswer) -> CentresOut:
    """Every centre with its beds and how many of them are taken."""
    return CentresOut(data=[CentreOut.of(centre) for centre in await centres.list_centres(uow)])
