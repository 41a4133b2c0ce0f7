"""Pieces of contribution files: sealed as they were received, what the whole says of lines, what was done of each."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import AMOUNTS, Amounts, Bearers, FileJob, MonthSums, Piece
from services.registration.storage.keys import Keys
from shared.kernel.clock import now
from shared.persistence.arrays import array_text
from shared.security.fields import place

ENCODING = "iso-8859-1"
_NAMES = ", ".join(AMOUNTS)
_ADD = text("""
    INSERT INTO contribution_piece (file, number, tenant, first_line, lines, digest, content_sealed)
    VALUES (:file, :number, :tenant, :first_line, :lines, :digest, :content)
""")
_DIGESTS = text("SELECT digest FROM contribution_piece WHERE file = :file ORDER BY number")
_GET = text("""
    SELECT number, first_line, lines, content_sealed FROM contribution_piece WHERE file = :file AND number = :number
""")
_HOLDING = text("""
    SELECT DISTINCT piece.number FROM contribution_piece AS piece
    JOIN unnest(CAST(:lines AS integer[])) AS line
      ON line >= piece.first_line AND line < piece.first_line + piece.lines
    WHERE piece.file = :file ORDER BY piece.number
""")
_KEPT = text("SELECT number FROM contribution_piece WHERE file = :file ORDER BY number")
_DROP = text("DELETE FROM contribution_piece WHERE file = :file")
_PLAN = text("SELECT months, repeated_lines FROM contribution_file_plan WHERE file = :file")
_BEGIN = text("""
    WITH begun AS (UPDATE contribution_file SET begun_at = :now WHERE file = :file RETURNING file, tenant)
    INSERT INTO contribution_file_plan (file, tenant, months, repeated_lines)
    SELECT file, tenant, CAST(:months AS integer[]), CAST(:lines AS integer[]) FROM begun
""")
# Whoever takes a piece holds its lock until its transaction ends. OFFSET: otherwise all that are left would be locked,
# and then put in order.
_LOCK = "hashtextextended('contribution_piece/' || CAST(:file AS text) || '/' || number, 0)"
_LEFT = """
    SELECT number FROM generate_series(1, CAST(:pieces AS integer)) AS number
    WHERE NOT EXISTS (SELECT FROM contribution_piece_done AS done WHERE done.file = CAST(:file AS uuid)
                                                                    AND done.number = number.number)
    ORDER BY number
"""
_NEXT = text(f"SELECT number FROM ({_LEFT} OFFSET 0) AS piece WHERE pg_try_advisory_xact_lock({_LOCK}) LIMIT 1")  # noqa: S608
_IS_DONE = text("""
    SELECT EXISTS (SELECT FROM contribution_piece_done WHERE file = CAST(:file AS uuid) AND number = :number)
""")
_ANY_LEFT = text(f"SELECT EXISTS ({_LEFT})")
_WAIT = text(f"SELECT pg_advisory_xact_lock({_LOCK}) FROM ({_LEFT} LIMIT 1) AS piece")  # noqa: S608
_DONE = text("""
    WITH named AS (
        INSERT INTO contribution_file_person (file, number, persons, of_all_lines)
        VALUES (:file, :number, CAST(CAST(:persons AS text) AS integer[]), :of_all_lines)
    )
    INSERT INTO contribution_piece_done (file, number, tenant, accepted_lines, has_faults, changed_months)
    VALUES (:file, :number, :tenant, :accepted, :has_faults, CAST(:months AS integer[]))
""")
_ADD_SUM = text(f"""
    INSERT INTO contribution_piece_sum (file, number, tenant, basis, month, lines, wages_sen, {_NAMES})
    VALUES (:file, :number, :tenant, :basis, :month, :lines, :wages_sen, {", ".join(f":{name}" for name in AMOUNTS)})
""")  # noqa: S608 - constants
_SUMS = text(f"""
    SELECT month, sum(lines)::integer AS lines, sum(wages_sen)::bigint AS wages_sen,
           {", ".join(f"sum({name})::bigint AS {name}" for name in AMOUNTS)}
    FROM contribution_piece_sum WHERE file = :file AND basis = :basis GROUP BY month ORDER BY month
""")  # noqa: S608 - constants
_OUTCOME = text("""
    SELECT coalesce(sum(accepted_lines), 0)::integer AS accepted, coalesce(bool_or(has_faults), false) AS has_faults,
           ARRAY(SELECT DISTINCT month FROM contribution_piece_done AS done, unnest(done.changed_months) AS month
                 WHERE done.file = :file ORDER BY month) AS changed_months
    FROM contribution_piece_done WHERE file = :file
""")


@dataclass(frozen=True, slots=True)
class Plan:
    """What only the whole file tells: the months that are meant, and the lines that say a person's month again."""

    months: tuple[int, ...]
    repeated_lines: frozenset[int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a piece, or of all together: the lines taken, whether something was set aside, the months with
    changes."""

    accepted: int
    has_faults: bool
    changed_months: Collection[int]


class ContributionPieceRepository:
    """The pieces that the transaction may see."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def add(self, file: UUID, tenant: str, pieces: Iterable[Piece]) -> None:
        """Keep pieces of a file, one after the other: none is in memory twice for longer than it takes."""
        for piece in pieces:
            # In a thread: the loop has others to serve meanwhile.
            digest, sealed = await asyncio.to_thread(self._sealed, file, piece)
            kept = {"number": piece.number, "first_line": piece.first_line, "lines": piece.lines}
            await self._connection.execute(
                _ADD, {"file": file, "tenant": tenant, **kept, "digest": digest, "content": sealed}
            )

    async def digest(self, file: UUID, key: str) -> bytes:
        """What tells the same pieces, read in the same way, from all others."""
        digests = (await self._connection.execute(_DIGESTS, {"file": file})).scalars()
        return self._keys.uploads.of("\n".join([key, *(bytes(each).hex() for each in digests)]))

    async def get(self, file: UUID, number: int) -> Piece:
        """A piece as it was received."""
        row = (await self._connection.execute(_GET, {"file": file, "number": number})).one()
        content = await asyncio.to_thread(self._opened, bytes(row.content_sealed), _place(file, number))
        return Piece(number, row.first_line, row.lines, content)

    async def list_holding(self, file: UUID, lines: Collection[int]) -> list[int]:
        """The numbers of the pieces that have any of these lines."""
        found = await self._connection.execute(_HOLDING, {"file": file, "lines": list(lines)})
        return list(found.scalars())

    async def list_kept(self, file: UUID) -> list[int]:
        """The numbers of the pieces whose bytes are kept still: of an old file some may have gone."""
        return list((await self._connection.execute(_KEPT, {"file": file})).scalars())

    async def drop(self, file: UUID) -> None:
        """Let go of the pieces of what becomes no file."""
        await self._connection.execute(_DROP, {"file": file})

    async def plan(self, file: UUID) -> Plan | None:
        """What was found of the whole; None while nobody has looked."""
        found = (await self._connection.execute(_PLAN, {"file": file})).one_or_none()
        return None if found is None else Plan(tuple(found.months), frozenset(found.repeated_lines))

    async def begin(self, file: UUID, plan: Plan) -> None:
        """Keep what was found of the whole: from now on the file takes no other receipt."""
        lines = sorted(plan.repeated_lines)
        await self._connection.execute(
            _BEGIN, {"file": file, "now": now(), "months": list(plan.months), "lines": lines}
        )

    async def next(self, job: FileJob) -> int | None:
        """The number of the next piece that nobody has done, nor is at: the transaction is at it from now on."""
        asked = _asked(job)
        while (number := (await self._connection.execute(_NEXT, asked)).scalar_one_or_none()) is not None:
            # What was done when its lock was let go of, a statement that began before it does not see.
            is_done = await self._connection.execute(_IS_DONE, {"file": asked["file"], "number": number})
            if not is_done.scalar_one():
                return int(number)
        return None

    async def are_done(self, job: FileJob) -> bool:
        """Whether no piece is left."""
        return not (await self._connection.execute(_ANY_LEFT, _asked(job))).scalar_one()

    async def wait(self, job: FileJob) -> None:
        """Wait for whoever is at the first piece that is left."""
        await self._connection.execute(_WAIT, _asked(job))

    async def done(self, job: FileJob, number: int, came_of: Outcome, bearers: Bearers) -> None:
        """A piece is through, in the transaction that took its lines; with whom these name."""
        whose = {"file": job.id, "number": number, "tenant": job.tenant}
        months = sorted(came_of.changed_months)
        came = {"accepted": came_of.accepted, "has_faults": came_of.has_faults, "months": months}
        persons = array_text(Integer(), bearers.persons)
        named = {"persons": persons, "of_all_lines": bearers.of_all_lines}
        await self._connection.execute(_DONE, {**whose, **came, **named})

    async def sum_up(self, job: FileJob, number: int, basis: str, sums: Sequence[MonthSums]) -> None:
        """Keep the sums of a piece by month: `declared` of what it said, `brought` of what it changed."""
        whose = {"file": job.id, "number": number, "tenant": job.tenant, "basis": basis}
        for each in sums:
            values = {"month": each.month, "lines": each.lines, "wages_sen": each.wages_sen}
            amounts = {name: getattr(each.amounts, name) for name in AMOUNTS}
            await self._connection.execute(_ADD_SUM, {**whose, **values, **amounts})

    async def sums(self, file: UUID, basis: str) -> list[MonthSums]:
        """The sums of all pieces by month."""
        found = await self._connection.execute(_SUMS, {"file": file, "basis": basis})
        return [
            MonthSums(row.month, row.lines, row.wages_sen, Amounts(*(getattr(row, name) for name in AMOUNTS)))
            for row in found
        ]

    async def outcome(self, file: UUID) -> Outcome:
        """What came of all that are done."""
        row: Any = (await self._connection.execute(_OUTCOME, {"file": file})).one()
        return Outcome(row.accepted, row.has_faults, row.changed_months)

    def _sealed(self, file: UUID, piece: Piece) -> tuple[bytes, bytes]:
        readable = piece.content.decode(ENCODING)
        return self._keys.uploads.of(readable), self._keys.cipher.encrypt(readable, _place(file, piece.number))

    def _opened(self, sealed: bytes, whose: str) -> bytes:
        return self._keys.cipher.decrypt(sealed, whose).encode(ENCODING)


def _asked(job: FileJob) -> dict[str, Any]:
    return {"file": str(job.id), "pieces": job.pieces}


def _place(file: UUID, number: int) -> str:
    return place("contribution_piece", "content_sealed", f"{file}/{number}")
