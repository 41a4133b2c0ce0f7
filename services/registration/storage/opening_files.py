"""Opening files as they were sent, sealed in pieces, with what was found of each piece."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.errors import OpeningFileUnknown, UploadErased
from services.registration.domain.opening import (
    ROWS_IN_A_PIECE,
    OpeningCounts,
    OpeningFault,
    OpeningFile,
    OpeningKind,
    OpeningState,
    pieces_of,
)
from services.registration.storage.keys import Keys
from shared.kernel.identifiers import new_id
from shared.kernel.officers import Officers
from shared.security.fields import place

_FILE = """file.file, file.tenant, file.officer, file.kind, file.columns, file.lines, file.pieces, file.received_at,
           file.state, file.ended_at, file.proposed_by, file.approved_by, file.revision"""
# A piece counts as far as it was worked on: what is not new and not known in it was set aside.
_COLUMNS = f"""{_FILE}, found.* FROM opening_file AS file CROSS JOIN LATERAL (
        SELECT coalesce(sum(checked_new), 0)::integer AS checked_new,
               coalesce(sum(checked_known), 0)::integer AS checked_known,
               coalesce(sum(lines - checked_new - checked_known), 0)::integer AS checked_rejected,
               coalesce(sum(loaded_new), 0)::integer AS loaded_new,
               coalesce(sum(loaded_known), 0)::integer AS loaded_known,
               coalesce(sum(lines - loaded_new - loaded_known), 0)::integer AS loaded_rejected
        FROM opening_piece AS piece WHERE piece.file = file.file) AS found"""  # noqa: S608 - a constant
_ADD = text("""
    INSERT INTO opening_file (file, tenant, officer, kind, columns, digest, lines, pieces, received_at, state, revision)
    VALUES (:file, :tenant, :officer, :kind, :columns, :digest, :lines, :pieces, :received_at, 'received', 1)
    ON CONFLICT (kind, digest) WHERE state <> 'dropped' DO NOTHING
""")
_SAME = text("SELECT file FROM opening_file WHERE kind = :kind AND digest = :digest AND state <> 'dropped'")
_ADD_PIECE = text("""
    INSERT INTO opening_piece (file, piece, tenant, first_line, lines, content_sealed)
    VALUES (:file, :piece, :tenant, :first_line, :lines, :content)
""")
_GET = text(f"SELECT {_COLUMNS} WHERE file.file = :file")
_LIST = text(f"SELECT {_COLUMNS} WHERE file.file > :after ORDER BY file.file LIMIT :limit")
_LOCK = text("SELECT file FROM opening_file WHERE file = :file FOR UPDATE")
_PIECE = text("""
    SELECT file, piece, tenant, first_line, lines, content_sealed, checked_new, known_lines, loaded_new
    FROM opening_piece
    WHERE file = :file AND piece = :piece FOR UPDATE
""")
# A plan that is kept was made when the register was empty: by it each piece reads all that was loaded before it.
_PLAN_EACH_TIME = text("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
_PIECES = text("SELECT file, piece, first_line, content_sealed FROM opening_piece WHERE file = :file ORDER BY piece")
_CHECKED = text("""
    UPDATE opening_piece SET checked_new = :new, checked_known = :known,
                             known_lines = CAST(:known_lines AS integer[])
    WHERE file = :file AND piece = :piece
""")
_LOADED = text("""
    UPDATE opening_piece SET loaded_new = :new, loaded_known = :known WHERE file = :file AND piece = :piece
""")
_IS_ANY_LEFT = text("""
    SELECT bool_or(checked_new IS NULL) AS to_check, bool_or(loaded_new IS NULL) AS to_load
    FROM opening_piece WHERE file = :file
""")
_TURN = text("""
    UPDATE opening_file SET state = :state, ended_at = CAST(:ended_at AS timestamptz), revision = revision + 1,
                            proposed_by = coalesce(:proposed_by, proposed_by),
                            approved_by = coalesce(:approved_by, approved_by)
    WHERE file = :file
""")
# A line is set aside once: what officers have seen so stays so.
_SET_ASIDE = text("""
    INSERT INTO opening_fault (file, line, tenant, field, code)
    SELECT :file, line, :tenant, field, code
    FROM unnest(CAST(:lines AS integer[]), CAST(:fields AS text[]), CAST(:codes AS text[])) AS said (line, field, code)
    ON CONFLICT (file, line) DO NOTHING
""")
_FAULTS = text("SELECT line, field, code FROM opening_fault WHERE file = :file ORDER BY line")
_FAULTY = text("SELECT line FROM opening_fault WHERE file = :file AND line >= :first AND line < :after")
_NOTHING = UUID(int=0)


@dataclass(frozen=True, slots=True, repr=False)
class OpeningPiece:
    """A piece of a file, opened, whether it was checked and loaded, and which lines the dry run found here."""

    file: UUID
    number: int
    tenant: str
    first_line: int
    lines: Sequence[str]
    is_checked: bool
    is_loaded: bool
    known_lines: frozenset[int]


class OpeningFileRepository:
    """The files that the transaction may see: all of them for officers and the worker."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def receive(
        self, kind: OpeningKind, columns: int, lines: Sequence[str], tenant: str, officer: str, at: datetime
    ) -> tuple[UUID, bool]:
        """Keep a file; its id, and whether it is new: the same lines are one file until they are dropped."""
        file, pieces = new_id(), pieces_of(lines)
        digest = await asyncio.to_thread(self._keys.uploads.of, f"{kind.value}\n" + "\n".join(lines))
        values = {"file": file, "tenant": tenant, "officer": officer, "kind": kind.value, "digest": digest}
        more = {"columns": columns, "lines": len(lines), "pieces": len(pieces), "received_at": at}
        if not (await self._connection.execute(_ADD, values | more)).rowcount:
            same = await self._connection.execute(_SAME, {"kind": kind.value, "digest": digest})
            return same.scalar_one(), False
        sealed = await asyncio.to_thread(self._sealed, file, pieces)
        await self._connection.execute(_ADD_PIECE, [each | {"file": file, "tenant": tenant} for each in sealed])
        return file, True

    async def get(self, file: UUID) -> OpeningFile:
        """Raises OpeningFileUnknown."""
        found = (await self._connection.execute(_GET, {"file": file})).one_or_none()
        if found is None:
            raise OpeningFileUnknown()
        return opening_file_of(found)

    async def page(self, after: UUID | None, limit: int) -> list[OpeningFile]:
        """Files by id, after one."""
        found = await self._connection.execute(_LIST, {"after": after or _NOTHING, "limit": limit})
        return [opening_file_of(row) for row in found]

    async def lock(self, file: UUID) -> OpeningFile:
        """A file, held until the transaction ends; raises OpeningFileUnknown."""
        if (await self._connection.execute(_LOCK, {"file": file})).one_or_none() is None:
            raise OpeningFileUnknown()
        return await self.get(file)

    async def piece(self, file: UUID, number: int) -> OpeningPiece:
        """A piece, held until the transaction ends, in which statements are planned for the tables as they are."""
        await self._connection.execute(_PLAN_EACH_TIME)
        row = (await self._connection.execute(_PIECE, {"file": file, "piece": number})).one()
        lines = await asyncio.to_thread(self._lines_of, row)
        is_checked, is_loaded = row.checked_new is not None, row.loaded_new is not None
        known = frozenset(row.known_lines)
        return OpeningPiece(row.file, row.piece, row.tenant, row.first_line, lines, is_checked, is_loaded, known)

    async def keep_checked(self, piece: OpeningPiece, new: int, known: int, known_lines: Sequence[int]) -> None:
        """Keep what the dry run found of a piece."""
        found = {**_found(piece, new, known), "known_lines": list(known_lines)}
        await self._connection.execute(_CHECKED, found)

    async def keep_loaded(self, piece: OpeningPiece, new: int, known: int) -> None:
        """Keep what the load made of a piece."""
        await self._connection.execute(_LOADED, _found(piece, new, known))

    async def set_aside(self, piece: OpeningPiece, faults: Sequence[OpeningFault]) -> None:
        """Keep why lines are set aside."""
        columns = {
            "lines": [fault.line for fault in faults],
            "fields": [fault.field for fault in faults],
            "codes": [fault.code for fault in faults],
        }
        await self._connection.execute(_SET_ASIDE, {"file": piece.file, "tenant": piece.tenant, **columns})

    async def faulty(self, piece: OpeningPiece) -> set[int]:
        """The lines of a piece that were set aside before."""
        first = piece.first_line
        asked = {"file": piece.file, "first": first, "after": first + len(piece.lines)}
        return set((await self._connection.execute(_FAULTY, asked)).scalars())

    async def is_any_left(self, file: UUID, *, to_load: bool) -> bool:
        """Whether a piece of a locked file is still to be loaded, or checked."""
        found = (await self._connection.execute(_IS_ANY_LEFT, {"file": file})).one()
        return bool(found.to_load if to_load else found.to_check)

    async def turn(
        self,
        file: UUID,
        state: OpeningState,
        ended_at: datetime | None = None,
        officers: Officers | None = None,
    ) -> None:
        """Store where a locked file stands, and who decided so."""
        proposed_by, approved_by = (None, None) if officers is None else officers.both
        values = {"file": file, "state": state.value, "ended_at": ended_at}
        await self._connection.execute(_TURN, values | {"proposed_by": proposed_by, "approved_by": approved_by})

    async def faults(self, file: UUID) -> list[OpeningFault]:
        """What is wrong with which lines, in order."""
        found = await self._connection.execute(_FAULTS, {"file": file})
        return [OpeningFault(row.line, row.field, row.code) for row in found]

    async def rejected_lines(self, file: UUID) -> list[str]:
        """The lines that were set aside, as they were sent."""
        wanted = {fault.line for fault in await self.faults(file)}
        found: list[str] = []
        for row in await self._connection.execute(_PIECES, {"file": file}):
            lines = await asyncio.to_thread(self._lines_of, row)
            found += [line for number, line in enumerate(lines, start=row.first_line) if number in wanted]
        return found

    def _sealed(self, file: UUID, pieces: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
        return [
            {
                "piece": number,
                "first_line": 1 + number * ROWS_IN_A_PIECE,
                "lines": len(lines),
                "content": self._keys.cipher.encrypt("\n".join(lines), _place(file, number)),
            }
            for number, lines in enumerate(pieces)
        ]

    def _lines_of(self, row: Row[Any]) -> list[str]:
        if not row.content_sealed:
            raise UploadErased()
        return self._keys.cipher.decrypt(bytes(row.content_sealed), _place(row.file, row.piece)).split("\n")


def opening_file_of(row: Row[Any]) -> OpeningFile:
    """The file in a row of ``_COLUMNS``."""
    return OpeningFile(
        id=row.file,
        tenant=row.tenant,
        officer=row.officer,
        kind=OpeningKind(row.kind),
        columns=row.columns,
        lines=row.lines,
        pieces=row.pieces,
        received_at=row.received_at,
        state=OpeningState(row.state),
        ended_at=row.ended_at,
        proposed_by=row.proposed_by,
        approved_by=row.approved_by,
        revision=row.revision,
        checked=OpeningCounts(row.checked_new, row.checked_known, row.checked_rejected),
        loaded=OpeningCounts(row.loaded_new, row.loaded_known, row.loaded_rejected),
    )


def _found(piece: OpeningPiece, new: int, known: int) -> dict[str, Any]:
    return {"file": piece.file, "piece": piece.number, "new": new, "known": known}


def _place(file: UUID, piece: int) -> str:
    return place("opening_piece", "content_sealed", f"{file}/{piece}")
