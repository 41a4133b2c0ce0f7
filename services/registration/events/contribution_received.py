"""Topic ``contribution.received``: lines and totals, stated alike at first and when republished."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from uuid import UUID

from services.registration.domain.contribution import (
    AMOUNTS,
    KINDS,
    LINES_IN_AN_EVENT,
    MonthSums,
    TakenLine,
    by_fund,
    month_of,
)
from shared.contracts.contribution_received import ContributionsReceivedV1, ContributionTotalsV1, FundDifferenceV1
from shared.kernel.clock import business_day


def contributions_received(
    file: UUID, employer: int, received_at: datetime, kind: int, lines: Sequence[TakenLine]
) -> Iterator[ContributionsReceivedV1]:
    """Lines that are sorted by month, in chunks of up to 1,000 of one month."""
    for month, of_month in groupby(lines, key=lambda line: line.month):
        chunked = list(of_month)
        for first in range(0, len(chunked), LINES_IN_AN_EVENT):
            chunk = chunked[first : first + LINES_IN_AN_EVENT]
            yield ContributionsReceivedV1(
                file=file,
                employer=employer,
                month=str(month_of(month)),
                received_at=received_at,
                kind=KINDS[kind],
                persons=tuple(line.person for line in chunk),
                revisions=tuple(line.revision for line in chunk),
                wages_sen=tuple(line.wage_sen for line in chunk),
                **{name: tuple(getattr(line.amounts, name) for line in chunk) for name in AMOUNTS},
            )


def contribution_totals(file: UUID, employer: int, received_at: datetime, sums: MonthSums) -> ContributionTotalsV1:
    """What a file brought in one month, by who pays and by fund."""
    return ContributionTotalsV1(
        file=file,
        employer=employer,
        month=str(month_of(sums.month)),
        received_at=received_at,
        lines=sums.lines,
        **{name: getattr(sums.amounts, name) for name in AMOUNTS},
        funds=tuple(FundDifferenceV1(**asdict(each)) for each in by_fund(sums, business_day(received_at))),
    )
