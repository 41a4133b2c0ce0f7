"""Posted lines and what is due for them where the two differ, since what is known of the person has changed."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import AMOUNTS, Amounts
from services.registration.domain.employer import tenant_of
from services.registration.domain.line_difference import LineDifference, PostedLine
from services.registration.storage.contribution_lines import amounts_of
from services.registration.storage.insured import INSURED, born_and_resident, insured_of, one_person, released, works
from services.registration.storage.persons import Viewer
from shared.kernel.clock import business_day

# The person as known for the month's end; the law as known on the file's receipt. A month of a spell that an officer
# refused alone is none of employment.
_POSTED = text(f"""
    SELECT line.employer, line.month, line.person, line.kind, line.revision, line.wage_sen,
           {", ".join(f"line.{name}" for name in AMOUNTS)}, coalesce(file.received_at, :now) AS received_at,
           {INSURED}, {released("asked.days")} AS released
    FROM contribution_line AS line
    CROSS JOIN LATERAL (SELECT make_date(line.month / 100, line.month % 100, 1) AS first) AS month
    CROSS JOIN LATERAL (
        SELECT daterange(month.first, CAST(month.first + interval '1 month' AS date)) AS days,
               CAST(month.first + interval '1 month - 1 day' AS date) AS last) AS asked
    CROSS JOIN {one_person("line.person")}
    CROSS JOIN {works("line.employer", "line.person", "asked.days", "true")}
    LEFT JOIN contribution_file AS file ON file.receipt = line.receipt
    {born_and_resident("asked.last")}
    WHERE line.person = :person AND line.wage_sen > 0 AND works.first_liable_on IS NOT NULL
    ORDER BY line.employer, line.month, line.kind
""")  # noqa: S608 - constants
_CLEAR = text("DELETE FROM line_difference WHERE person = :person")
_KEEP = text("""
    INSERT INTO line_difference (employer, month, person, kind, tenant, line_revision, reason, declared, due, found_at)
    VALUES (:employer, :month, :person, :kind, :tenant, :line_revision, :reason, CAST(:declared AS jsonb),
            CAST(:due AS jsonb), :at)
""")
# A line that was sent again since is another revision: whatever differed is settled by it.
_PAGE = text("""
    SELECT found.employer, found.month, found.person, found.kind, found.line_revision, found.reason, found.declared,
           found.due
    FROM line_difference AS found
    JOIN contribution_line AS line USING (employer, month, person, kind)
    WHERE line.revision = found.line_revision AND (:officer OR found.tenant = :tenant)
      AND (found.employer, found.month, found.person, found.kind) > (:employer, :month, :person, :kind)
    ORDER BY found.employer, found.month, found.person, found.kind LIMIT :limit
""")


class LineDifferenceRepository:
    """Differences: written by the worker, read by the line's employer and by officers."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def posted(self, person: int, now: datetime) -> list[PostedLine]:
        """The lines of a person, of every employer, for the worker's role."""
        rows = await self._connection.execute(_POSTED, {"person": person, "now": now})
        return [posted_line_of(row) for row in rows]

    async def keep(self, person: int, found: Sequence[LineDifference], at: datetime) -> None:
        """These are a person's differences, and no others; the caller holds the person."""
        await self._connection.execute(_CLEAR, {"person": person})
        if found:
            await self._connection.execute(_KEEP, [{**_row(each), "at": at} for each in found])

    async def page(self, after: Sequence[int], limit: int, viewer: Viewer) -> list[LineDifference]:
        """By employer, month, person and kind, after such a position."""
        position = dict(zip(("employer", "month", "person", "kind"), after, strict=True))
        asked = {**position, "limit": limit, "tenant": viewer.tenant, "officer": viewer.officer}
        return [line_difference_of(row) for row in await self._connection.execute(_PAGE, asked)]


def posted_line_of(row: Row[Any]) -> PostedLine:
    """The line in a row of ``_POSTED``."""
    known_on = business_day(row.received_at)
    return PostedLine(
        row.employer, row.month, row.kind, row.revision, row.wage_sen, amounts_of(row), insured_of(row), known_on
    )


def line_difference_of(row: Row[Any]) -> LineDifference:
    """The difference in a row of ``_PAGE``."""
    head = (row.employer, row.month, row.person, row.kind, row.line_revision, row.reason)
    return LineDifference(*head, Amounts(**row.declared), Amounts(**row.due))


def _row(found: LineDifference) -> dict[str, Any]:
    amounts = {name: orjson.dumps(asdict(getattr(found, name))).decode() for name in ("declared", "due")}
    whose = {name: getattr(found, name) for name in ("employer", "month", "person", "kind", "line_revision", "reason")}
    return {**whose, **amounts, "tenant": tenant_of(found.employer)}
