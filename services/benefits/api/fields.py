"""Fields that more than one router of benefits shows."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from shared.kernel.money import LARGEST_STATED, ringgit
from shared.web.fields import LARGEST_INTEGER, Flag
from shared.web.money import StatedMoney

ClaimOrPayable = Annotated[UUID, Field(description="The claim, or the payable of another owner.")]
SchemeName = Annotated[str, Field(max_length=100, description="The Act.", examples=["act4"])]
PartyName = Annotated[str, Field(max_length=100, description="Who is paid: kind and number.", examples=["person:12"])]
PartyInPath = Annotated[
    str,
    Path(pattern="^[a-z_]+:[0-9]{1,18}$", max_length=100, description="Kind and number.", examples=["employer:7"]),
]
BenefitName = Annotated[str, Field(max_length=100, description="Which benefit.", examples=["temporary_disablement"])]
MONTHLY_BENEFIT = "invalidity_pension"  # for examples= of what is owed by the month
Revision = Annotated[int, Field(ge=0, le=LARGEST_INTEGER, description="The claim's revision.", examples=[1])]
LawText = Annotated[str, Field(max_length=500, description="Act and section.", examples=["Act 4 s.22"])]
EndToEndId = Annotated[str, Field(max_length=35, description="The id that the bank carries.", examples=["0f" * 16])]
OfficerOrBank = Annotated[str, Field(max_length=255, description="Who stated it.", examples=["officer-7"])]
PayeeParty = Annotated[
    str, Field(pattern="^person:[1-9][0-9]{0,8}$", max_length=16, description="The payee.", examples=["person:12"])
]
STATEMENT = "0197b6a0-6c00-7000-8000-000000000001"
Replaces = Annotated[
    UUID | None,
    Field(description="The statement in whose place it stands; null: it is the first.", examples=[STATEMENT]),
]
Withdrawn = Annotated[Flag, Field(description="Whether what it replaces was wrong from the beginning.")]
TraceId = Annotated[
    str | None,
    Field(pattern=r"^[0-9a-f]{32}$", max_length=32, description="The trace that it belongs to (W3C trace context)."),
]


class PaidMoney(StatedMoney):
    """An amount that changes hands: above zero, and no larger than one amount can be."""

    amount: str = Field(
        pattern=r"^(0\.(0[1-9]|[1-9][0-9])|[1-9][0-9]{0,7}\.[0-9]{2})$",
        max_length=len(ringgit(LARGEST_STATED)),
        description=f"Ringgit with two decimals, above zero, at most {ringgit(LARGEST_STATED)}.",
        examples=["612.00"],
    )


def trace_id(traceparent: str | None) -> str | None:
    """The trace's id within a ``traceparent``."""
    return None if traceparent is None else traceparent.split("-")[1]
