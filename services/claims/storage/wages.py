"""The wage history that benefits are rated by: contribution lines by person and month."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.facts import WageMonth
from services.claims.storage import tables as t
from shared.kernel.periods import Month

# Two lines of one key in one batch keep the higher revision before the table does: an upsert touches a row once.
_KEEP = text("""
    INSERT INTO known_wage AS known (person, month, employer, kind, wage_sen, revision)
    SELECT DISTINCT ON (person, month, employer, kind) person, month, employer, kind, wage_sen, revision
    FROM unnest(CAST(:persons AS bigint[]), CAST(:months AS date[]), CAST(:employers AS bigint[]),
                CAST(:kinds AS text[]), CAST(:wages AS bigint[]), CAST(:revisions AS integer[]))
         AS line (person, month, employer, kind, wage_sen, revision)
    ORDER BY person, month, employer, kind, revision DESC
    ON CONFLICT (person, month, employer, kind) DO UPDATE
        SET wage_sen = excluded.wage_sen, revision = excluded.revision
        WHERE excluded.revision > known.revision
""")


class WageProjection:
    """The projection of the topic ``contribution.received``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, columns: Mapping[str, Sequence[object]]) -> None:
        """Keep lines given as columns: persons, months, employers, kinds, wages, revisions."""
        await self._connection.execute(_KEEP, {name: list(column) for name, column in columns.items()})

    async def of(self, person: int, until: date) -> tuple[WageMonth, ...]:
        """The months with wages of a person before a day, oldest first; a month without wages is no month of wages."""
        known = t.known_wage.c
        query = select(t.known_wage).where(known.person == person, known.month < until, known.wage_sen > 0)
        rows = await self._connection.execute(query.order_by(known.month, known.employer, known.kind))
        return tuple(WageMonth(row.employer, Month.of(row.month), row.wage_sen, row.revision) for row in rows)
