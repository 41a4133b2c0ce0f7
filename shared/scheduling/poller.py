"""Looks whether anything is due, cheaply enough to do it many times a second all day, and bounds what is due again.

Nothing that its connection writes has to outlive a crash: a look holds rows for its own length, and what is bounded no
more is bounded again. So its commits wait for no disk.
"""

import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from enum import StrEnum

import asyncpg

from shared.kernel.clock import now
from shared.persistence.due_work import NOT_BOUNDED
from shared.persistence.life import MAY_ACT

# The row that has been due longest; else one that is to be looked at once more, and did not fail at that: a failure has
# its own pause. Each part reads its index from one end. The instant is the business clock's, so it is a parameter: that
# bounds the scan too, where ``clock_timestamp()`` would not, and every waiting row would be read in vain at every look.
# What is gathered is passed over until its instant, which reads no more rows than came since the last one.
FIRST_DUE = f"""
    coalesce(
        (SELECT id FROM due_work
         WHERE failed IS NULL AND kind = ANY(CAST({{kinds}} AS text[])) AND due_at <= {{now}}
           AND (kind <> ALL(CAST({{gathered}} AS text[])) OR due_at <= {{until}})
         ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED),
        (SELECT id FROM due_work
         WHERE failed IS NULL AND kind = ANY(CAST({{kinds}} AS text[]))
           AND recheck_after > {NOT_BOUNDED} AND recheck_after <= pg_snapshot_xmin(pg_current_snapshot())
           AND attempts = 0
         ORDER BY recheck_after LIMIT 1 FOR UPDATE SKIP LOCKED))
"""  # noqa: S608 - nothing that came from outside stands in it
_LOOK = f"""
    SELECT CASE WHEN NOT {MAY_ACT} THEN NULL
        WHEN {FIRST_DUE.format(kinds="$1", now="$2", gathered="$3", until="$4")} IS NOT NULL THEN 'due'
        WHEN (SELECT id FROM due_work
              WHERE failed IS NULL AND kind = ANY(CAST($1 AS text[])) AND recheck_after = {NOT_BOUNDED}
              LIMIT 1 FOR UPDATE SKIP LOCKED) IS NOT NULL THEN 'not bounded' END
"""  # noqa: S608
# First a look, then an id: only whoever has a lower one can have missed what the look saw. The snapshot is the
# statement's, and the first row that is held takes the id. A row that was written again in between is left for the next
# time: it is held as it stands now, with another number than the look saw.
BOUND = f"""
    WITH seen AS MATERIALIZED (
        SELECT id, armed FROM due_work
        WHERE failed IS NULL AND kind = ANY(CAST({{kinds}} AS text[])) AND recheck_after = {NOT_BOUNDED} LIMIT 1000
    )
    UPDATE due_work SET recheck_after = pg_current_xact_id()
    WHERE id IN (SELECT work.id FROM due_work AS work JOIN seen USING (id, armed) FOR UPDATE OF work SKIP LOCKED)
"""  # noqa: S608
_BOUND = BOUND.format(kinds="$1")


class Seen(StrEnum):
    """What a look found."""

    DUE = "due"
    # Nothing is due, and rows that are to be looked at once more do not say yet when.
    NOT_BOUNDED = "not bounded"


class DueWorkPoller:
    """A connection of its own for one question: a pooled transaction would cost six round trips for each look."""

    def __init__(self, dsn: str, service: str, kinds: Sequence[str], gathered: Sequence[str] = ()) -> None:
        self._dsn = dsn
        self._service = service
        self._kinds = list(kinds)
        self._gathered = list(gathered)
        self._connection: asyncpg.Connection | None = None

    async def sees_work(self, until: datetime | None = None) -> Seen | None:
        """What there is to do that nobody is at work on: of what is gathered, what was due by an instant before now.

        Raises what the database raises, and connects again then.
        """
        instant = now()
        async with self._connected() as connection:
            seen = await connection.fetchval(_LOOK, self._kinds, instant, self._gathered, until or instant)
            return Seen(seen) if seen is not None else None

    async def bound(self) -> None:
        """Have rows that are to be looked at once more say when. Raises as ``sees_work``."""
        async with self._connected() as connection:
            await connection.execute(_BOUND, self._kinds)

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncpg.Connection]:
        try:
            connection = self._connection = self._connection or await self._connect()
            yield connection
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
            server_settings={"application_name": f"jaring-{self._service}-poller", "synchronous_commit": "off"},
        )
