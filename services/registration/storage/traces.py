"""What names a person beside its own rows: bytes of the files of its employers, their rests, and events that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import FileJob, FileState
from services.registration.domain.errors import UploadErased
from services.registration.storage.contribution_files import ENCODING, JOB_COLUMNS, file_job_of
from services.registration.storage.keys import Keys
from shared.kernel.loop import beside_loop
from shared.security.fields import place

_IDS = text("SELECT id, number_sealed FROM national_id WHERE person = ANY(CAST(:numbers AS integer[]))")
_NAMES = text("""
    SELECT id, sealed FROM person_fact
    WHERE person = ANY(CAST(:numbers AS integer[])) AND attribute = 'name' AND sealed IS NOT NULL
""")
# Also one that registered the person, or stated something else of it, and never an employment.
WHOSE = """
    own AS (SELECT unnest(CAST(:numbers AS integer[])) AS person),
    whose AS (SELECT employer FROM spell JOIN own USING (person)
              UNION SELECT employer FROM contribution_line JOIN own USING (person)
              UNION SELECT employer FROM opening_month JOIN own USING (person)
              UNION SELECT CAST(split_part(source, ':', 2) AS integer) FROM person_fact JOIN own USING (person)
              WHERE source LIKE 'employer:%')"""
# Who cuts a file, or lets go of it, holds it: what is left of it is cut again by whoever is next.
_HOLD = text(f"""
    WITH {WHOSE}
    SELECT file FROM contribution_file AS sent
    WHERE employer IN (SELECT employer FROM whose) AND finished_at IS NOT NULL
      AND (EXISTS (SELECT FROM contribution_upload AS kept WHERE kept.file = sent.file)
           OR EXISTS (SELECT FROM contribution_piece AS kept WHERE kept.file = sent.file)
           OR EXISTS (SELECT FROM contribution_rest AS rest WHERE rest.file = sent.file))
    ORDER BY receipt FOR NO KEY UPDATE
""")  # noqa: S608 - a constant
# Also a file that came before the employment was stated, or says a month that another one said again. Whom it names is
# kept with what was done of it, by piece: of one of before, or that officers closed, it is not known. Nor is it of one
# that names somebody who bore an id that is the person's as well, since officers found it to be so.
_FILES = text(f"""
    WITH {WHOSE},
    posted AS (SELECT receipt FROM contribution_line JOIN own USING (person)),
    others AS (SELECT coalesce(array_agg(DISTINCT borne.person), '{{}}') AS persons
               FROM national_id AS id JOIN own USING (person) JOIN national_id AS borne USING (number_index)
               WHERE borne.person <> ALL(CAST(:numbers AS integer[])))
    SELECT {JOB_COLUMNS},
           coalesce(named.is_any, false) OR receipt IN (SELECT receipt FROM posted) AS is_named,
           named.parts = greatest(pieces, 1) AND NOT named.is_others AS is_known,
           coalesce(named.of_all_lines, false) AS is_of_all_lines,
           EXISTS (SELECT FROM contribution_rest AS rest WHERE rest.file = sent.file) AS is_rest
    FROM contribution_file AS sent CROSS JOIN LATERAL (
        SELECT count(*) AS parts, bool_or(persons && CAST(:numbers AS integer[])) AS is_any,
               bool_or(persons && (SELECT persons FROM others)) AS is_others, bool_and(of_all_lines) AS of_all_lines
        FROM contribution_file_person AS part WHERE part.file = sent.file) AS named
    WHERE employer IN (SELECT employer FROM whose) AND finished_at IS NOT NULL
      AND (EXISTS (SELECT FROM contribution_upload AS kept WHERE kept.file = sent.file)
           OR EXISTS (SELECT FROM contribution_piece AS kept WHERE kept.file = sent.file)
           OR EXISTS (SELECT FROM contribution_rest AS rest WHERE rest.file = sent.file))
    ORDER BY receipt
""")  # noqa: S608 - a constant
_UNFINISHED = text(f"""
    WITH {WHOSE}
    SELECT {JOB_COLUMNS} FROM contribution_file
    WHERE employer IN (SELECT employer FROM whose) AND finished_at IS NULL ORDER BY receipt
""")  # noqa: S608 - a constant
# What is found in a file before it is worked off stands beside what is found of its lines then.
_NOTE = text("""
    INSERT INTO contribution_file_person AS known (file, number, persons, of_all_lines)
    VALUES (:file, -1, CAST(:numbers AS integer[]), false)
    ON CONFLICT (file, number) DO UPDATE SET persons = known.persons || excluded.persons
""")
# Of a person of whom nothing is kept any more: by number. Whoever registered it and never employed it is known no more,
# and its files by what was noted of them.
_LATE = text(f"""
    WITH {WHOSE}
    SELECT sent.file, sent.finished_at IS NOT NULL AS is_through, (
        SELECT work.failed IS NOT NULL FROM due_work AS work
        WHERE work.kind = 'process_contribution_file' AND sent.finished_at IS NULL
          AND work.payload = '{{"file":"' || CAST(sent.file AS text) || '"}}') AS has_failed
    FROM contribution_file AS sent
    WHERE sent.file IN (
        SELECT named.file FROM contribution_file_person AS named
        WHERE number = -1 AND named.persons && CAST(:numbers AS integer[])
        UNION ALL
        SELECT of_employer.file FROM contribution_file AS of_employer
        JOIN contribution_file_person AS named ON named.file = of_employer.file
        WHERE of_employer.employer IN (SELECT employer FROM whose) AND named.persons && CAST(:numbers AS integer[]))
    ORDER BY receipt FOR NO KEY UPDATE OF sent
""")  # noqa: S608 - a constant
_REST = text("SELECT content_sealed FROM contribution_rest WHERE file = :file")
_LEAVE = text("""
    INSERT INTO contribution_rest (file, tenant, content_sealed) VALUES (:file, :tenant, :content)
    ON CONFLICT (file) DO UPDATE SET content_sealed = excluded.content_sealed
""")
_DROP = text("DELETE FROM contribution_rest WHERE file = :file")
_ERASE = text("SELECT erase_files_of(CAST(:numbers AS integer[]), CAST(:files AS uuid[]))")
_PUSHED = text("""
    SELECT event FROM inbound_event WHERE state = 'received' AND about = ANY(CAST(:about AS bytea[])) ORDER BY number
""")
_END_WAITS = text("""
    UPDATE inbound_event SET parked_until = :at
    WHERE state = 'parked' AND about = ANY(CAST(:about AS bytea[])) AND parked_until > :at RETURNING event
""")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of an employer of the person that is through; whether it is known to name the person, whether it is known
    of each of its lines whom it names, and whether only a rest of it is kept."""

    job: FileJob
    is_named: bool
    is_known: bool
    is_of_all_lines: bool
    is_rest: bool

    @property
    def is_to_be_read(self) -> bool:
        """Whether it may name the person without its being known, or is known to and others' lines were set aside."""
        if self.is_rest or not self.is_known:
            return True
        return self.job.state is not FileState.ACCEPTED and (self.is_named or not self.is_of_all_lines)


@dataclass(frozen=True, slots=True)
class LateFile:
    """A file that names somebody of whom nothing is kept: whether it is through, or its work failed for good."""

    id: UUID
    is_through: bool
    has_failed: bool


class TraceRepository:
    """For the worker's role; the rest of a file also for its sender."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def ids(self, numbers: Sequence[int]) -> list[str]:
        """Every id that the person bore, also one that was withdrawn."""
        found = await self._connection.execute(_IDS, {"numbers": list(numbers)})
        return [self._opened(row.number_sealed, "national_id", "number_sealed", row.id) for row in found]

    async def names(self, numbers: Sequence[int]) -> list[str]:
        """Every name of the person, also one that was taken back."""
        found = await self._connection.execute(_NAMES, {"numbers": list(numbers)})
        return [self._opened(row.sealed, "person_fact", "sealed", row.id) for row in found]

    async def files(self, numbers: Sequence[int]) -> list[KeptFile]:
        """Files in which the person may be named, in the order in which they came, as far as they are kept; held until
        the transaction ends."""
        await self._connection.execute(_HOLD, {"numbers": list(numbers)})
        # Asked after that, and not with it: what somebody left of them meanwhile is seen.
        found = await self._connection.execute(_FILES, {"numbers": list(numbers)})
        return [
            KeptFile(file_job_of(row), row.is_named, row.is_known, row.is_of_all_lines, row.is_rest) for row in found
        ]

    async def unfinished(self, numbers: Sequence[int]) -> list[KeptFile]:
        """Files that are not worked off, in which the person may be named."""
        found = await self._connection.execute(_UNFINISHED, {"numbers": list(numbers)})
        return [KeptFile(file_job_of(row), *(False,) * 4) for row in found]

    async def note(self, job: FileJob, numbers: Sequence[int]) -> None:
        """Keep that a file that is not worked off names a person."""
        await self._connection.execute(_NOTE, {"file": job.id, "numbers": list(numbers)})

    async def late_files(self, numbers: Sequence[int]) -> list[LateFile]:
        """Files that name a person of whom nothing is kept, and were not worked off when it was erased, held until the
        transaction ends."""
        found = await self._connection.execute(_LATE, {"numbers": list(numbers)})
        return [LateFile(row.file, row.is_through, bool(row.has_failed)) for row in found]

    async def rest(self, file: UUID) -> bytes:
        """The lines that were set aside, of a file whose bytes are erased; raises UploadErased where none are kept."""
        sealed = (await self._connection.execute(_REST, {"file": file})).scalar_one_or_none()
        if sealed is None:
            raise UploadErased()
        return await beside_loop(len(sealed), self._rest_of, bytes(sealed), file)

    async def leave(self, job: FileJob, content: bytes) -> None:
        """Keep what is left of a file, or nothing of it."""
        if not content:
            await self._connection.execute(_DROP, {"file": job.id})
            return
        sealed = self._keys.cipher.encrypt(content.decode(ENCODING), _place(job.id))
        await self._connection.execute(_LEAVE, {"file": job.id, "tenant": job.tenant, "content": sealed})

    async def erase_files(self, numbers: Sequence[int], files: Sequence[UUID]) -> int:
        """Erase the bytes of these files, by the function that may; how many rows."""
        found = await self._connection.execute(_ERASE, {"numbers": list(numbers), "files": list(files)})
        return int(found.scalar_one())

    async def end_waits(self, ids: Sequence[str], at: datetime) -> list[UUID]:
        """Let the time be over of what was pushed about the bearer of these ids and waits; which events."""
        found = await self._connection.execute(_END_WAITS, {"about": self._about(ids), "at": at})
        return list(found.scalars())

    async def pushed(self, numbers: Sequence[int]) -> list[UUID]:
        """What was pushed about the person and nobody has worked off; which events."""
        about = self._about(await self.ids(numbers))
        return list((await self._connection.execute(_PUSHED, {"about": about})).scalars())

    def _about(self, ids: Sequence[str]) -> list[bytes]:
        return [self._keys.inbound.index.of(id_) for id_ in ids]

    def _opened(self, sealed: bytes, table: str, column: str, key: object) -> str:
        return self._keys.cipher.decrypt(bytes(sealed), place(table, column, str(key)))

    def _rest_of(self, sealed: bytes, file: UUID) -> bytes:
        return self._keys.cipher.decrypt(sealed, _place(file)).encode(ENCODING)


def _place(file: UUID) -> str:
    return place("contribution_rest", "content_sealed", str(file))
