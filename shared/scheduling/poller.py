"""Looks whether anything is due, cheaply enough to do it many times a second all day."""

import contextlib
from collections.abc import Sequence

import asyncpg

from shared.kernel.clock import now
from shared.persistence.due_work import NOT_BOUNDED
from shared.persistence.life import MAY_ACT

# The row that has been due longest; else one that is to be looked at once more, and did not fail at that: a failure has
# its own pause. Each part reads its index from one end. The instant is the business clock's, so it is a parameter: that
# bounds the scan too, where ``clock_timestamp()`` would not, and every waiting row would be read in vain at every look.
FIRST_DUE = f"""
    coalesce(
        (SELECT id FROM due_work
         WHERE failed IS NULL AND kind = ANY(CAST({{kinds}} AS text[])) AND due_at <= {{now}}
         ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED),
        (SELECT id FROM due_work
         WHERE failed IS NULL AND kind = ANY(CAST({{kinds}} AS text[]))
           AND recheck_after > {NOT_BOUNDED} AND recheck_after <= pg_snapshot_xmin(pg_current_snapshot())
           AND attempts = 0
         ORDER BY recheck_after LIMIT 1 FOR UPDATE SKIP LOCKED))
"""  # noqa: S608 - nothing that came from outside stands in it
_LOOK = f"""
    SELECT CASE WHEN {MAY_ACT} THEN coalesce({FIRST_DUE.format(kinds="$1", now="$2")},
        (SELECT id FROM due_work
         WHERE failed IS NULL AND kind = ANY(CAST($1 AS text[])) AND recheck_after = {NOT_BOUNDED}
         LIMIT 1 FOR UPDATE SKIP LOCKED)) END
"""  # noqa: S608


class DueWorkPoller:
    """A connection of its own for one question: a pooled transaction would cost six round trips for each look."""

    def __init__(self, dsn: str, service: str, kinds: Sequence[str]) -> None:
        self._dsn = dsn
        self._service = service
        self._kinds = list(kinds)
        self._connection: asyncpg.Connection | None = None

    async def sees_work(self) -> bool:
        """Whether a row is due that nobody is at work on. Raises what the database raises, and connects again then."""
        try:
            connection = self._connection = self._connection or await self._connect()
            return await connection.fetchval(_LOOK, self._kinds, now()) is not None
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                await connection.close(timeout=5)

    async def _connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(
            self._dsn,
            timeout=10,
            command_timeout=30,
            server_settings={"application_name": f"jaring-{self._service}-poller"},
        )
