"""Fields that more than one router of registration takes."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AfterValidator, Field

from services.registration.domain.contribution import FileState, number_of
from services.registration.domain.correction import StatedBy
from services.registration.domain.person import LONGEST_NAME
from shared.kernel.clock import now
from shared.kernel.periods import Month
from shared.security.national_id import IdKind, NationalId
from shared.security.tokens import Caller
from shared.web.fields import DOCUMENT_PATTERN, ONE_LINE
from shared.web.money import In, Out

MONTH_PATTERN = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"
_MOST_MONTHS = 24
_MONTHS = Query(
    max_length=_MOST_MONTHS,
    description="The wage months that the lines are for: a line of another month is set aside. Without it one that is "
    "not of the month of most lines is, where one month has more than half of them.",
    examples=[["2026-06"]],
)


async def _months_meant(
    month: Annotated[
        list[Annotated[str, Field(pattern=MONTH_PATTERN, min_length=7, max_length=7)]] | None, _MONTHS
    ] = None,
) -> tuple[int, ...]:
    return tuple(sorted({number_of(Month.of(each)) for each in month or ()}))


MonthsMeant = Annotated[tuple[int, ...], Depends(_months_meant)]


class FileReceived(Out):
    """The job that works on a file."""

    file: UUID
    state: FileState


Name = Annotated[
    str, Field(min_length=1, max_length=LONGEST_NAME, description="The full name.", examples=["AHMAD BIN ALI"])
]
# Marks that turn the direction of a text: with them a name is shown as another one than it is.
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _reads_as_written(name: str) -> str:
    if _TURNS.search(name):
        raise ValueError("A name has no marks that turn its direction.")
    return name


READS_AS_WRITTEN = AfterValidator(_reads_as_written)
NameIn = Annotated[Name, ONE_LINE, READS_AS_WRITTEN]
# An employer's, an officer's, or a person's.
Source = Annotated[str, Field(max_length=60, examples=["organisation:1"])]
Officer = Annotated[str, Field(max_length=200, examples=["officer-1"])]


def stated_by(caller: Caller) -> StatedBy:
    """Who states something now: the party, and the officer where it is the organisation's."""
    return StatedBy(caller.party, now(), caller.subject if caller.is_officer else None)


class NationalIdIn(In):
    """A national id; it is stored encrypted and never shown again."""

    kind: IdKind = Field(description="What kind of number it is.", examples=["mykad"])
    number: str = Field(
        min_length=4,
        max_length=20,
        pattern=DOCUMENT_PATTERN,
        description="Dashes may stand in it.",
        examples=["900101-14-5678"],
    )

    def stated(self) -> NationalId:
        """The id itself; raises NationalIdInvalid."""
        return NationalId(self.kind, self.number)
