"""The read log: who was told whose data, when, by which route and for what, written before the answer leaves
(decision 93)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.reading import DataKind, Purpose
from shared.security.tokens import Role

Whose: TypeAlias = Mapping[str, str]
"""Of what a service tells, by the name that its routes and answers have for it: the select of whose data it is, or of
which claims, in which ``{ids}`` stands for the ids of what was told."""

BY_ITS_PATH = ""
"""What is nobody's by number, such as lines of a file that were matched with nobody: the path of the row names it."""

_OF_TASKS = """
    SELECT found.person
    FROM (SELECT split_part(subject, '/', 1) AS kind, split_part(subject, '/', 2) AS part,
                 split_part(subject, '/', 3) AS other
          FROM task WHERE id = ANY ({{ids}})) AS about
    CROSS JOIN LATERAL ({found}) AS found (person)
"""
# The parts of a task's subject, where it is of a kind.
_PARTS = {
    "id": "CASE WHEN about.kind = '{kind}' THEN CAST(about.part AS uuid) END",
    "text": "CASE WHEN about.kind = '{kind}' THEN about.part END",
    "number": "CASE WHEN about.kind = '{kind}' THEN CAST(about.part AS bigint) END",
    "other": "CASE WHEN about.kind = '{kind}' THEN CAST(about.other AS bigint) END",
}

_BATCH = 5_000

_ADD = """
    INSERT INTO read_log (id, at, tenant, role, client, subject, office, method, route, path, data, purpose,
                          correlation_id)
    VALUES (CAST(:id AS uuid), :at, :tenant, :role, :client, :subject, :office, :method, :route, :path,
            CAST(CAST(:data AS text) AS text[]), :purpose, :correlation_id)
"""
# Beside the row stand whose data it told, and what it told, by kind and id: with the claims to which that leads.
_PERSONS = """
    INSERT INTO read_log_person (person, read)
    SELECT DISTINCT told.person, CAST(:id AS uuid) FROM ({whose}) AS told (person) WHERE told.person IS NOT NULL
"""
_ABOUT = """
    INSERT INTO read_log_about (about, kind, read)
    SELECT DISTINCT told.about, told.kind, CAST(:id AS uuid) FROM ({things}) AS told (kind, about)
    WHERE told.about IS NOT NULL
"""
_NAMED = "SELECT '{name}', unnest({ids})"
_OF_CLAIMS = "SELECT 'claim', found.claim FROM ({select}) AS found (claim)"
_IDS = "CAST(CAST(:{name} AS text) AS uuid[])"
_NUMBERS = "SELECT unnest(CAST(CAST(:persons AS text) AS bigint[]))"
_LIST = text("""
    SELECT log.id, log.at, log.tenant, log.role, log.client, log.subject, log.office, log.method, log.route, log.path,
           log.data, log.purpose, log.correlation_id
    FROM (SELECT DISTINCT read FROM read_log_person
          WHERE person = ANY (numbers_of(:person)) AND (CAST(:after AS uuid) IS NULL OR read < CAST(:after AS uuid))
         ) AS told JOIN read_log AS log ON log.id = told.read
    WHERE (CAST(:own AS boolean) OR log.tenant <> ALL (
        SELECT 'person:' || number FROM unnest(numbers_of(:person)) AS number))
      AND NOT EXISTS (SELECT FROM unnest(CAST(:hidden AS text[])) AS hidden WHERE position(hidden IN log.path) > 0)
    ORDER BY log.id DESC LIMIT :limit
""")
_TELL_OF = text("""
    INSERT INTO read_log_person (person, read)
    SELECT DISTINCT CAST(:person AS bigint), told.read FROM read_log_about AS told
    WHERE told.about = ANY (CAST(:things AS uuid[]))
      AND NOT EXISTS (SELECT FROM read_log_person AS known WHERE known.person = :person AND known.read = told.read)
""")
# An id has its time in its first bits, and so has the one that would have been made then.
_OLDEST = "(SELECT uuidv7(interval '-7 years'))"
_FORGET = (
    text(f"""
        DELETE FROM read_log WHERE id IN (
            SELECT id FROM read_log WHERE id < {_OLDEST} ORDER BY id LIMIT {_BATCH})
    """),  # noqa: S608 - constants
    *(
        text(f"""
            DELETE FROM {narrow} WHERE ctid IN (SELECT ctid FROM {narrow} WHERE read < {_OLDEST} LIMIT {_BATCH})
        """)  # noqa: S608 - constants
        for narrow in ("read_log_person", "read_log_about")
    ),
)


def of_tasks(kinds: Mapping[str, str]) -> str:
    """Whose data tasks are about, or which claims, by the kind of their subject: a select in which ``{id}``, ``{text}``
    or ``{number}`` and ``{other}`` stand for its parts, or BY_ITS_PATH."""
    found = [
        select.format(**{name: part.format(kind=kind) for name, part in _PARTS.items()})
        for kind, select in kinds.items()
        if select != BY_ITS_PATH
    ]
    return _OF_TASKS.format(found=" UNION ALL ".join(found))


@dataclass(frozen=True, slots=True)
class Read:
    """An answer that told somebody's data."""

    id: UUID
    at: datetime
    # Who read: the party, as what, by which of its clients, who of it, and of which office.
    tenant: str
    role: Role
    client: str
    subject: str
    office: str | None
    method: str
    route: str
    path: str
    data: tuple[DataKind, ...]
    purpose: Purpose | None
    correlation_id: str


@dataclass(frozen=True, slots=True)
class Told:
    """Whose data an answer told: people by number, and the ids of what leads to people, by its name."""

    persons: frozenset[int] = frozenset()
    things: Mapping[str, Collection[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.persons) or any(self.things.values())


class ReadLog:
    """The read log of one service; ``whose`` is its table of what leads to people, ``claims`` of what to claims."""

    def __init__(self, connection: AsyncConnection, whose: Whose, claims: Whose) -> None:
        self._connection = connection
        self._whose = whose
        self._claims = claims

    async def keep(self, read: Read, told: Told) -> None:
        """Write down what is about to be told, in the transaction of whoever tells it: one statement."""
        values = {
            "id": read.id,
            "at": read.at,
            "tenant": read.tenant,
            "role": read.role.value,
            "client": read.client,
            "subject": read.subject,
            "office": read.office,
            "method": read.method,
            "route": read.route,
            "path": read.path,
            "data": f"{{{','.join(read.data)}}}",
            "purpose": read.purpose,
            "correlation_id": read.correlation_id,
        }
        things = {name: ids for name, ids in told.things.items() if ids}
        values |= {name: f"{{{','.join(ids)}}}" for name, ids in things.items()}
        values |= {"persons": f"{{{','.join(map(str, told.persons))}}}"} if told.persons else {}
        leads = tuple((name, self._whose[name], self._claims.get(name, "")) for name in sorted(things))
        await self._connection.execute(_statement(leads, with_numbers=bool(told.persons)), values)

    async def tell_of(self, person: int, things: Sequence[UUID]) -> None:
        """Write down that what was read of these was a person's, of whom nobody knew it when it was read."""
        await self._connection.execute(_TELL_OF, {"person": person, "things": list(things)})

    async def list_of(
        self, person: int, hidden: Sequence[str], *, own: bool, after: UUID | None, limit: int
    ) -> list[Read]:
        """Who was told data of a person, under whichever of its numbers, the newest first; what the person read itself
        where that is asked for, and nothing of the ids that are hidden from who reads."""
        asked = {"person": person, "hidden": hidden, "own": own, "after": after, "limit": limit}
        return [_read_of(row) for row in await self._connection.execute(_LIST, asked)]

    async def forget(self) -> int:
        """Delete a batch of what was kept for seven years; how many rows of the larger table."""
        return max([(await self._connection.execute(each)).rowcount for each in _FORGET])


@lru_cache(maxsize=1000)
def _statement(leads: tuple[tuple[str, str, str], ...], *, with_numbers: bool) -> TextClause:
    """What writes a row, whose data it is about, and what was told; kept, so that a connection has it prepared.

    ``leads`` are the names of what was told, each with its selects of people and of claims.
    """
    ids = {name: _IDS.format(name=name) for name, _, _ in leads}
    whose = [select.format(ids=ids[name]) for name, select, _ in leads if select != BY_ITS_PATH]
    whose += [_NUMBERS] if with_numbers else []
    things = [_NAMED.format(name=name, ids=each) for name, each in ids.items()]
    things += [_OF_CLAIMS.format(select=claims.format(ids=ids[name])) for name, _, claims in leads if claims]
    narrow = [_PERSONS.format(whose=" UNION ALL ".join(whose))] if whose else []
    narrow += [_ABOUT.format(things=" UNION ALL ".join(things))] if things else []
    *before, last = [_ADD, *narrow]
    named = [f"told_{place} AS ({statement})" for place, statement in enumerate(before)]
    return text(f"WITH {', '.join(named)} {last}" if named else last)


def _read_of(row: Row[Any]) -> Read:
    purpose = None if row.purpose is None else Purpose(row.purpose)
    values = {**row._mapping, "role": Role(row.role), "purpose": purpose, "data": tuple(map(DataKind, row.data))}
    return Read(**values)
