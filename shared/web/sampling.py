"""What an auditor asks of a seeded sample: the same in each service (decisions 93 and 107)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import Field

from shared.kernel.clock import start_of_day, today
from shared.web.errors import SamplePeriodOpen, SamplePeriodReversed
from shared.web.fields import Day, Text, Whole
from shared.web.money import In

MOST_SAMPLED = 100
USUAL_SAMPLE = 25


@dataclass(frozen=True, slots=True)
class Period:
    """Days of which a sample is drawn, all of them over."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Raises SamplePeriodReversed, SamplePeriodOpen."""
        if self.last < self.first:
            raise SamplePeriodReversed()
        if self.last >= today():
            raise SamplePeriodOpen()

    @property
    def begins(self) -> datetime:
        """The first instant of the period."""
        return start_of_day(self.first)

    @property
    def ends(self) -> datetime:
        """The first instant after it."""
        return start_of_day(self.last + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class SampleRequest(Period):
    """By which seed a sample was drawn of these days, and how much of it is read."""

    seed: str
    size: int


class SamplePeriodIn(In):
    """Of which days an auditor draws, how much, and by which seed."""

    first: Day = Field(description="The first day of the period", examples=["2026-07-01"])
    last: Day = Field(description="Its last day, which is over", examples=["2026-09-30"])
    size: Whole = Field(default=USUAL_SAMPLE, ge=1, le=MOST_SAMPLED, description="How many rows are drawn")
    seed: UUID | None = Field(
        default=None,
        description="A seed that was stated before the period began; else the machine draws one",
        examples=["018f0000-0000-7000-8000-000000000001"],
    )

    def period(self) -> Period:
        """The days; raises SamplePeriodReversed, SamplePeriodOpen."""
        return Period(self.first, self.last)


async def _sample_request(
    seed: Annotated[
        Text,
        Query(
            min_length=1,
            max_length=64,
            description="By which the sample was drawn.",
            examples=["audit-2026-q3"],
        ),
    ],
    first: Annotated[Day, Query(description="The first day of the period.", examples=["2026-07-01"])],
    last: Annotated[Day, Query(description="Its last day, which is over.", examples=["2026-09-30"])],
    size: Annotated[int, Query(ge=1, le=MOST_SAMPLED, description="How many rows are read at most.")] = USUAL_SAMPLE,
) -> SampleRequest:
    return SampleRequest(first, last, seed, size)


# What the route of a sample asks for.
Sampling = Annotated[SampleRequest, Depends(_sample_request)]
