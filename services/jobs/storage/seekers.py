"""Job seekers with their interviews and offers in the database."""

from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.jobs.domain.errors import SeekerUnknown
from services.jobs.domain.seeker import Interview, InterviewMode, InterviewOutcome, Offer, SearchState, Seeker
from services.jobs.storage import tables as t

_REOPEN = text("""
    UPDATE seeker SET state = 'open'
    WHERE id = :seeker AND state = 'placed'
      AND NOT EXISTS (SELECT FROM placement WHERE placement.seeker = :seeker AND placement.state = 'confirmed')
      AND NOT EXISTS (SELECT FROM seeker AS other WHERE other.person = :person AND other.state = 'open')
    RETURNING id
""")


class SeekerRepository:
    """The repository of searches, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self, seeker: Seeker) -> None:
        """Add a search, unless the referral has led to one or the person has one that is open."""
        await self._connection.execute(upsert(t.seeker).values(asdict(seeker)).on_conflict_do_nothing())

    async def lock(self, seeker: UUID) -> Seeker:
        """The search, held until the transaction ends; raises SeekerUnknown."""
        statement = select(t.seeker).where(t.seeker.c.id == seeker).with_for_update()
        row = (await self._connection.execute(statement)).one_or_none()
        if row is None:
            raise SeekerUnknown()
        return seeker_of(row)

    async def save(self, seeker: Seeker) -> None:
        """Store the state of a search; nothing else of it changes."""
        await self._connection.execute(update(t.seeker).where(t.seeker.c.id == seeker.id).values(state=seeker.state))

    async def reopen(self, seeker: Seeker) -> Seeker:
        """The search as it goes on: its placement is proved no more. It stays ended where another of it is, or where
        the number has one that is open."""
        found = await self._connection.execute(_REOPEN, {"seeker": seeker.id, "person": seeker.person})
        return seeker if found.one_or_none() is None else replace(seeker, state=SearchState.OPEN)

    async def add_interview(self, interview: Interview, tenant: str) -> None:
        """Add an interview that this party reports."""
        await self._connection.execute(insert(t.interview).values(tenant=tenant, **asdict(interview)))

    async def add_offer(self, offer: Offer, tenant: str) -> None:
        """Add an offer that this party reports."""
        await self._connection.execute(insert(t.offer).values(tenant=tenant, **asdict(offer)))


def seeker_of(row: Row[Any]) -> Seeker:
    """The search in a row of the table."""
    return Seeker(
        id=row.id,
        person=row.person,
        referral=row.referral,
        claim=row.claim,
        outcome=row.outcome,
        discharged_on=row.discharged_on,
        opened_at=row.opened_at,
        state=SearchState(row.state),
    )


def interview_of(row: Row[Any]) -> Interview:
    """The interview in a row of the table."""
    return Interview(
        id=row.id,
        seeker=row.seeker,
        employer=row.employer,
        held_on=row.held_on,
        mode=InterviewMode(row.mode),
        outcome=InterviewOutcome(row.outcome),
        recorded_at=row.recorded_at,
    )


def offer_of(row: Row[Any]) -> Offer:
    """The offer in a row of the table."""
    return Offer(
        id=row.id,
        seeker=row.seeker,
        employer=row.employer,
        position=row.position,
        wage_sen=row.wage_sen,
        starts_on=row.starts_on,
        accepted=row.accepted,
        recorded_at=row.recorded_at,
    )
