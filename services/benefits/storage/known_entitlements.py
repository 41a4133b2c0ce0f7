"""What claims decided: the newest revision of each claim, with all that it entitles to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.settlement import RECOVERY_LAW, Entitled, Period
from services.benefits.storage import tables as t

# A benefit that a decision leaves out has no law of its own any more.
_LAW = func.coalesce(t.entitlement.c.law, t.assessment.c.refused_law).label("law")


@dataclass(frozen=True, slots=True)
class Decided:
    """One revision of a claim as rows of the projection."""

    assessment: Mapping[str, Any]
    entitlements: Sequence[Mapping[str, Any]] = ()
    periods: Sequence[Mapping[str, Any]] = ()


class EntitlementProjection:
    """The projection of the topic ``claim.assessed``, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, decided: Sequence[Decided]) -> None:
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

    async def find(self, claim: UUID, benefit: str) -> Entitled | None:
        """The entitlement by the newest revision that arrived; None while there is none."""
        # One statement, so that the revision and its periods are of one moment.
        period, stated, claims = t.entitlement_period, t.entitlement, t.assessment
        query = (
            select(claims.c.person, claims.c.revision, claims.c.scheme, _LAW, period)
            .join_from(claims, stated, (stated.c.claim == claims.c.claim) & (stated.c.benefit == benefit), isouter=True)
            .join(period, (period.c.claim == claims.c.claim) & (period.c.benefit == benefit), isouter=True)
        )
        rows = (await self._connection.execute(query.where(t.assessment.c.claim == claim))).all()
        if not rows:
            return None
        periods = [
            Period(row.first_day, row.last_day, row.days, row.daily_rate_sen, row.amount_sen)
            for row in rows
            if row.first_day is not None
        ]
        about = rows[0]
        law = about.law or str(RECOVERY_LAW)
        return Entitled(claim, benefit, about.person, about.revision, tuple(sorted(periods)), about.scheme, law)

    async def _replace(self, decided: Sequence[Decided], claims: Collection[UUID]) -> None:
        for table in (t.entitlement, t.entitlement_period):
            await self._connection.execute(delete(table).where(table.c.claim.in_(claims)))
        for table, rows in (
            (t.entitlement, [row for each in decided for row in each.entitlements]),
            (t.entitlement_period, [row for each in decided for row in each.periods]),
        ):
            if rows:
                await self._connection.execute(insert(table), rows)
