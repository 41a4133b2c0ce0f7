"""What claims decided, and how far each entitlement has been settled."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.settlement import Entitled, Period
from services.benefits.storage import tables as t

# A refusal names no benefit: it brings down what it sees to be settled. The lock lets it come only after this
# transaction.
_OPEN = text("""
    INSERT INTO settlement (claim, benefit, person, revision, settled_on)
    SELECT claim, :benefit, person, 0, :today FROM assessment WHERE claim = :claim FOR SHARE
    ON CONFLICT (claim, benefit) DO NOTHING
""")
_LOCK = text("SELECT revision, settled_on FROM settlement WHERE claim = :claim AND benefit = :benefit FOR UPDATE")


@dataclass(frozen=True, slots=True)
class Standing:
    """An entitlement with its row locked, and the last day on which it was settled."""

    entitled: Entitled
    settled_on: date


class EntitlementRepository:
    """Reads and writes entitlements inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, decided: "Sequence[Decided]") -> None:
        """Keep the newest revision of each claim with all that it entitles to; an older or equal one changes nothing.

        ``decided`` holds a claim once.
        """
        in_order = sorted(decided, key=lambda each: str(each.assessment["claim"]))
        if not in_order:
            return
        statement = upsert(t.assessment).values([each.assessment for each in in_order])
        newer = statement.on_conflict_do_update(
            index_elements=[t.assessment.c.claim],
            set_={column.name: statement.excluded[column.name] for column in t.assessment.c},
            where=t.assessment.c.revision < statement.excluded.revision,
        )
        changed = set((await self._connection.execute(newer.returning(t.assessment.c.claim))).scalars())
        await self._replace([each for each in in_order if each.assessment["claim"] in changed], changed)

    async def _replace(self, decided: "Sequence[Decided]", claims: Collection[UUID]) -> None:
        for table in (t.entitlement, t.entitlement_period):
            await self._connection.execute(delete(table).where(table.c.claim.in_(claims)))
        for table, rows in (
            (t.entitlement, [row for each in decided for row in each.entitlements]),
            (t.entitlement_period, [row for each in decided for row in each.periods]),
        ):
            if rows:
                await self._connection.execute(insert(table), rows)

    async def benefits_of(self, claim: UUID) -> set[str]:
        """Every benefit of a claim that is decided now or was ever settled: a newer revision may end one."""
        decided = select(t.entitlement.c.benefit).where(t.entitlement.c.claim == claim)
        settled = select(t.settlement.c.benefit).where(t.settlement.c.claim == claim)
        return set((await self._connection.execute(decided.union(settled))).scalars())

    async def lock(self, claim: UUID, benefit: str, today: date) -> Standing | None:
        """The entitlement by its newest revision, locked; None while that is unknown or older than what was settled.

        That is so while a projection is rebuilt.
        """
        key = {"claim": claim, "benefit": benefit}
        await self._connection.execute(_OPEN, {**key, "today": today})
        settled = (await self._connection.execute(_LOCK, key)).one_or_none()
        entitled = None if settled is None else await self._entitled(claim, benefit)
        if settled is None or entitled is None or entitled.revision < settled.revision:
            return None
        return Standing(entitled, settled.settled_on)

    async def settled(self, entitled: Entitled, day: date) -> None:
        """Note up to which revision and day the books of this entitlement are right."""
        key = (t.settlement.c.claim == entitled.claim) & (t.settlement.c.benefit == entitled.benefit)
        values = {"revision": entitled.revision, "settled_on": day}
        await self._connection.execute(update(t.settlement).where(key).values(**values))

    async def _entitled(self, claim: UUID, benefit: str) -> Entitled | None:
        # One statement, so that the revision and its periods are of one moment.
        period = t.entitlement_period
        of_benefit = (period.c.claim == t.assessment.c.claim) & (period.c.benefit == benefit)
        query = select(t.assessment.c.person, t.assessment.c.revision, period).join_from(
            t.assessment, period, of_benefit, isouter=True
        )
        rows = (await self._connection.execute(query.where(t.assessment.c.claim == claim))).all()
        if not rows:
            return None
        periods = [
            Period(row.first_day, row.last_day, row.days, row.daily_rate_sen, row.amount_sen)
            for row in rows
            if row.first_day is not None
        ]
        return Entitled(claim, benefit, rows[0].person, rows[0].revision, tuple(sorted(periods)))


@dataclass(frozen=True, slots=True)
class Decided:
    """One revision of a claim as rows of the projection."""

    assessment: Mapping[str, Any]
    entitlements: Sequence[Mapping[str, Any]] = ()
    periods: Sequence[Mapping[str, Any]] = ()
