"""What names a person beside its own rows: bytes of the files of its employers, their rests, and events that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import FileJob
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
# Also a file that came before the employment was stated, or says a month that another one said again.
_FILES = text(f"""
    WITH own AS (SELECT unnest(CAST(:numbers AS integer[])) AS person),
    whose AS (SELECT employer FROM spell JOIN own USING (person)
              UNION SELECT employer FROM contribution_line JOIN own USING (person)
              UNION SELECT employer FROM opening_month JOIN own USING (person)),
    posted AS (SELECT receipt FROM contribution_line JOIN own USING (person))
    SELECT {JOB_COLUMNS}, receipt IN (SELECT receipt FROM posted) AS is_posted,
           EXISTS (SELECT FROM contribution_rest AS rest WHERE rest.file = sent.file) AS is_rest
    FROM contribution_file AS sent
    WHERE employer IN (SELECT employer FROM whose) AND finished_at IS NOT NULL
      AND (EXISTS (SELECT FROM contribution_upload AS kept WHERE kept.file = sent.file)
           OR EXISTS (SELECT FROM contribution_piece AS kept WHERE kept.file = sent.file)
           OR EXISTS (SELECT FROM contribution_rest AS rest WHERE rest.file = sent.file))
    ORDER BY receipt
""")  # noqa: S608 - a constant
_REST = text("SELECT content_sealed FROM contribution_rest WHERE file = :file")
_LEAVE = text("""
    INSERT INTO contribution_rest (file, tenant, content_sealed) VALUES (:file, :tenant, :content)
    ON CONFLICT (file) DO UPDATE SET content_sealed = excluded.content_sealed
""")
_DROP = text("DELETE FROM contribution_rest WHERE file = :file")
_ERASE = text("SELECT erase_files_of(CAST(:numbers AS integer[]), CAST(:files AS uuid[]))")
_END_WAITS = text("""
    UPDATE inbound_event SET parked_until = :at
    WHERE state = 'parked' AND about = ANY(CAST(:about AS bytea[])) AND parked_until > :at RETURNING event
""")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of an employer of the person that is through; whether it brought a line of the person that stands, and
    whether only a rest of it is kept."""

    job: FileJob
    is_posted: bool
    is_rest: bool


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
        """Files in which the person may be named, in the order in which they came, as far as they are kept."""
        found = await self._connection.execute(_FILES, {"numbers": list(numbers)})
        return [KeptFile(file_job_of(row), row.is_posted, row.is_rest) for row in found]

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
        about = [self._keys.inbound.index.of(id_) for id_ in ids]
        found = await self._connection.execute(_END_WAITS, {"about": about, "at": at})
        return list(found.scalars())

    def _opened(self, sealed: bytes, table: str, column: str, key: object) -> str:
        return self._keys.cipher.decrypt(bytes(sealed), place(table, column, str(key)))

    def _rest_of(self, sealed: bytes, file: UUID) -> bytes:
        return self._keys.cipher.decrypt(sealed, _place(file)).encode(ENCODING)


def _place(file: UUID) -> str:
    return place("contribution_rest", "content_sealed", str(file))
