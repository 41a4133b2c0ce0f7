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
    await uow.wages.keep(_columns(chunks))
    await uow.due.wake({wage(person, chunk.month) for chunk in chunks for person in chunk.persons})


def _columns(chunks: Sequence[ContributionsReceivedV1]) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {
        name: [] for name in ("persons", "months", "employers", "kinds", "wages", "revisions")
    }
    for chunk in chunks:
        columns["persons"] += chunk.persons
        columns["months"] += repeat(Month.of(chunk.month).first_day, chunk.rows)
        columns["employers"] += repeat(chunk.employer, chunk.rows)
        columns["kinds"] += repeat(chunk.kind, chunk.rows)
        columns["wages"] += chunk.wages_sen
        columns["revisions"] += chunk.revisions
    return columns
