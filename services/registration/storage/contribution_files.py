"""Contribution files: the upload as it was sent, sealed, and the job that works on it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Integer, Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import (
    AMOUNTS,
    NOT_WORKED_OFF,
    Amounts,
    Bearers,
    FileFormat,
    FileJob,
    FileState,
    KeptUpload,
    LineFault,
    MonthSums,
    Part,
    Reading,
    StatedAmount,
)
from services.registration.domain.employer import tenant_of
from services.registration.domain.errors import ContributionFileUnknown, UploadErased
from services.registration.storage.keys import Keys
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.kernel.loop import beside_loop
from shared.kernel.officers import Officers
from shared.persistence.arrays import array_text
from shared.persistence.due_work import LEAVE_BESIDE
from shared.security.fields import place

ENCODING = "iso-8859-1"
_READING = "format, separator, part, amount, months"
JOB_COLUMNS = f"""file, receipt, tenant, employer, state, lines, received_at, finished_at, accepted_lines,
                 rejected_lines, pieces, closed_for, {_READING}"""
_COLUMNS = JOB_COLUMNS
# Whoever draws receipts shares the employer's place until the transaction ends, all at once: whoever asks what was
# received between two of them waits for what is on its way, and no longer. There are 64 places, so that an archive of
# many employers holds no more. Nobody waits for a place, or whoever wants to share it would wait behind: it says who is
# on the way, and each of these, before it takes a place, holds a lock of its own, for which one waits without standing
# in anybody's way.
_PLACE = "hashtextextended('receiving/' || {} % 64, 0)"
_ON_THE_WAY = "hashtextextended('receiving of/' || {}, 0)"
_DRAW = f"""
    on_the_way AS MATERIALIZED (SELECT count(pg_advisory_xact_lock({_ON_THE_WAY.format("pg_backend_pid()")})) AS is_so),
    held AS MATERIALIZED (
        SELECT count(pg_advisory_xact_lock_shared({_PLACE.format("employer")})) AS places
        FROM (SELECT min(employer) AS employer FROM sent CROSS JOIN on_the_way WHERE is_so > 0
              GROUP BY employer % 64 ORDER BY employer % 64) AS of_place)
"""  # noqa: S608 - a constant
_WAIT = text(f"""
    WITH others AS MATERIALIZED (
        SELECT DISTINCT pid FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND pid <> pg_backend_pid()
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND (CAST(CAST(classid AS bigint) << 32 AS bigint) | CAST(objid AS bigint))
            = {_PLACE.format("CAST(:employer AS integer)")}
    )
    SELECT pg_advisory_lock_shared({_ON_THE_WAY.format("pid")}), pg_advisory_unlock_shared({_ON_THE_WAY.format("pid")})
    FROM others
""")  # noqa: S608 - a constant
# The same bytes are one job until it is through, and then another one: what was received later wins, also when it was
# received before. For the same reason a job that is sent again takes a new receipt; one that is being worked on is
# locked by its worker, and the statement waits until it is through, or until its first piece is: then it is another
# job.
_RECEIVE = text(f"""
    WITH sent AS (SELECT CAST(:employer AS integer) AS employer), {_DRAW}
    INSERT INTO contribution_file (file, tenant, employer, digest, state, lines, received_at, pieces, {_READING})
    SELECT CAST(:file AS uuid), :tenant, employer, CAST(:digest AS bytea), 'received', CAST(:lines AS integer),
           CAST(:now AS timestamptz), CAST(:pieces AS integer), :format, :separator, :part, :amount,
           CAST(:months AS integer[])
    FROM sent CROSS JOIN held WHERE places > 0
    ON CONFLICT (tenant, employer, digest) WHERE finished_at IS NULL AND begun_at IS NULL
        DO UPDATE SET receipt = DEFAULT
    RETURNING {_COLUMNS}
""")  # noqa: S608 - a constant
# The same of many, which are read alike, with their bytes: of a job that is known already they are kept. After the
# places, as above, those that are known are held, in the order in which whoever works them off holds them; receipts are
# drawn in the order in which the files of an employer came.
_RECEIVE_ALL = text(f"""
    WITH sent AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:files AS uuid[]), CAST(:employers AS integer[]), CAST(:digests AS bytea[]),
                             CAST(:lines AS integer[]), CAST(:amounts AS text[]), CAST(:contents AS bytea[]),
                             CAST(:payloads AS text[]))
                      WITH ORDINALITY AS sent (file, employer, digest, lines, amount, content, payload, place)
    ), {_DRAW}, in_order AS MATERIALIZED (
        SELECT known.file
        FROM contribution_file AS known JOIN sent USING (employer, digest) CROSS JOIN held
        WHERE places > 0 AND known.tenant = :tenant AND known.finished_at IS NULL AND known.begun_at IS NULL
        ORDER BY known.employer, known.receipt FOR NO KEY UPDATE OF known
    ), received AS (
        INSERT INTO contribution_file (file, tenant, employer, digest, state, lines, received_at, pieces, {_READING})
        SELECT file, :tenant, employer, digest, 'received', lines, CAST(:now AS timestamptz), 0, :format, :separator,
               :part, amount, CAST(:months AS integer[])
        FROM sent CROSS JOIN held WHERE places > 0 AND (SELECT count(*) FROM in_order) >= 0 ORDER BY employer, place
        ON CONFLICT (tenant, employer, digest) WHERE finished_at IS NULL AND begun_at IS NULL
            DO UPDATE SET receipt = DEFAULT
        RETURNING digest, {_COLUMNS}
    ), kept AS (
        INSERT INTO contribution_upload (file, tenant, content_sealed)
        SELECT file, :tenant, content FROM sent WHERE file IN (SELECT file FROM received)
    ), left_for_later AS ({LEAVE_BESIDE} FROM sent WHERE file IN (SELECT file FROM received))
    SELECT * FROM received
""")  # noqa: S608 - a constant
# Of what was pushed: its receipt was drawn when it arrived. No bytes of others are the same statement.
_RECEIVE_PUSHED = text(f"""
    INSERT INTO contribution_file (file, receipt, tenant, employer, digest, state, lines, received_at, pieces,
                                   {_READING})
    OVERRIDING SYSTEM VALUE
    VALUES (:file, :receipt, :tenant, :employer, :digest, 'received', :lines, :now, :pieces, :format, :separator, :part,
            :amount, CAST(:months AS integer[]))
    RETURNING {_COLUMNS}
""")  # noqa: S608 - a constant
_BETWEEN = text("""
    SELECT receipt FROM contribution_file WHERE employer = :employer AND receipt > :after AND receipt < :before
    ORDER BY receipt
""")
_IS_BEGUN = text("SELECT begun_at IS NOT NULL FROM contribution_file WHERE file = :file")
_ADD_UPLOAD = text("INSERT INTO contribution_upload (file, tenant, content_sealed) VALUES (:file, :tenant, :content)")
_UPLOAD = text("SELECT content_sealed FROM contribution_upload WHERE file = :file")
_GET = text(f"SELECT {_COLUMNS} FROM contribution_file WHERE file = :file")  # noqa: S608 - a constant
# NO KEY: what helps with its pieces writes rows that refer to it.
_LOCK = text(f"SELECT {_COLUMNS} FROM contribution_file WHERE file = :file FOR NO KEY UPDATE")  # noqa: S608 - a constant
_LOCK_ALL = text(f"""
    SELECT {_COLUMNS} FROM contribution_file WHERE file = ANY(CAST(:files AS uuid[]))
    ORDER BY employer, receipt FOR NO KEY UPDATE
""")  # noqa: S608 - a constant
_UPLOADS = text("SELECT file, content_sealed FROM contribution_upload WHERE file = ANY(CAST(:files AS uuid[]))")
_FINISH = """
    UPDATE contribution_file AS known
    SET state = said.state, finished_at = :now, closed_at = clock_timestamp(),
        accepted_lines = said.accepted, rejected_lines = known.lines - said.accepted
    FROM unnest(CAST(:files AS uuid[]), CAST(:states AS text[]), CAST(:accepted AS integer[]))
         AS said (file, state, accepted)
    WHERE known.file = said.file
"""
# With whom the lines name: an erasure asks, and reads no file for it (decision 80). Of one that officers closed nobody
# knows; of one in pieces it is kept with each (storage/contribution_pieces.py).
_NAMED = """
    WITH named AS (
        INSERT INTO contribution_file_person (file, number, persons, of_all_lines)
        SELECT file, 0, CAST(persons AS integer[]), of_all_lines
        FROM unnest(CAST(:named AS uuid[]), CAST(:persons AS text[]), CAST(:of_all_lines AS boolean[]))
             AS said (file, persons, of_all_lines)
    )
"""
_FINISHES = {False: text(_FINISH), True: text(_NAMED + _FINISH)}
_CLOSE = text("""
    UPDATE contribution_file SET closed_for = :why, proposed_by = :proposed_by, approved_by = :approved_by
    WHERE file = :file
""")
# The same officer may send the same bytes again, and another one too.
_NOTE_SENDER = text("""
    INSERT INTO contribution_sender (sent, officer, sent_at) VALUES (:sent, :officer, :at) ON CONFLICT DO NOTHING
""")
_HAND_SENDERS_ON = text("""
    INSERT INTO contribution_sender (sent, officer, sent_at)
    SELECT given, officer, sent_at FROM contribution_sender CROSS JOIN unnest(CAST(:to AS uuid[])) AS given
    WHERE sent = :sent ON CONFLICT DO NOTHING
""")
_SENDERS = text("SELECT officer FROM contribution_sender WHERE sent = :sent")
_ADD_FAULTS = text("""
    INSERT INTO contribution_file_fault (file, tenant, line, field, code, expected_sen)
    SELECT * FROM unnest(CAST(:files AS uuid[]), CAST(:tenants AS text[]), CAST(:lines AS integer[]),
                         CAST(:fields AS text[]), CAST(:codes AS text[]), CAST(:expected_sen AS bigint[]))
""")
_FAULTS = text("""
    SELECT line, field, code, expected_sen FROM contribution_file_fault WHERE file = :file ORDER BY line, field
""")
_LINES_WITH_FAULTS = text("SELECT DISTINCT line FROM contribution_file_fault WHERE file = :file")
_ADD_SUMS = text(f"""
    INSERT INTO contribution_file_sum (file, tenant, basis, month, lines, wages_sen, {", ".join(AMOUNTS)})
    SELECT * FROM unnest(CAST(:files AS uuid[]), CAST(:tenants AS text[]), CAST(:bases AS text[]),
                         CAST(:months AS integer[]), CAST(:lines AS integer[]), CAST(:wages_sen AS bigint[]),
                         {", ".join(f"CAST(:{name} AS bigint[])" for name in AMOUNTS)})
""")  # noqa: S608 - constants
_SUMS = text("SELECT * FROM contribution_file_sum WHERE file = :file AND basis = 'declared' ORDER BY month")
_PUBLISHED_SUMS = text("""
    SELECT sums.*, file.employer, file.received_at
    FROM contribution_file_sum AS sums JOIN contribution_file AS file USING (file)
    WHERE sums.basis = 'brought' AND (sums.file, sums.month) > (CAST(:file AS uuid), :month)
    ORDER BY sums.file, sums.month LIMIT :limit
""")
_IS_ANY_RECEIVED = text("""
    SELECT EXISTS (SELECT FROM contribution_file WHERE employer = :employer AND finished_at IS NULL)
""")
_RECEIVED = text(f"""
    SELECT {_COLUMNS} FROM contribution_file WHERE employer = :employer AND finished_at IS NULL ORDER BY receipt
""")  # noqa: S608 - a constant
_ARE_WAGES_PUSHED = text("""
    SELECT EXISTS (SELECT FROM inbound_event WHERE tenant = :tenant AND state = 'received' AND type = 'wage.paid')
""")
_BEFORE = text("""
    SELECT file FROM contribution_file WHERE employer = :employer AND finished_at IS NULL AND receipt < :receipt
    ORDER BY receipt
""")
_AFTER = text("""
    SELECT file FROM contribution_file WHERE employer = :employer AND finished_at IS NULL AND receipt > :receipt
    ORDER BY receipt
""")
# What failed is tried again by itself, until it failed for good.
_FAILURES = text("""
    SELECT failed IS NOT NULL FROM due_work WHERE kind = :kind AND payload = :payload AND attempts > 0
""")
# A file holds the watermark back until its events are sent, not only until they are written: rows of the outbox bear
# the time of the work, which is later than the receipt. Like the watermark these instants are the database's own; those
# of the business clock stand beside them.
_OLDEST_UNSENT_RECEIPT = """
    SELECT min(stored_at) FROM contribution_file
    WHERE finished_at IS NULL
       OR closed_at >= (SELECT min(created_at) FROM (SELECT created_at FROM outbox WHERE published_at IS NULL
                                                     ORDER BY id) AS unsent)
"""


async def held_back(connection: asyncpg.Connection) -> datetime | None:
    """The receipt of the oldest file whose lines have not all been sent (rules M5)."""
    oldest: datetime | None = await connection.fetchval(_OLDEST_UNSENT_RECEIPT)
    return oldest


@dataclass(frozen=True, slots=True)
class KeptSums:
    """What a file brought in one month."""

    file: UUID
    received_at: datetime
    employer: int
    sums: MonthSums


@dataclass(frozen=True, slots=True)
class SentFile:
    """A small file without a fault of the whole, whose employees it is about, and how it is read."""

    employer: int
    lines: int
    content: bytes = field(repr=False)
    reading: Reading


class ContributionFileRepository:
    """The files that the transaction may see."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def receive_pushed(
        self, tenant: str, employer: int, lines: int, content: bytes, reading: Reading, receipt: int
    ) -> FileJob:
        """Keep what was pushed as a job of its own: its receipt was drawn when it came."""
        file, readable = new_id(), content.decode(ENCODING)
        kept = {"digest": self._digest(readable, reading, receipt), "lines": lines, "pieces": 0}
        job = await self._receive(file, tenant, employer, kept, reading, receipt)
        sealed = self._keys.cipher.encrypt(readable, _place(file))
        await self._connection.execute(_ADD_UPLOAD, {"file": file, "tenant": tenant, "content": sealed})
        return job

    async def receive(
        self, tenant: str, sent: Sequence[SentFile], left: Callable[[Sequence[UUID]], Mapping[str, Any]]
    ) -> list[FileJob]:
        """Keep uploads that are read alike, but for what their amounts mean; of each its job: the same bytes of one
        sender, read in the same way, are one unfinished job. Of new ones due work is left beside them: `left` says
        which (`DueWork.beside`)."""
        if not sent:
            return []
        # Beside the loop, as with all that goes over the whole of a large file: it has others to serve meanwhile.
        size = sum(len(each.content) for each in sent)
        digests = await beside_loop(size, lambda: [self._digest(_text(each), each.reading) for each in sent])
        first = {(each.employer, digest): each for each, digest in zip(reversed(sent), reversed(digests), strict=True)}
        files = {key: new_id() for key in first}
        columns = await beside_loop(size, self._columns_of, first, files)
        alike = {"tenant": tenant, "now": now(), **_values_of(sent[0].reading), **left(columns["files"])}
        found = await self._connection.execute(_RECEIVE_ALL, {**alike, **columns})
        jobs = {(row.employer, bytes(row.digest)): file_job_of(row) for row in found}
        keys = [(each.employer, digest) for each, digest in zip(sent, digests, strict=True)]
        return [jobs[key] for key in keys]

    def _columns_of(
        self, sent: Mapping[tuple[int, bytes], SentFile], files: Mapping[tuple[int, bytes], UUID]
    ) -> dict[str, list[Any]]:
        # In the order in which they came: so their receipts are drawn.
        keys = [*sent][::-1]
        return {
            "files": [files[key] for key in keys],
            "employers": [employer for employer, _ in keys],
            "digests": [digest for _, digest in keys],
            "lines": [sent[key].lines for key in keys],
            "amounts": [_amount_of(sent[key].reading) for key in keys],
            "contents": [self._keys.cipher.encrypt(_text(sent[key]), _place(files[key])) for key in keys],
        }

    async def receive_pieces(
        self, kept: KeptUpload, tenant: str, employer: int, digest: bytes, reading: Reading
    ) -> FileJob:
        """The job of an upload that is kept in pieces: another one's where the same upload is one already."""
        values = {"digest": digest, "lines": kept.lines, "pieces": kept.pieces}
        return await self._receive(kept.file, tenant, employer, values, reading)

    async def get(self, file: UUID) -> FileJob:
        """Raises ContributionFileUnknown."""
        found = (await self._connection.execute(_GET, {"file": file})).one_or_none()
        if found is None:
            raise ContributionFileUnknown()
        return file_job_of(found)

    async def lock(self, file: UUID) -> FileJob:
        """The job, held until the transaction ends."""
        return file_job_of((await self._connection.execute(_LOCK, {"file": file})).one())

    async def lock_all(self, files: Collection[UUID]) -> list[FileJob]:
        """The jobs by employer and receipt, held until the transaction ends: whoever holds some goes in this order."""
        found = await self._connection.execute(_LOCK_ALL, {"files": list(files)})
        return [file_job_of(row) for row in found]

    async def is_any_received(self, employer: int) -> bool:
        """Whether a file of an employer is not worked off yet."""
        found = await self._connection.execute(_IS_ANY_RECEIVED, {"employer": employer})
        return bool(found.scalar_one())

    async def list_received(self, employer: int) -> list[FileJob]:
        """The files of an employer that are not worked off yet, in the order of their receipt."""
        return [file_job_of(row) for row in await self._connection.execute(_RECEIVED, {"employer": employer})]

    async def are_wages_pushed(self, employer: int) -> bool:
        """Whether an employer pushed wages that nobody has worked off; what is parked waits for something else."""
        found: bool = (await self._connection.execute(_ARE_WAGES_PUSHED, {"tenant": tenant_of(employer)})).scalar_one()
        return found

    async def receipts_between(self, employer: int, after: int, before: int) -> list[int]:
        """What was received of an employer between two receipts, in order; what is on its way is waited for."""
        if after < before:
            await self.wait_for_what_is_received(employer)
        asked = {"employer": employer, "after": after, "before": before}
        return list((await self._connection.execute(_BETWEEN, asked)).scalars())

    async def wait_for_what_is_received(self, employer: int) -> None:
        """Until whatever drew a receipt before now is known, or will never be."""
        await self._connection.execute(_WAIT, {"employer": employer})

    async def list_before(self, job: FileJob) -> list[UUID]:
        """The files of the employer that were received before this one and are not through, in that order."""
        found = await self._connection.execute(_BEFORE, {"employer": job.employer, "receipt": job.receipt})
        return list(found.scalars())

    async def list_after(self, job: FileJob) -> list[UUID]:
        """Those that were received after this one and are not through, in that order."""
        found = await self._connection.execute(_AFTER, {"employer": job.employer, "receipt": job.receipt})
        return list(found.scalars())

    async def is_begun(self, file: UUID) -> bool:
        """Whether a piece of a file was taken."""
        return bool((await self._connection.execute(_IS_BEGUN, {"file": file})).scalar_one())

    async def has_failed(self, kind: str, payload: str) -> bool | None:
        """Whether the work on a file failed for good; None where it has not failed."""
        found = await self._connection.execute(_FAILURES, {"kind": kind, "payload": payload})
        return found.scalar_one_or_none()

    async def close(self, job: FileJob, officers: Officers) -> None:
        """End a file of which nothing counts, on the word of two officers."""
        await self.finish([(job, FileState.REJECTED, 0, None)])
        await self._connection.execute(_CLOSE, {"file": job.id, "why": NOT_WORKED_OFF, **officers.row})

    async def note_sender(self, sent: UUID, officer: str) -> None:
        """Keep that an officer sent a file, an archive, or a part of an upload."""
        await self._connection.execute(_NOTE_SENDER, {"sent": sent, "officer": officer, "at": now()})

    async def hand_senders_on(self, sent: UUID, to: Collection[UUID]) -> None:
        """What becomes of it was sent by whoever sent it."""
        await self._connection.execute(_HAND_SENDERS_ON, {"sent": sent, "to": list(to)})

    async def senders(self, sent: UUID) -> set[str]:
        """The officers who sent a file, or one that says so of a spell."""
        return set((await self._connection.execute(_SENDERS, {"sent": sent})).scalars())

    async def content(self, file: UUID) -> bytes:
        """The bytes as they were sent; raises UploadErased once they were kept long enough."""
        sealed = (await self._connection.execute(_UPLOAD, {"file": file})).scalar_one_or_none()
        if sealed is None:
            raise UploadErased()
        return await beside_loop(len(sealed), self._opened, bytes(sealed), _place(file))

    async def contents(self, files: Collection[UUID]) -> dict[UUID, bytes]:
        """The bytes of small files as they were sent, of those that are kept still."""
        found = await self._connection.execute(_UPLOADS, {"files": list(files)})
        return {row.file: self._opened(bytes(row.content_sealed), _place(row.file)) for row in found}

    async def _receive(
        self,
        file: UUID,
        tenant: str,
        employer: int,
        kept: Mapping[str, Any],
        reading: Reading,
        receipt: int | None = None,
    ) -> FileJob:
        values = {"file": file, "tenant": tenant, "employer": employer, "now": now(), **kept, **_values_of(reading)}
        if receipt is None:
            return file_job_of((await self._connection.execute(_RECEIVE, values)).one())
        return file_job_of((await self._connection.execute(_RECEIVE_PUSHED, {**values, "receipt": receipt})).one())

    def _digest(self, readable: str, reading: Reading, receipt: int | None = None) -> bytes:
        told_apart = reading.key if receipt is None else f"pushed {receipt}"
        return self._keys.uploads.of(f"{told_apart}\n{readable}" if told_apart else readable)

    def _opened(self, sealed: bytes, whose: str) -> bytes:
        return self._keys.cipher.decrypt(sealed, whose).encode(ENCODING)

    async def set_aside(self, files: Sequence[tuple[FileJob, Sequence[LineFault]]]) -> None:
        """Keep what is wrong with which lines of files."""
        rows = [(job, fault) for job, faults in files for fault in faults]
        if not rows:
            return
        values = {
            "files": [job.id for job, _ in rows],
            "tenants": [job.tenant for job, _ in rows],
            "lines": [fault.line for _, fault in rows],
            "fields": [fault.field for _, fault in rows],
            "codes": [fault.code for _, fault in rows],
            "expected_sen": [fault.expected_sen for _, fault in rows],
        }
        await self._connection.execute(_ADD_FAULTS, values)

    async def sum_up(self, files: Sequence[tuple[FileJob, Sequence[MonthSums], Sequence[MonthSums]]]) -> None:
        """Keep the sums of files by month: of what each said, and of what it changed."""
        rows = [
            (job, basis, each)
            for job, declared, brought in files
            for basis, sums in (("declared", declared), ("brought", brought))
            for each in sums
        ]
        if not rows:
            return
        values = {
            "files": [job.id for job, _, _ in rows],
            "tenants": [job.tenant for job, _, _ in rows],
            "bases": [basis for _, basis, _ in rows],
            "months": [each.month for _, _, each in rows],
            "lines": [each.lines for _, _, each in rows],
            "wages_sen": [each.wages_sen for _, _, each in rows],
            **{name: [getattr(each.amounts, name) for _, _, each in rows] for name in AMOUNTS},
        }
        await self._connection.execute(_ADD_SUMS, values)

    async def finish(self, files: Sequence[tuple[FileJob, FileState, int, Bearers | None]]) -> None:
        """Give files their last states, with how many lines of each were taken, and whom they name. What is published
        is written before, so that `closed_at` is later."""
        known = [(job.id, bearers) for job, _, _, bearers in files if bearers is not None]
        values: dict[str, Any] = {
            "files": [job.id for job, *_ in files],
            "states": [state.value for _, state, *_ in files],
            "accepted": [accepted for _, _, accepted, _ in files],
        }
        if known:
            values |= {
                "named": [file for file, _ in known],
                "persons": [array_text(Integer(), bearers.persons) for _, bearers in known],
                "of_all_lines": [bearers.of_all_lines for _, bearers in known],
            }
        await self._connection.execute(_FINISHES[bool(known)], {**values, "now": now()})

    async def faults(self, file: UUID) -> list[LineFault]:
        """What is wrong with which lines, in order."""
        found = await self._connection.execute(_FAULTS, {"file": file})
        return [LineFault(row.line, row.field, row.code, row.expected_sen) for row in found]

    async def lines_with_faults(self, file: UUID) -> list[int]:
        """The lines of which something is wrong, counted from 1."""
        return list((await self._connection.execute(_LINES_WITH_FAULTS, {"file": file})).scalars())

    async def sums(self, file: UUID) -> list[MonthSums]:
        """The control totals by month."""
        return [sums_of(row) for row in await self._connection.execute(_SUMS, {"file": file})]

    async def list_published_sums(self, file: str, month: int, limit: int) -> list[KeptSums]:
        """What files brought, after a file and month: every employer's, for the worker's role."""
        found = await self._connection.execute(_PUBLISHED_SUMS, {"file": file, "month": month, "limit": limit})
        return [KeptSums(row.file, row.received_at, row.employer, sums_of(row)) for row in found]


def sums_of(row: Row[Any]) -> MonthSums:
    """The sums in a row of their table."""
    amounts = Amounts(*(getattr(row, name) for name in AMOUNTS))
    return MonthSums(row.month, row.lines, row.wages_sen, amounts)


def file_job_of(row: Row[Any]) -> FileJob:
    """The job in a row of ``_COLUMNS``."""
    return FileJob(
        id=row.file,
        receipt=row.receipt,
        tenant=row.tenant,
        employer=row.employer,
        state=FileState(row.state),
        lines=row.lines,
        received_at=row.received_at,
        finished_at=row.finished_at,
        accepted_lines=row.accepted_lines,
        rejected_lines=row.rejected_lines,
        reading=reading_of(row),
        pieces=row.pieces,
        closed_for=row.closed_for,
    )


def reading_of(row: Row[Any]) -> Reading:
    """How the file in a row of ``_COLUMNS`` is read."""
    amount = None if row.amount is None else StatedAmount(row.amount)
    return Reading(FileFormat(row.format), row.separator, Part(row.part), amount, tuple(row.months))


def _values_of(reading: Reading) -> dict[str, Any]:
    return {
        "format": reading.format.value,
        "separator": reading.separator,
        "part": reading.part.value,
        "amount": _amount_of(reading),
        "months": list(reading.months),
    }


def _amount_of(reading: Reading) -> str | None:
    return None if reading.amount is None else reading.amount.value


def _text(sent: SentFile) -> str:
    return sent.content.decode(ENCODING)


def _place(file: UUID) -> str:
    return place("contribution_upload", "content_sealed", str(file))
