"""Uploads on their way: how far each has come, and the bytes that are not cut into pieces yet, sealed as they come."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import FileFormat, Part, Reading
from services.registration.domain.errors import UploadUnknown
from services.registration.domain.upload import Cut, Fault, Tail, Totals, Upload, UploadState
from services.registration.storage.keys import Keys
from shared.kernel.clock import now
from shared.security.fields import place

_ENCODING = "iso-8859-1"
_ADD = text("""
    INSERT INTO upload (upload, tenant, is_of_officer, length, format, separator, part, months, stated_lines,
                        stated_sen, created_at, expires_at, state, received, header, pieces, lines, employer_code,
                        wages_sen, cut_to, line_ends, open_bytes)
    VALUES (:upload, :tenant, :is_of_officer, :length, :format, :separator, :part, CAST(:months AS integer[]),
            :stated_lines, :stated_sen, :created_at, :expires_at, 'open', 0, ''::bytea, 0, 0, '', 0, 0, 0, 0)
""")
# Whoever begins one waits here for whoever of the same party does: nobody counts past another.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('upload/' || :tenant, 0))")
_COUNT_OPEN = text("SELECT count(*) FROM upload WHERE tenant = :tenant AND state = 'open' AND expires_at > :now")
_MINE = "SELECT * FROM upload WHERE upload = :upload AND tenant = :tenant AND expires_at > :now"
_GET, _LOCK = text(_MINE), text(f"{_MINE} FOR UPDATE")
_KEEP = text("""
    UPDATE upload SET received = :received, header = :header, pieces = :pieces, lines = :lines,
                      employer_code = :employer_code, wages_sen = :wages_sen, cut_to = :cut_to, line_ends = :line_ends,
                      open_bytes = :open_bytes, state = :state, file = :file, fault_code = :fault_code,
                      fault_detail = :fault_detail, fault_line = :fault_line
    WHERE upload = :upload
""")
_ADD_CHUNK = text("""
    INSERT INTO upload_chunk (upload, first_byte, tenant, content_sealed)
    VALUES (:upload, :first_byte, :tenant, :content)
""")
_CHUNKS = text("SELECT first_byte, content_sealed FROM upload_chunk WHERE upload = :upload ORDER BY first_byte")
_DROP_CHUNKS = text("DELETE FROM upload_chunk WHERE upload = :upload")
_DROP = text("DELETE FROM upload WHERE upload = :upload")
# Pieces of what became a file are that file's.
_DROP_EXPIRED = text("""
    WITH gone AS (
        DELETE FROM upload WHERE upload IN (
            SELECT upload FROM upload WHERE expires_at <= :now ORDER BY expires_at LIMIT :limit FOR UPDATE SKIP LOCKED)
        RETURNING upload, file
    ), pieces AS (
        DELETE FROM contribution_piece WHERE file IN (SELECT upload FROM gone WHERE file IS DISTINCT FROM upload)
    )
    SELECT count(*) FROM gone
""")


class UploadRepository:
    """The uploads that the transaction may see."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def add(self, upload: Upload) -> None:
        """Begin an upload, of which nothing has come."""
        values = {
            "upload": upload.id,
            "tenant": upload.tenant,
            "is_of_officer": upload.is_of_officer,
            "length": upload.length,
            "stated_lines": upload.totals.lines,
            "stated_sen": upload.totals.amounts_sen,
            "created_at": upload.created_at,
            "expires_at": upload.expires_at,
        }
        reading = {name: getattr(upload.reading, name).value for name in ("format", "part")}
        more = {"separator": upload.reading.separator, "months": list(upload.reading.months)}
        await self._connection.execute(_ADD, {**values, **reading, **more})

    async def count_open(self, tenant: str, at: datetime) -> int:
        """How many of a party are open; until the transaction ends nobody else begins one of that party."""
        await self._connection.execute(_ALONE, {"tenant": tenant})
        count: int = (await self._connection.execute(_COUNT_OPEN, {"tenant": tenant, "now": at})).scalar_one()
        return count

    async def get(self, upload: UUID, tenant: str) -> Upload:
        """An upload of a party; raises UploadUnknown."""
        return await self._one(_GET, upload, tenant)

    async def lock(self, upload: UUID, tenant: str) -> Upload:
        """The same, held until the transaction ends: of two parts at once one waits, and then does not fit."""
        return await self._one(_LOCK, upload, tenant)

    async def keep(self, upload: Upload) -> None:
        """Keep how far it has come, and what became of it."""
        await self._connection.execute(_KEEP, _values_of(upload))

    async def add_chunk(self, upload: Upload, first_byte: int, content: bytes) -> None:
        """Keep bytes that are not cut yet."""
        if not content:
            return
        sealed = await asyncio.to_thread(self._sealed, content, _place(upload.id, first_byte))
        values = {"upload": upload.id, "first_byte": first_byte, "tenant": upload.tenant, "content": sealed}
        await self._connection.execute(_ADD_CHUNK, values)

    async def uncut(self, upload: UUID) -> bytes:
        """All bytes that are kept and not cut."""
        rows = (await self._connection.execute(_CHUNKS, {"upload": upload})).all()
        return await asyncio.to_thread(self._bytes_of, upload, rows)

    async def drop_chunks(self, upload: UUID) -> None:
        """They are in pieces now, or nobody needs them."""
        await self._connection.execute(_DROP_CHUNKS, {"upload": upload})

    async def drop(self, upload: UUID) -> None:
        """Let go of the upload, and of what is not cut of it."""
        await self._connection.execute(_DROP, {"upload": upload})

    async def drop_expired(self, at: datetime, limit: int) -> int:
        """Let go of so many whose time is over, and of their pieces; how many there were."""
        count: int = (await self._connection.execute(_DROP_EXPIRED, {"now": at, "limit": limit})).scalar_one()
        return count

    async def _one(self, statement: Any, upload: UUID, tenant: str) -> Upload:
        asked = {"upload": upload, "tenant": tenant, "now": now()}
        found = (await self._connection.execute(statement, asked)).one_or_none()
        if found is None:
            raise UploadUnknown()
        return upload_of(found)

    def _sealed(self, content: bytes, whose: str) -> bytes:
        return self._keys.cipher.encrypt(content.decode(_ENCODING), whose)

    def _bytes_of(self, upload: UUID, rows: Sequence[Row[Any]]) -> bytes:
        opened = (
            self._keys.cipher.decrypt(bytes(row.content_sealed), _place(upload, row.first_byte)).encode(_ENCODING)
            for row in rows
        )
        return b"".join(opened)


def upload_of(row: Row[Any]) -> Upload:
    """The upload in a row of its table."""
    format_ = FileFormat(row.format)
    fault = None if row.fault_code is None else Fault(row.fault_code, row.fault_detail, row.fault_line)
    return Upload(
        id=row.upload,
        tenant=row.tenant,
        is_of_officer=row.is_of_officer,
        length=row.length,
        reading=Reading(format_, row.separator, Part(row.part), months=tuple(row.months)),
        totals=Totals(row.stated_lines, row.stated_sen),
        created_at=row.created_at,
        expires_at=row.expires_at,
        cut=Cut(format_, bytes(row.header), row.pieces, row.lines),
        tail=Tail(row.cut_to, row.line_ends, row.open_bytes),
        state=UploadState(row.state),
        received=row.received,
        employer_code=row.employer_code,
        wages_sen=row.wages_sen,
        file=row.file,
        fault=fault,
    )


def _values_of(upload: Upload) -> Mapping[str, Any]:
    fault = upload.fault
    return {
        "upload": upload.id,
        "received": upload.received,
        "header": upload.cut.header,
        "pieces": upload.cut.pieces,
        "lines": upload.cut.lines,
        "employer_code": upload.employer_code,
        "wages_sen": upload.wages_sen,
        "cut_to": upload.tail.first_byte,
        "line_ends": upload.tail.line_ends,
        "open_bytes": upload.tail.open_bytes,
        "state": upload.state.value,
        "file": upload.file,
        "fault_code": None if fault is None else fault.code,
        "fault_detail": None if fault is None else fault.detail,
        "fault_line": None if fault is None else fault.line,
    }


def _place(upload: UUID, first_byte: int) -> str:
    return place("upload_chunk", "content_sealed", f"{upload}/{first_byte}")
