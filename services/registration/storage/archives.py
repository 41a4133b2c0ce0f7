"""Archives of contribution files, sealed as they were sent, what became of each member, and who acts for whom."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.archive import Archive, ArchiveState, Member, MemberState
from services.registration.domain.contribution import FileFormat, Part, Reading
from services.registration.domain.employer import tenant_of
from services.registration.domain.errors import AgentsTooMany, ArchiveUnknown
from services.registration.storage.keys import Keys
from shared.kernel.clock import now
from shared.security.fields import place

# Who sends the files of one employer: all are told at once.
MOST_AGENTS = 100
_ENCODING = "iso-8859-1"
_ADD = text("""
    INSERT INTO contribution_archive (archive, tenant, is_of_officer, state, members, format, separator, part, months,
                                      received_at, content_sealed)
    VALUES (:archive, :tenant, :is_of_officer, 'received', :members, :format, :separator, :part,
            CAST(:months AS integer[]), :received_at, :content)
""")
_COUNTED = """
    SELECT archive.archive, archive.tenant, archive.is_of_officer, archive.state, archive.members, archive.format,
           archive.separator, archive.part, archive.months, archive.received_at, archive.finished_at,
           (SELECT count(*) FROM archive_member AS member
            WHERE member.archive = archive.archive AND member.state = 'received') AS received,
           (SELECT count(*) FROM archive_member AS member
            WHERE member.archive = archive.archive AND member.state = 'refused') AS refused
    FROM contribution_archive AS archive WHERE archive.archive = :archive
"""
_GET = text(f"{_COUNTED} AND archive.tenant = :tenant")
_LOCK = text(f"{_COUNTED} FOR UPDATE OF archive")
_CONTENT = text("SELECT content_sealed FROM contribution_archive WHERE archive = :archive")
_ADD_MEMBERS = text("""
    INSERT INTO archive_member (archive, tenant, number, name_sealed, state, file, code, detail, line)
    SELECT :archive, :tenant, * FROM unnest(
        CAST(:numbers AS integer[]), CAST(:names AS bytea[]), CAST(:states AS text[]),
        CAST(:files AS uuid[]), CAST(:codes AS text[]), CAST(:details AS text[]), CAST(:lines AS integer[]))
""")
_MEMBERS = text("""
    SELECT number, name_sealed, state, file, code, detail, line FROM archive_member
    WHERE archive = :archive AND number > :after ORDER BY number LIMIT :limit
""")
# What it held is in files of their own now.
_FINISH = text("""
    UPDATE contribution_archive SET state = 'finished', finished_at = :now, content_sealed = NULL
    WHERE archive = :archive
""")
_STATE_AGENT = text("""
    INSERT INTO employer_agent_fact (tenant, employer, agent, granted, recorded_at)
    VALUES (:tenant, :employer, :agent, :granted, :at)
""")
_ACTS_FOR = text("""
    SELECT employer FROM unnest(CAST(:employers AS integer[])) AS asked (employer)
    WHERE (SELECT granted FROM employer_agent_fact AS said
           WHERE said.employer = asked.employer AND said.agent = :agent ORDER BY id DESC LIMIT 1)
""")
# Who says it of an employer waits here for whoever says it of the same one: nobody counts past another.
_ALONE = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('employer_agent/' || CAST(CAST(:employer AS integer) AS text), 0))"
)
_AGENTS = text("""
    SELECT agent, recorded_at FROM (
        SELECT DISTINCT ON (agent) agent, granted, recorded_at FROM employer_agent_fact
        WHERE employer = :employer ORDER BY agent, id DESC) AS last_word
    WHERE granted ORDER BY agent LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class Agent:
    """Who may send an employer's files, since when."""

    agent: str
    since: datetime


class ArchiveRepository:
    """The archives that the transaction may see."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def add(self, archive: Archive, content: bytes) -> None:
        """Keep an archive until its members are files of their own."""
        sealed = await asyncio.to_thread(
            self._keys.cipher.encrypt, content.decode(_ENCODING), _place(archive.id, "content_sealed")
        )
        reading = archive.reading
        values = {
            "archive": archive.id,
            "tenant": archive.tenant,
            "is_of_officer": archive.is_of_officer,
            "members": archive.members,
            "received_at": archive.received_at,
            "format": reading.format.value,
            "separator": reading.separator,
            "part": reading.part.value,
            "months": list(reading.months),
        }
        await self._connection.execute(_ADD, {**values, "content": sealed})

    async def get(self, archive: UUID, tenant: str) -> Archive:
        """An archive of a party; raises ArchiveUnknown."""
        found = (await self._connection.execute(_GET, {"archive": archive, "tenant": tenant})).one_or_none()
        if found is None:
            raise ArchiveUnknown()
        return archive_of(found)

    async def lock(self, archive: UUID) -> Archive:
        """The archive, held until the transaction ends."""
        return archive_of((await self._connection.execute(_LOCK, {"archive": archive})).one())

    async def content(self, archive: UUID) -> bytes:
        """The bytes as they were sent."""
        sealed = (await self._connection.execute(_CONTENT, {"archive": archive})).scalar_one()
        return await asyncio.to_thread(self._opened, bytes(sealed), _place(archive, "content_sealed"))

    async def answer(self, archive: Archive, members: Sequence[Member]) -> None:
        """Keep what became of members."""
        values = {
            "numbers": [each.number for each in members],
            "names": [self._keys.cipher.encrypt(each.name, _of_member(archive.id, each.number)) for each in members],
            "states": [each.state.value for each in members],
            "files": [each.file for each in members],
            "codes": [each.code for each in members],
            "details": [each.detail for each in members],
            "lines": [each.line for each in members],
        }
        await self._connection.execute(_ADD_MEMBERS, {"archive": archive.id, "tenant": archive.tenant, **values})

    async def finish(self, archive: UUID) -> None:
        """All members have their answers."""
        await self._connection.execute(_FINISH, {"archive": archive, "now": now()})

    async def list_members(self, archive: UUID, after: int, limit: int) -> list[Member]:
        """Members with their answers, by number, after one."""
        asked = {"archive": archive, "after": after, "limit": limit}
        rows = (await self._connection.execute(_MEMBERS, asked)).all()
        return [
            member_of(row, self._keys.cipher.decrypt(bytes(row.name_sealed), _of_member(archive, row.number)))
            for row in rows
        ]

    async def state_agent(self, employer: int, agent: str, *, granted: bool) -> None:
        """An employer says who sends its files for it, or does not any more; raises AgentsTooMany."""
        await self._connection.execute(_ALONE, {"employer": employer})
        others = [each for each in await self.list_agents(employer) if each.agent != agent]
        if granted and len(others) >= MOST_AGENTS:
            raise AgentsTooMany(f"At most {MOST_AGENTS} send the files of one employer.")
        values = {"tenant": tenant_of(employer), "employer": employer, "agent": agent, "granted": granted, "at": now()}
        await self._connection.execute(_STATE_AGENT, values)

    async def acts_for_which(self, employers: Collection[int], agent: str) -> set[int]:
        """Those of these employers whose files a party sends for them."""
        if not employers:
            return set()
        found = await self._connection.execute(_ACTS_FOR, {"employers": list(employers), "agent": agent})
        return set(found.scalars())

    async def list_agents(self, employer: int) -> list[Agent]:
        """Who sends an employer's files for it."""
        found = await self._connection.execute(_AGENTS, {"employer": employer, "limit": MOST_AGENTS})
        return [Agent(row.agent, row.recorded_at) for row in found]

    def _opened(self, sealed: bytes, whose: str) -> bytes:
        return self._keys.cipher.decrypt(sealed, whose).encode(_ENCODING)


def archive_of(row: Row[Any]) -> Archive:
    """The archive in a row of ``_COUNTED``."""
    return Archive(
        id=row.archive,
        tenant=row.tenant,
        is_of_officer=row.is_of_officer,
        state=ArchiveState(row.state),
        reading=Reading(FileFormat(row.format), row.separator, Part(row.part), months=tuple(row.months)),
        members=row.members,
        received_at=row.received_at,
        finished_at=row.finished_at,
        received=row.received,
        refused=row.refused,
    )


def member_of(row: Row[Any], name: str) -> Member:
    """The member in a row of its table, with the name that stands sealed in it."""
    return Member(row.number, name, MemberState(row.state), row.file, row.code, row.detail, row.line)


def _place(archive: UUID, column: str) -> str:
    return place("contribution_archive", column, str(archive))


def _of_member(archive: UUID, number: int) -> str:
    return place("archive_member", "name_sealed", f"{archive}/{number}")
