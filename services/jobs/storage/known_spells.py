"""Spells of employment as registration publishes them, and the proofs among them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.jobs.domain.placement import Proof
from services.jobs.storage import tables as t
from shared.contracts.envelope import only
from shared.contracts.registration import SpellConfirmedV1, SpellEvent
from shared.persistence.upsert import keep_higher_revision

_FORGET = text("""
    WITH gone AS (DELETE FROM spell WHERE person = :person RETURNING spell)
    DELETE FROM spell_proof WHERE spell IN (SELECT spell FROM gone)
""")


class SpellProjection:
    """The projection of the topic ``registration``, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, events: Sequence[SpellEvent]) -> None:
        """Keep what the events say of spells, and what they prove; the higher revision wins."""
        confirmed = only(events, SpellConfirmedV1)
        await keep_higher_revision(self._connection, t.spell, [_spell(event) for event in events])
        await keep_higher_revision(self._connection, t.spell_proof, [_proof(event) for event in confirmed])

    async def forget(self, person: int) -> None:
        """Keep nothing of a person any more."""
        await self._connection.execute(_FORGET, {"person": person})

    async def person_of(self, spell: UUID) -> int | None:
        """The number under which a spell was stated, if it is known."""
        found: int | None = await self._connection.scalar(select(t.spell.c.person).where(t.spell.c.spell == spell))
        return found

    async def unused_proofs(self, numbers: Sequence[int], employer: int) -> Sequence[Proof]:
        """Proved spells of these numbers with an employer that no placement rests on yet."""
        used = exists().where(t.placement.c.spell == t.spell.c.spell)
        statement = (
            select(t.spell.c.spell, t.spell.c.started_on, t.spell_proof.c.month, t.spell_proof.c.wage_sen)
            .join(t.spell_proof, t.spell_proof.c.spell == t.spell.c.spell)
            .where(t.spell.c.person.in_(numbers), t.spell.c.employer == employer, ~used)
        )
        found = await self._connection.execute(statement)
        return [Proof(row.spell, row.started_on, row.month, row.wage_sen) for row in found]


def _spell(event: SpellEvent) -> dict[str, object]:
    return {
        "spell": event.spell,
        "revision": event.revision,
        "person": event.person,
        "employer": event.employer,
        "started_on": event.started_on,
        "ended_on": event.ended_on,
    }


def _proof(event: SpellConfirmedV1) -> dict[str, object]:
    return {
        "spell": event.spell,
        "revision": event.revision,
        "month": event.confirmed_month,
        "wage_sen": event.wage_sen,
    }
