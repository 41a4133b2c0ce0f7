"""Wage history by person and month (topic ``contribution.received``). Commutative: the higher revision wins (F4)."""

from collections.abc import Sequence
from itertools import repeat

from services.claims.domain.collectors.contributions import is_before_every_window
from services.claims.domain.subjects import older_wages, wages
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.contribution_received import ContributionsReceivedV1
from shared.contracts.envelope import Event, only
from shared.kernel.clock import today
from shared.kernel.periods import Month
from shared.kernel.subjects import Subject


async def apply(events: Sequence[Event], uow: ClaimsUnitOfWork) -> None:
    """Keep the wages, and wake the claims that are rated by one of these months."""
    chunks = only(events, ContributionsReceivedV1)
    if not chunks:
        return
    await uow.known_wages.keep(_columns(chunks))
    of_months = (wages(persons, month) for month, persons in _by_month(chunks).items())
    await uow.due.wake([*of_months, *_older(chunks)])


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
