"""Spells of employment as registration tells them: a projection, and the proofs among them."""

from collections.abc import Sequence

from sqlalchemy import Table, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.jobs.domain.placement import Proof
from services.jobs.storage.tables import PLACEMENT, SPELL, SPELL_PROOF
from shared.contracts.registration import SpellConfirmedV1, SpellEvent


class Spells:
    """Spells and their proofs, inside one transaction; the higher revision wins."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, events: Sequence[SpellEvent]) -> None:
        """Store what the events say of spells, and what they prove."""
        await self._keep(SPELL, [_spell(event) for event in events])
        await self._keep(SPELL_PROOF, [_proof(event) for event in events if isinstance(event, SpellConfirmedV1)])

    async def unused_proofs(self, person: int, employer: int) -> Sequence[Proof]:
        """Proved spells of a person with an employer that no placement rests on yet."""
        used = exists().where(PLACEMENT.c.spell == SPELL.c.spell)
        statement = (
            select(SPELL.c.spell, SPELL.c.started_on, SPELL_PROOF.c.month, SPELL_PROOF.c.wage_sen)
            .join(SPELL_PROOF, SPELL_PROOF.c.spell == SPELL.c.spell)
            .where(SPELL.c.person == person, SPELL.c.employer == employer, ~used)
        )
        found = await self._connection.execute(statement)
        return [Proof(row.spell, row.started_on, row.month, row.wage_sen) for row in found]

    async def _keep(self, table: Table, rows: Sequence[dict[str, object]]) -> None:
        newest = {row["spell"]: row for row in sorted(rows, key=lambda row: (str(row["spell"]), row["revision"]))}
        if not newest:
            return
        adding = insert(table).values(list(newest.values()))
        changed = {name: adding.excluded[name] for name in next(iter(newest.values())) if name != "spell"}
        older = table.c.revision < adding.excluded.revision
        await self._connection.execute(
            adding.on_conflict_do_update(index_elements=["spell"], set_=changed, where=older)
        )


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
