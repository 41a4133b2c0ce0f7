"""The charter's clocks of claims in the database: one live clock of each thing, and those that are over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.charter_clocks import CharterClock, ClockState, ClockStop, StandsFor
from services.claims.domain.evidence_request import RequestState
from shared.kernel.subjects import Subject
from shared.kernel.working_days import Stop
from shared.tasks.charter import stops_of

_COLUMNS = """
    clock.claim, clock.name, clock.number, clock.promise, clock.days, clock.complete_at,
    nullif(clock.due_at, 'infinity') AS due_at, clock.predicted_at, clock.missed_at, clock.ended_at, clock.revision,
    ARRAY(SELECT ROW (stopped_at, stands_for, resumed_at) FROM charter_stop AS stop
          WHERE stop.clock = clock.id ORDER BY stopped_at) AS stops
"""
_LIVE = text(f"SELECT {_COLUMNS} FROM charter_clock AS clock WHERE claim = :claim AND ended_at IS NULL")  # noqa: S608
_OF_CLAIMS = text(f"""
    SELECT {_COLUMNS} FROM charter_clock AS clock
    WHERE claim = ANY(CAST(:claims AS uuid[])) AND revision > 0 ORDER BY claim, name, number
""")  # noqa: S608 - a constant
_REVISION = text("SELECT revision FROM charter_clock WHERE id = :id")
_BEFORE = text("SELECT count(*) FROM charter_clock WHERE claim = :claim AND name = :name")
_KEEP = text("""
    INSERT INTO charter_clock (id, claim, name, number, promise, days, complete_at, due_at, state, predicted_at,
                               missed_at, ended_at, revision)
    VALUES (:id, :claim, :name, :number, :promise, :days, :complete_at,
            coalesce(CAST(:due_at AS timestamptz), 'infinity'::timestamptz), :state, :predicted_at, :missed_at,
            :ended_at, :revision)
    ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, state = excluded.state,
        predicted_at = excluded.predicted_at, missed_at = excluded.missed_at, ended_at = excluded.ended_at,
        revision = excluded.revision
""")
_STOP = text("""
    INSERT INTO charter_stop (clock, stopped_at, stands_for, resumed_at)
    VALUES (:clock, :stopped_at, :stands_for, :resumed_at)
    ON CONFLICT (clock, stopped_at) DO UPDATE SET resumed_at = excluded.resumed_at
""")
# Of parties that have time to answer yet.
_ASKED = text("SELECT DISTINCT question FROM evidence_request WHERE claim = :claim AND state = :open")
_STOPS_OF_TASKS = text("""
    SELECT task.subject, event.what, event.at, event.reason FROM task JOIN task_event AS event ON event.task = task.id
    WHERE task.subject = ANY(CAST(:subjects AS text[])) AND event.what IN ('stopped', 'resumed')
    ORDER BY task.subject, task.opened_at, event.number
""")
# With the office that has, or had last, what people were asked of it.
_PAGE = text(f"""
    SELECT {_COLUMNS}, held.office FROM charter_clock AS clock
    LEFT JOIN LATERAL (
        SELECT office FROM task
        WHERE task.subject IN ('question/' || clock.claim || '/' || clock.name, 'claim/' || clock.claim)
           OR clock.name = 'board_invitation' AND task.subject = ANY (ARRAY(
                  SELECT 'board_case/' || board_case.id FROM board_case WHERE board_case.claim = clock.claim))
        ORDER BY opened_at DESC, id DESC LIMIT 1) AS held ON true
    WHERE ended_at IS NULL
      AND (CAST(:state AS text) IS NULL OR clock.state = CAST(:state AS text))
      AND (CAST(:office AS text) IS NULL OR held.office = CAST(:office AS text))
      AND (CAST(:after AS text) IS NULL
           OR (clock.due_at, clock.id) > (CAST(CAST(:after AS text) AS timestamptz), CAST(:id AS uuid)))
    ORDER BY clock.due_at, clock.id LIMIT :limit
""")  # noqa: S608 - constants
# The worker shows them.
CLOCKS = text("""
    SELECT promise, state, count(*) FROM charter_clock WHERE ended_at IS NULL GROUP BY promise, state
""")


@dataclass(frozen=True)
class ListedClock:
    """A clock with the office that has it, if one does."""

    clock: CharterClock
    office: str | None

    @property
    def position(self) -> list[str | int]:
        """In the order of the list."""
        due_at = self.clock.due_at
        return ["infinity" if due_at is None else due_at.isoformat(), str(self.clock.id)]


class CharterClockRepository:
    """Reads and writes them inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def live_of(self, claim: UUID) -> dict[str, CharterClock]:
        """The clocks of a claim that are not over, by what they are of."""
        rows = await self._connection.execute(_LIVE, {"claim": claim})
        return {row.name: _clock_of(row) for row in rows}

    async def of(self, claims: Sequence[UUID]) -> list[CharterClock]:
        """All clocks of claims that were published, also those that are over."""
        return [_clock_of(row) for row in await self._connection.execute(_OF_CLAIMS, {"claims": list(claims)})]

    async def revision_of(self, clock: UUID) -> int:
        """The revision in which a clock is kept; -1 where it is not known."""
        revision = (await self._connection.execute(_REVISION, {"id": clock})).scalar_one_or_none()
        return -1 if revision is None else int(revision)

    async def count_of(self, claim: UUID, name: str) -> int:
        """How many there were of one thing."""
        return int((await self._connection.execute(_BEFORE, {"claim": claim, "name": name})).scalar_one())

    async def keep(self, clock: CharterClock) -> None:
        """The clock as it stands."""
        given = ("id", "claim", "name", "number", "promise", "days", "complete_at", "due_at", "predicted_at")
        values: dict[str, Any] = {name: getattr(clock, name) for name in (*given, "missed_at", "ended_at", "revision")}
        await self._connection.execute(_KEEP, {**values, "state": clock.state.value})
        for stop in clock.stops:
            stood = {"stopped_at": stop.stopped_at, "stands_for": stop.stands_for, "resumed_at": stop.resumed_at}
            await self._connection.execute(_STOP, {"clock": clock.id, **stood})

    async def asked_of(self, claim: UUID) -> set[str]:
        """The questions of a claim for which a party is asked, and may answer in time."""
        values = {"claim": claim, "open": RequestState.OPEN.value}
        return set((await self._connection.execute(_ASKED, values)).scalars())

    async def stops_of_tasks(self, subjects: list[Subject]) -> dict[Subject, list[Stop]]:
        """In which spans officers had stopped the tasks about these, each until it ends by itself at the latest."""
        happened: dict[Subject, list[tuple[str, datetime, str | None]]] = {each: [] for each in subjects}
        for row in await self._connection.execute(_STOPS_OF_TASKS, {"subjects": subjects}):
            happened[Subject(row.subject)].append((row.what, row.at, row.reason))
        return {each: stops_of(of_it) for each, of_it in happened.items()}

    async def page(
        self, state: ClockState | None, office: str | None, after: list[str | int] | None, limit: int
    ) -> list[ListedClock]:
        """Those that are not over, by the day on which they are due; what stands comes last."""
        values = {"state": state, "office": office, "limit": limit}
        place = {"after": None, "id": None} if after is None else {"after": str(after[0]), "id": str(after[1])}
        rows = await self._connection.execute(_PAGE, {**values, **place})
        return [ListedClock(_clock_of(row), row.office) for row in rows]


def _clock_of(row: Row[Any]) -> CharterClock:
    stops = tuple(ClockStop(at, StandsFor(what), until) for at, what, until in row.stops)
    return CharterClock(
        claim=row.claim,
        name=row.name,
        number=row.number,
        promise=row.promise,
        days=row.days,
        complete_at=row.complete_at,
        due_at=row.due_at,
        stops=stops,
        predicted_at=row.predicted_at,
        missed_at=row.missed_at,
        ended_at=row.ended_at,
        revision=row.revision,
    )
