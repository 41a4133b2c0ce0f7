"""Fields that more than one router of benefits shows."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import AfterValidator, Field

from shared.kernel.money import LARGEST_STATED, ringgit
from shared.web.fields import LARGEST_INTEGER
from shared.web.money import StatedMoney

ClaimOrPayable = Annotated[UUID, Field(description="The claim, or the payable of another owner.")]
SchemeName = Annotated[str, Field(max_length=100, description="The Act.", examples=["act4"])]
PartyName = Annotated[str, Field(max_length=100, description="Who is paid: kind and number.", examples=["person:12"])]
PartyInPath = Annotated[
    str,
    Path(pattern="^[a-z_]+:[0-9]{1,18}$", max_length=100, description="Kind and number.", examples=["employer:7"]),
]
BenefitName = Annotated[str, Field(max_length=100, description="Which benefit.", examples=["temporary_disablement"])]
Revision = Annotated[int, Field(ge=0, le=LARGEST_INTEGER, description="The claim's revision.", examples=[1])]
LawText = Annotated[str, Field(max_length=500, description="Act and section.", examples=["Act 4 s.22"])]
EndToEndId = Annotated[str, Field(max_length=35, description="The id that the bank carries.", examples=["0f" * 16])]
OfficerOrBank = Annotated[str, Field(max_length=255, description="Who stated it.", examples=["officer-7"])]
TraceId = Annotated[
    str | None,
    Field(pattern=r"^[0-9a-f]{32}$", max_length=32, description="The trace that it belongs to (W3C trace context)."),
]
# A reference such as a court's or an office's, and nothing that could be a name.
_EVIDENCE_PATTERN = r"^[A-Z0-9][A-Z0-9./-]*$"
# The number of an identity card, which is a name as well.
_NATIONAL_ID = re.compile(r"(?<![0-9])[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])-?[0-9]{2}-?[0-9]{4}(?![0-9])")


def _names_nobody(number: str) -> str:
    """The number of a document: it has a digit, and the number of an identity card stands in none."""
    if _NATIONAL_ID.search(number) or not any(each.isdigit() for each in number):
        raise ValueError("The number of a document names nobody.")
    return number


DocumentNumber = Annotated[
    str,
    Field(
        pattern=_EVIDENCE_PATTERN,
        max_length=40,
        description="The number of the document in which it stands; nobody's name.",
        examples=["KB-2026-0193"],
    ),
    AfterValidator(_names_nobody),
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
