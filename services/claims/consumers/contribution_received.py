"""Wage history by person and month (topic ``contribution.received``). Commutative: the higher revision wins (F4)."""

from collections.abc import Iterator, Sequence
from itertools import repeat

from services.claims.domain.collectors.contributions import is_before_every_window
from services.claims.domain.subjects import older_wages, wages
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.contribution_received import ContributionsReceivedV1, ContributionsTakenOverV1
from shared.contracts.envelope import Event, only
from shared.kernel.clock import today
from shared.kernel.periods import Month
from shared.kernel.subjects import Subject


async def apply(events: Sequence[Event], uow: ClaimsUnitOfWork) -> None:
    """Keep the wages, and wake the claims that are rated by one of these months."""
    await _apply_taken_over(only(events, ContributionsTakenOverV1), uow)
    chunks = only(events, ContributionsReceivedV1)
    if not chunks:
        return
    await uow.known_wages.keep(_columns(chunks))
    of_months = (wages(persons, month) for month, persons in _by_month(chunks).items())
    await uow.due.wake([*of_months, *_older(chunks)])


async def _apply_taken_over(chunks: Sequence[ContributionsTakenOverV1], uow: ClaimsUnitOfWork) -> None:
    """Keep months that were taken over as they are stated, and wake by the months that questions listen to."""
    if not chunks:
        return
    await uow.known_wages.keep_ranges([row for chunk in chunks for row in _ranges(chunk)])
    by_month: dict[str, list[int]] = {}
    older: set[Subject] = set()
    for chunk in chunks:
        for person, first, last in zip(chunk.persons, chunk.first_months, chunk.last_months, strict=True):
            older.add(older_wages(person))
            for month in _listened_to(Month.of(first), Month.of(last)):
                by_month.setdefault(str(month), []).append(person)
    await uow.due.wake([*(wages(persons, month) for month, persons in by_month.items()), *older])


def _listened_to(first: Month, last: Month) -> list[Month]:
    """The months of a range that some question may listen to one by one, from the last back."""
    found = []
    while last >= first and not is_before_every_window(last, today()):
        found.append(last)
        last = last - 1
    return found


def _ranges(chunk: ContributionsTakenOverV1) -> Iterator[dict[str, object]]:
    columns = (chunk.persons, chunk.employers, chunk.first_months, chunk.last_months, chunk.wages_sen)
    for person, employer, first, last, wage in zip(*columns, strict=True):
        months = {"first_month": Month.of(first).first_day, "last_month": Month.of(last).first_day}
        yield {"person": person, "employer": employer, **months, "wage_sen": wage}


def _by_month(chunks: Sequence[ContributionsReceivedV1]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for chunk in chunks:
        found.setdefault(chunk.month, []).extend(chunk.persons)
    return found


def _older(chunks: Sequence[ContributionsReceivedV1]) -> set[Subject]:
    """Of months long past, which few files bring: questions listen to them together."""
    late = (chunk for chunk in chunks if is_before_every_window(Month.of(chunk.month), today()))
    return {older_wages(person) for chunk in late for person in chunk.persons}


def _columns(chunks: Sequence[ContributionsReceivedV1]) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {
        name: [] for name in ("person", "month", "employer", "kind", "wage_sen", "revision")
    }
    for chunk in chunks:
        columns["person"] += chunk.persons
        columns["month"] += repeat(Month.of(chunk.month).first_day, chunk.rows)
        columns["employer"] += repeat(chunk.employer, chunk.rows)
        columns["kind"] += repeat(chunk.kind, chunk.rows)
        columns["wage_sen"] += chunk.wages_sen
        columns["revision"] += chunk.revisions
    return columns
