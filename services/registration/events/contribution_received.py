"""Topic ``contribution.received``: lines, totals and receipts, stated alike at first and when republished."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from uuid import UUID

from services.registration.domain.arrears import InterestStatement
from services.registration.domain.contribution import (
    AMOUNTS,
    KINDS,
    LINES_IN_AN_EVENT,
    FileJob,
    MonthSums,
    TakenColumns,
    by_fund,
    month_of,
)
from services.registration.domain.opening_judging import KeptMonths, Placed, TakenMonths
from services.registration.domain.receipts import Allocation, KeptReceipt, ReceiptState
from services.registration.events.registration import OF_A_PIECE
from shared.contracts.contribution_received import (
    ContributionBankedV1,
    ContributionInterestV1,
    ContributionsReceivedV1,
    ContributionsTakenOverV1,
    ContributionTotalsV1,
    FundDifferenceV1,
)
from shared.kernel.clock import business_day

RANGES_IN_AN_EVENT = 1_000
_STATED_AGAIN = 1_000_000_000


def contributions_received(
    file: UUID, employer: int, received_at: datetime, kind: int, lines: TakenColumns, carried_to: int | None = None
) -> Iterator[ContributionsReceivedV1]:
    """Lines that are sorted by month, in chunks of up to 1,000 of one month; to whom, where a split carried them."""
    start = 0
    for month, of_month in groupby(lines.months):
        end = start + sum(1 for _ in of_month)
        for first in range(start, end, LINES_IN_AN_EVENT):
            chunk = slice(first, min(first + LINES_IN_AN_EVENT, end))
            yield ContributionsReceivedV1(
                file=file,
                employer=employer,
                month=str(month_of(month)),
                received_at=received_at,
                kind=KINDS[kind],
                persons=tuple(lines.persons[chunk]),
                revisions=tuple(lines.revisions[chunk]),
                wages_sen=tuple(lines.wages_sen[chunk]),
                **{name: tuple(lines.amounts[name][chunk]) for name in AMOUNTS},
                carried_to=carried_to,
            )
        start = end


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


def totals_of(job: FileJob, brought: Iterable[MonthSums]) -> Iterator[ContributionTotalsV1]:
    """The same of each month."""
    for each in brought:
        yield contribution_totals(job.id, job.employer, job.received_at, each)


def contribution_banked(kept: KeptReceipt) -> ContributionBankedV1:
    """A receipt with what was found of it; of one that two officers found wrong nothing was banked."""
    receipt, allocation = kept.receipt, kept.allocation or Allocation()
    countered = kept.state is ReceiptState.COUNTERED
    reason = None if countered else allocation.unallocated_for
    return ContributionBankedV1(
        receipt=kept.id,
        revision=kept.revision,
        employer=receipt.employer,
        month=str(month_of(receipt.month)),
        amount_sen=receipt.amount_sen,
        banked_on=receipt.banked_on,
        received_at=receipt.received_at,
        stated_by=receipt.tenant,
        funds=tuple(FundDifferenceV1(**asdict(each)) for each in allocation.funds),
        unallocated_sen=receipt.amount_sen if reason else 0,
        unallocated_for=reason,
        countered=countered,
        interest_sen=allocation.interest_sen,
    )


def contribution_interest(said: InterestStatement) -> ContributionInterestV1:
    """What is charged of a month for what was paid late, or is not paid."""
    return ContributionInterestV1(
        interest=said.interest,
        revision=said.revision,
        employer=said.employer,
        month=str(said.month),
        amount_sen=said.amount_sen,
        waived_sen=said.waived_sen,
        as_of=said.as_of,
        law=said.law,
        stated_at=said.stated_at,
        decision_hash=said.decision_hash,
    )


def contributions_taken_over(
    file: UUID, piece: int, at: datetime, placed: Sequence[Placed]
) -> Iterator[ContributionsTakenOverV1]:
    """The months that a piece brought, in chunks."""
    for chunk, first in enumerate(range(0, len(placed), RANGES_IN_AN_EVENT), start=piece * OF_A_PIECE):
        part = placed[first : first + RANGES_IN_AN_EVENT]
        whose = ([each.employer for each in part], [each.person for each in part])
        yield _taken_over(file, chunk, at, whose, [TakenMonths.of(each.row) for each in part])


def contributions_taken_over_again(kept: Sequence[KeptMonths]) -> list[ContributionsTakenOverV1]:
    """Months of any files as they were stated at first, sorted by file."""
    grouped = (list(of_file) for _, of_file in groupby(kept, key=lambda each: (each.file, each.taken_at)))
    return [
        _taken_over(
            *(each[0].file, _STATED_AGAIN + each[0].person, each[0].taken_at),
            ([one.employer for one in each], [one.person for one in each]),
            [one.months for one in each],
        )
        for each in grouped
    ]


def _taken_over(
    file: UUID, chunk: int, at: datetime, whose: tuple[Sequence[int], Sequence[int]], months: Sequence[TakenMonths]
) -> ContributionsTakenOverV1:
    """Months by employers and persons."""
    employers, persons = whose
    return ContributionsTakenOverV1(
        file=file,
        chunk=chunk,
        taken_at=at,
        employers=tuple(employers),
        persons=tuple(persons),
        first_months=tuple(_month_text(each.first_month) for each in months),
        last_months=tuple(_month_text(each.last_month) for each in months),
        wages_sen=tuple(each.wage_sen for each in months),
        **{name: tuple(getattr(each.amounts, name) for each in months) for name in AMOUNTS},
    )


@lru_cache(maxsize=4_096)
def _month_text(month: int) -> str:
    return str(month_of(month))
