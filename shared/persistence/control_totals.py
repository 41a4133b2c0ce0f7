"""Control totals: of all that a service took on, each is ended, or somebody holds it by an instant.

accepted = ended + waiting, counted over whole tables in one snapshot. What is not ended and held by nobody is a silent
failure: an alarm names its kind, whoever operates the platform looks for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import RowMapping, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.lifecycle import Lifecycle

_ENDED, _NOBODY = "ended", "nobody"


class Holder(StrEnum):
    """Who holds what is not ended."""

    OFFICER = "officer"
    """Officers, by a task, until the client charter's time is over."""
    RULE = "rule"
    """A command that is due at an instant."""
    FACT = "fact"
    """A command that a fact makes due, whenever that comes: what is kept of it is right as it stands."""
    OUTSIDE = "outside"
    """Somebody outside the organisation, until a day that it was told."""
    UNTIMED = "untimed"
    """Somebody who is named and whom nothing reminds."""
    PARENT = "parent"
    """What it is a part of, which is counted by itself."""
    OPERATOR = "operator"
    """A command that failed for good, which whoever operates the platform runs again (`WorkFailed`)."""
    NOBODY = "nobody"
    """Nobody: a silent failure."""


@dataclass(frozen=True, slots=True)
class HeldBy:
    """A holder, and the condition over a row named ``held`` by which it holds it."""

    holder: Holder
    when: str


@dataclass(frozen=True)
class ControlTotal:
    """One kind of what a service takes on, in a table whose rows are named ``held``.

    ``ended`` is the condition that nothing more is to be done, ``since`` from when it waits where it does; the first
    holder whose condition is true has it. All of it is SQL of ours.
    """

    kind: str
    table: str
    ended: str
    since: str
    held_by: Sequence[HeldBy]

    @property
    def statement(self) -> str:
        """A row for each holder that has any, and for what is ended."""
        cases = " ".join(f"WHEN {each.when} THEN '{each.holder}'" for each in self.held_by)
        return f"""
            SELECT '{self.kind}' AS kind, holder, count(*) AS things, min(since) AS since
            FROM (SELECT {self.since} AS since,
                         CASE WHEN {self.ended} THEN '{_ENDED}' {cases} ELSE '{_NOBODY}' END AS holder
                  FROM {self.table} AS held) AS each
            GROUP BY holder
        """  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of a kind one holder has, and since when the oldest waits."""

    things: int
    since: datetime


@dataclass(frozen=True)
class Counted:
    """What was counted of one kind at an instant: ``accepted`` is what is ended and what waits."""

    kind: str
    counted_at: datetime
    ended: int
    waiting: Mapping[Holder, Waiting]

    @property
    def accepted(self) -> int:
        """All that was ever taken on of the kind."""
        return self.ended + sum(each.things for each in self.waiting.values())


def over(life: Lifecycle) -> str:
    """That a row is in a state that nothing follows."""
    return f"state IN ({', '.join(map(repr, sorted(life.ends)))})"


def by_task(subject: str, *queues: str) -> HeldBy:
    """By an open task of one of the queues; ``subject`` is the SQL of what the task is about."""
    among = ", ".join(f"'{queue}'" for queue in queues)
    return HeldBy(
        Holder.OFFICER,
        f"EXISTS (SELECT FROM task WHERE queue IN ({among}) AND subject = {subject} AND closed_at IS NULL)",
    )


def by_work(kind: str, **fields: str) -> Sequence[HeldBy]:
    """By due work of a kind, whose fields are SQL of text: it is due, it failed for good, or it listens alone."""
    parts = " || ',' || ".join(f"""'"{name}":"' || {value} || '"'""" for name, value in sorted(fields.items()))
    left = f"SELECT FROM due_work WHERE kind = '{kind}' AND payload = '{{' || {parts} || '}}'"
    return (
        HeldBy(Holder.RULE, f"EXISTS ({left} AND failed IS NULL AND due_at < 'infinity')"),
        HeldBy(Holder.OPERATOR, f"EXISTS ({left} AND failed IS NOT NULL)"),
        HeldBy(Holder.FACT, f"EXISTS ({left} AND cardinality(waits_for) > 0)"),
    )


_FORGET = text("DELETE FROM control_total WHERE kind <> ALL(CAST(:kinds AS text[]))")
_KEEP = """
    WITH counted AS MATERIALIZED ({counted}), gone AS (
        DELETE FROM control_total AS before WHERE kind = :kind
        AND NOT EXISTS (SELECT FROM counted WHERE counted.holder = before.holder)
    )
    INSERT INTO control_total (kind, holder, things, since, counted_at)
    SELECT kind, holder, things, since, :now FROM counted
    ON CONFLICT (kind, holder) DO UPDATE
    SET things = excluded.things, since = excluded.since, counted_at = excluded.counted_at
"""
_READ = text("SELECT kind, holder, things, since, counted_at FROM control_total ORDER BY kind, holder")
# What a worker shows: what is ended is no backlog.
WAITING = text(f"""
    SELECT kind, holder, things,
           CAST(extract(epoch FROM CAST(:now AS timestamptz) - since) AS double precision) AS seconds
    FROM control_total WHERE holder <> '{_ENDED}'
""")  # noqa: S608 - a constant


def keeping(total: ControlTotal) -> TextClause:
    """The statement that counts a kind and keeps what it counted in the place of what stood there.

    What is counted takes no parameter: a colon in it is one, as in the payload of a command.
    """
    return text(_KEEP.format(counted=total.statement.replace(":", r"\:")))


class ControlTotalRepository:
    """Counts them and reads what was counted, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def count(self, totals: Sequence[ControlTotal], at: datetime) -> None:
        """Count all of them, each in one statement and so in one snapshot, and forget kinds that are no more."""
        for total in totals:
            await self._connection.execute(keeping(total), {"kind": total.kind, "now": at})
        await self._connection.execute(_FORGET, {"kinds": [total.kind for total in totals]})

    async def all(self) -> list[Counted]:
        """What was counted last, by kind."""
        found: dict[str, list[RowMapping]] = {}
        for row in (await self._connection.execute(_READ)).mappings():
            found.setdefault(row["kind"], []).append(row)
        return [_counted(kind, rows) for kind, rows in found.items()]


def _counted(kind: str, rows: Sequence[RowMapping]) -> Counted:
    ended = next((row["things"] for row in rows if row["holder"] == _ENDED), 0)
    waiting = {Holder(row["holder"]): Waiting(row["things"], row["since"]) for row in rows if row["holder"] != _ENDED}
    return Counted(kind, rows[0]["counted_at"], ended, waiting)
