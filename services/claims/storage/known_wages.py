"""The wage history that benefits are rated by: contribution lines by person and month."""

from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

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
