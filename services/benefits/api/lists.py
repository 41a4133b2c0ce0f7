"""What the lists of benefits share: their pages, and small parts of their items."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.web.paging import Position

BenefitName = Annotated[str, Field(max_length=100, description="Which benefit.", examples=["temporary_disablement"])]
Revision = Annotated[int, Field(ge=0, le=2**31 - 1, description="The claim's revision.", examples=[1])]
LawText = Annotated[str, Field(max_length=500, description="Act and section.", examples=["Act 4 s.22"])]
TraceId = Annotated[
    str | None,
    Field(pattern=r"^[0-9a-f]{32}$", max_length=32, description="The trace that it belongs to (W3C trace context)."),
]


def uuid_of(position: Position | None) -> UUID | None:
    """The id at which a list goes on, None at its start."""
    return None if position is None else UUID(str(position[0]))


def trace_id(traceparent: str | None) -> str | None:
    """The trace's id within a ``traceparent``."""
    return None if traceparent is None else traceparent.split("-")[1]
