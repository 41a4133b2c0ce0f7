"""Searches for work, with their interviews and offers, and placements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, select

from services.jobs.domain.errors import SeekerUnknown
from services.jobs.domain.placement import Placement, PlacementState
from services.jobs.domain.seeker import Interview, Offer, SearchState, Seeker
from services.jobs.storage import tables as t
from services.jobs.storage.placements import placement_of
from services.jobs.storage.seekers import interview_of, offer_of, seeker_of
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.persistence.known_merges import is_of

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Search:
    """A search with its last hundred interviews and offers; ``placements`` names the placement of an offer."""

    seeker: Seeker
    interviews: Sequence[Interview]
    offers: Sequence[Offer]
    placements: dict[UUID, UUID]


async def find_search(seeker: UUID, uow: JobsUnitOfWork) -> Search:
    """One search; raises SeekerUnknown."""
    row = (await uow.connection.execute(select(t.seeker).where(t.seeker.c.id == seeker))).one_or_none()
    if row is None:
        raise SeekerUnknown()
    made = select(t.placement.c.offer, t.placement.c.id).where(t.placement.c.seeker == seeker)
    return Search(
        seeker=seeker_of(row),
        interviews=[interview_of(each) for each in await uow.connection.execute(_last(t.interview, seeker))],
        offers=[offer_of(each) for each in await uow.connection.execute(_last(t.offer, seeker))],
        placements={each.offer: each.id for each in await uow.connection.execute(made)},
    )


async def list_seekers(
    person: int | None, state: SearchState | None, after: UUID | None, limit: int, uow: JobsUnitOfWork
) -> Sequence[Seeker]:
    """Searches in the order of their ids, of one person or in one state where that is asked for."""
    statement = _listed(t.seeker, person, state, after, limit)
    return [seeker_of(row) for row in await uow.connection.execute(statement)]


async def list_placements(
    person: int | None, state: PlacementState | None, after: UUID | None, limit: int, uow: JobsUnitOfWork
) -> Sequence[Placement]:
    """Placements in the order of their ids, of one person or in one state where that is asked for."""
    statement = _listed(t.placement, person, state, after, limit)
    return [placement_of(row) for row in await uow.connection.execute(statement)]


def _last(table: Table, seeker: UUID) -> Select[Any]:
    return select(table).where(table.c.seeker == seeker).order_by(table.c.id.desc()).limit(MOST_SHOWN)


def _listed(table: Table, person: int | None, state: str | None, after: UUID | None, limit: int) -> Select[Any]:
    statement = select(table).order_by(table.c.id).limit(limit)
    if person is not None:
        statement = statement.where(is_of(table.c.person, person))
    if state is not None:
        statement = statement.where(table.c.state == str(state))
    if after is not None:
        statement = statement.where(table.c.id > after)
    return statement
