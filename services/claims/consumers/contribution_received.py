"""Wage history by person and month (topic ``contribution.received``). Commutative: the higher revision wins (F4)."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import repeat

from services.claims.domain.collectors.contributions import is_before_every_window
from services.claims.domain.subjects import older_wages, persons, spells_of, taken_over, wages
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
    of_months = (wages(people, month) for month, people in _by_month(chunks).items())
    await uow.due.wake([*of_months, *_older(chunks)])


async def _apply_taken_over(chunks: Sequence[ContributionsTakenOverV1], uow: ClaimsUnitOfWork) -> None:
    """Keep months that were taken over as they are stated, and wake whoever is rated by any months of these people.

    A worker of before, beside which this one may run, let no claim listen to that: but to the person, or to where the
    person works, does each that listens to a month.
    """
    if chunks:
        await uow.known_wages.keep_ranges(_ranges(chunks))
        people = {person for chunk in chunks for person in chunk.persons}
        await uow.due.wake([taken_over(people), persons(people), spells_of(people)])


def _ranges(chunks: Sequence[ContributionsTakenOverV1]) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {
        name: [] for name in ("person", "employer", "first_month", "last_month", "wage_sen")
    }
    for chunk in chunks:
        columns["person"] += chunk.persons
        columns["employer"] += chunk.employers
        columns["first_month"] += map(_first_day, chunk.first_months)
        columns["last_month"] += map(_first_day, chunk.last_months)
        columns["wage_sen"] += chunk.wages_sen
    return columns


@lru_cache(maxsize=4_096)
def _first_day(month: str) -> date:
    return Month.of(month).first_day


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
