"""What an auditor asks of a seeded sample: the same in each service (decision 93)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query

from shared.kernel.clock import start_of_day, today
from shared.web.errors import SamplePeriodOpen, SamplePeriodReversed
from shared.web.fields import Day, Text

MOST_SAMPLED = 100
USUAL_SAMPLE = 25


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """A seed, how many rows are drawn by it, and of which days."""

    seed: str
    size: int
    first: date
    last: date

    @property
    def begins(self) -> datetime:
        """The first instant of the period."""
        return start_of_day(self.first)

    @property
    def ends(self) -> datetime:
        """The first instant after it."""
        return start_of_day(self.last + timedelta(days=1))


async def _sample_request(
    seed: Annotated[
        Text,
        Query(
            min_length=1,
            max_length=64,
            description="Whoever has it draws the same rows: it is made known after the period is over.",
            examples=["audit-2026-q3"],
        ),
    ],
    first: Annotated[Day, Query(description="The first day of the period.", examples=["2026-07-01"])],
    last: Annotated[Day, Query(description="Its last day, which is over.", examples=["2026-09-30"])],
    size: Annotated[int, Query(ge=1, le=MOST_SAMPLED, description="How many rows are drawn.")] = USUAL_SAMPLE,
) -> SampleRequest:
    if last < first:
        raise SamplePeriodReversed()
    if last >= today():
        raise SamplePeriodOpen()
    return SampleRequest(seed, size, first, last)


# What the route of a sample asks for.
Sampling = Annotated[SampleRequest, Depends(_sample_request)]
