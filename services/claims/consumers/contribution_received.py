"""Wage history by person and month (topic ``contribution.received``). Commutative: the higher revision wins (F4)."""

from collections.abc import Sequence
from itertools import repeat

from services.claims.domain.subjects import wage
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.contribution_received import ContributionsReceivedV1
from shared.contracts.envelope import Event
from shared.kernel.periods import Month


async def apply(events: Sequence[Event], uow: ClaimsUnitOfWork) -> None:
    """Keep the wages, and wake the claims that are rated by one of these months."""
    chunks = [event for event in events if isinstance(event, ContributionsReceivedV1)]
    if not chunks:
        return
    await uow.known_wages.keep(_columns(chunks))
    await uow.due.wake({wage(person, chunk.month) for chunk in chunks for person in chunk.persons})


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
