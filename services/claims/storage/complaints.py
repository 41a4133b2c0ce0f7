"""Complaints in the database: what was filed is never changed, how it ended is added once."""

from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.complaint import (
    Complaint,
    ComplaintFound,
    ComplaintKind,
    ComplaintsSought,
    ComplaintState,
)
from services.claims.domain.errors import ComplaintKnown, ComplaintUnknown

_FIELDS = tuple(each.name for each in fields(Complaint))
_COLUMNS = ", ".join(_FIELDS)
# Of one kind about one claim a party has one that waits.
_ADD = text(f"""
    INSERT INTO complaint ({_COLUMNS}) VALUES ({", ".join(f":{name}" for name in _FIELDS)})
    ON CONFLICT DO NOTHING RETURNING id
""")  # noqa: S608 - names of columns
_END = text("""
    UPDATE complaint SET state = :state, found = :found, proposed_by = :proposed_by, approved_by = :approved_by,
                         ended_at = :ended_at
    WHERE id = :id
""")
# It is filed, and it ends.
_REVISION = "CASE WHEN state = 'open' THEN 1 ELSE 2 END"
_PUBLISH = text(f"""
    UPDATE complaint SET published = {_REVISION} WHERE id = :id AND published < {_REVISION} RETURNING id
""")  # noqa: S608 - a constant
_ENDED = "state, found, proposed_by, approved_by, ended_at, published"
_RECALL = text(f"""
    INSERT INTO complaint AS known ({_COLUMNS}, published)
    VALUES ({", ".join(f":{name}" for name in _FIELDS)}, :published)
    ON CONFLICT (id) DO UPDATE
    SET ({_ENDED}) = ({", ".join(f"excluded.{name}" for name in _ENDED.split(", "))})
    WHERE known.state = 'open' AND known.published < excluded.published
    RETURNING id
""")  # noqa: S608 - names of columns
_IS_KNOWN = text("SELECT EXISTS (SELECT FROM complaint WHERE id = :id)")
_EVERY = text(f"""
    SELECT {_COLUMNS} FROM complaint WHERE CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid)
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - names of columns
# For the officer who is complained of there is none; a name that differs by capitals only is the same one.
_IS_SHOWN = "(CAST(:reader AS text) IS NULL OR lower(of_officer) IS DISTINCT FROM lower(CAST(:reader AS text)))"
_FIND = text(f"SELECT {_COLUMNS} FROM complaint WHERE id = :id AND {_IS_SHOWN}")  # noqa: S608 - names of columns
# No row is locked: a party that files one has no right to change it.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('complaint/' || CAST(:id AS text), 0))")
_ANY_OPEN = text("""
    WITH own AS (SELECT unnest(numbers_of(CAST(:person AS bigint))) AS person)
    SELECT EXISTS (SELECT FROM complaint LEFT JOIN claim ON claim.id = complaint.claim
                   WHERE complaint.state = 'open'
                         AND (claim.person IN (SELECT person FROM own)
                              OR complaint.tenant IN (SELECT 'person:' || person FROM own)))
""")
_PAGE = text(f"""
    SELECT {_COLUMNS} FROM complaint
    WHERE (CAST(:state AS text) IS NULL OR state = CAST(:state AS text))
      AND (CAST(:claim AS uuid) IS NULL OR claim = CAST(:claim AS uuid))
      AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
      AND {_IS_SHOWN}
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - names of columns
# Of whom the complaint is that a letter answers.
OFFICER_OF = """
    SELECT of_officer FROM complaint
    WHERE id = CASE WHEN :about LIKE 'complaint/%' THEN CAST(split_part(:about, '/', 2) AS uuid) END
"""
# Of what is complained of an officer: the complaint, its task, the letter that answers it, and that letter's task.
HIDDEN = """
    WITH of_it AS (SELECT id, 'complaint/' || id AS subject FROM complaint WHERE lower(of_officer) = lower(:officer))
    SELECT CAST(id AS text) FROM of_it
    UNION ALL SELECT CAST(task.id AS text) FROM task JOIN of_it USING (subject) WHERE queue = 'complaint'
    UNION ALL SELECT CAST(letter.id AS text) FROM letter JOIN of_it ON letter.about = of_it.subject
    UNION ALL SELECT CAST(task.id AS text) FROM letter JOIN of_it ON letter.about = of_it.subject
              JOIN task ON task.subject = 'letter/' || letter.id
"""


class ComplaintRepository:
    """Reads and writes complaints inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, complaint: Complaint) -> None:
        """Keep what was filed; raises ComplaintKnown where the same waits for its answer."""
        values = {name: getattr(complaint, name) for name in _FIELDS}
        if (await self._connection.execute(_ADD, values)).one_or_none() is None:
            raise ComplaintKnown()

    async def find(self, id_: UUID, reader: str | None = None) -> Complaint:
        """A complaint that the role may see; ``reader``: an officer of whom it is not. Raises ComplaintUnknown."""
        row = (await self._connection.execute(_FIND, {"id": id_, "reader": reader})).one_or_none()
        if row is None:
            raise ComplaintUnknown()
        return _complaint_of(row)

    async def is_any_open(self, person: int) -> bool:
        """Whether a complaint about a claim of a person, by any of its numbers, or of its own, is not answered yet."""
        return bool((await self._connection.execute(_ANY_OPEN, {"person": person})).scalar_one())

    async def lock(self, id_: UUID) -> Complaint:
        """The same, and nobody else ends it until the transaction does; raises ComplaintUnknown."""
        await self._connection.execute(_LOCK, {"id": str(id_)})
        return await self.find(id_)

    async def end(self, complaint: Complaint) -> None:
        """How a locked one ended."""
        names = ("id", "state", "found", "proposed_by", "approved_by", "ended_at")
        await self._connection.execute(_END, {name: getattr(complaint, name) for name in names})

    async def publish(self, complaint: UUID) -> bool:
        """Whether how it stands is to be published: it is from now on."""
        return (await self._connection.execute(_PUBLISH, {"id": complaint})).one_or_none() is not None

    async def is_known(self, complaint: UUID) -> bool:
        """Whether there is such a complaint."""
        return bool((await self._connection.execute(_IS_KNOWN, {"id": complaint})).scalar_one())

    async def recall(self, complaint: Complaint) -> bool:
        """Keep one as it was published, unless what stands is as new; whether it is kept."""
        values = {name: getattr(complaint, name) for name in _FIELDS}
        kept = await self._connection.execute(_RECALL, {**values, "published": complaint.revision})
        return kept.one_or_none() is not None

    async def every(self, after: UUID | None, limit: int) -> list[Complaint]:
        """All of them, in the order of their ids, after one."""
        rows = await self._connection.execute(_EVERY, {"after": after, "limit": limit})
        return [_complaint_of(row) for row in rows]

    async def page(self, sought: ComplaintsSought, after: UUID | None, limit: int) -> list[Complaint]:
        """Those that the role may see, in the order of their ids."""
        values = {**asdict(sought), "after": after, "limit": limit}
        return [_complaint_of(row) for row in await self._connection.execute(_PAGE, values)]


def _complaint_of(row: Row[Any]) -> Complaint:
    found = None if row.found is None else ComplaintFound(row.found)
    kinds = {"kind": ComplaintKind(row.kind), "state": ComplaintState(row.state), "found": found}
    return Complaint(**{**row._mapping, **kinds})
