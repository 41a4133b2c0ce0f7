"""What is sealed in a service's tables is put under the current key: piece by piece, while everybody reads.

A table is gone through by its primary key. How far it is stands in `resealing`, in the transaction of the piece itself,
so that whoever is killed goes on where it was. A row that somebody holds is left out and found by the next round; a
table is done when no row of it stands under another key.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.clock import now
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.errors import FieldKeyUnknown, FieldUndecipherable
from shared.security.fields import FieldCipher, place

# What a worker does beside it, and what is read meanwhile, has at least half of the time.
SHARE = 0.5
MOST = 1000

LEFT = text("SELECT count(*) FROM resealing WHERE done_at IS NULL AND key_id IS NOT NULL")
DONE = text("SELECT coalesce(sum(sealed_again), 0) FROM resealing")
_BEGIN = text("""
    UPDATE resealing SET key_id = :key, position = NULL, sealed_again = 0, rounds = 0, done_at = NULL
    WHERE key_id IS DISTINCT FROM :key
""")
_NEXT = text("""
    SELECT sealed_table, position, rounds FROM resealing WHERE done_at IS NULL ORDER BY rounds, sealed_table LIMIT 1
    FOR UPDATE
""")
_KEEP = text("""
    UPDATE resealing SET position = CAST(:position AS text[]), sealed_again = sealed_again + :count, rounds = :rounds,
                         done_at = :done_at
    WHERE sealed_table = :table
""")
_OTHERS = text("SELECT EXISTS (SELECT FROM resealing WHERE done_at IS NULL AND rounds < :rounds)")

Place = Callable[[str, Row[Any]], str]
FoundBy = Callable[[str, Row[Any]], Mapping[str, bytes]]


class Again(Protocol):
    """Leaves the work for later, under the service's own command."""

    async def __call__(self, at: datetime) -> None:
        """Go on at an instant."""


@dataclass(frozen=True)
class SealedTable:
    """A table with sealed columns: `key` names the columns of its primary key with their types.

    `where` makes the place of a column in a row; `found_by` the columns that are made of the opened text and the key;
    `also` what they need to be read beside it. At most `most` rows are a piece: few where a value is large.
    """

    name: str
    key: Mapping[str, str]
    columns: Sequence[str]
    most: int = MOST
    where: Place | None = None
    found_by: FoundBy | None = None
    found: Sequence[str] = ()
    also: Sequence[str] = ()

    def place(self, column: str, row: Row[Any]) -> str:
        """Where a value stands: by default the keys of its row with strokes between them."""
        if self.where is not None:
            return self.where(column, row)
        return place(self.name, column, "/".join(str(getattr(row, name)) for name in self.key))


@dataclass
class Piece:
    """What came of a piece: its rows, those that were sealed again, and those that no key here opens."""

    position: list[str] | None = None
    rows: int = 0
    again: list[tuple[Row[Any], dict[str, bytes]]] = field(default_factory=list)
    unreadable: int = 0


async def seal_again(
    tables: Sequence[SealedTable], cipher: FieldCipher, again: Again, uow: UnitOfWork, most: int | None = None
) -> None:
    """One piece of what stands under another key than the current one, and the rest after a pause as long."""
    if not cipher.is_ring:
        return
    begun = time.monotonic()
    await uow.connection.execute(_BEGIN, {"key": cipher.key_id})
    found = (await uow.connection.execute(_NEXT)).one_or_none()
    if found is None:
        return
    table = next(each for each in tables if each.name == found.sealed_table)
    piece = await _piece(table, found.position, cipher, most or table.most, uow.connection)
    finished = piece.rows < (most or table.most)
    is_left = finished and await _is_any_left(table, cipher, uow.connection)
    kept = {
        "table": table.name,
        "position": None if finished else piece.position,
        "count": len(piece.again),
        "rounds": found.rounds + is_left,
        "done_at": now() if finished and not is_left else None,
    }
    await uow.connection.execute(_KEEP, kept)
    if piece.unreadable:
        uow.decided("fields_not_sealed_again", table=table.name, count=piece.unreadable)
    if is_left and not (await uow.connection.execute(_OTHERS, kept)).scalar_one():
        # What is left everywhere is held by somebody, or no key here opens it: the timer looks again.
        return
    took = time.monotonic() - begun
    await again(now() + timedelta(seconds=took / SHARE - took))


async def _piece(
    table: SealedTable, position: Sequence[str] | None, cipher: FieldCipher, most: int, connection: AsyncConnection
) -> Piece:
    found = (await connection.execute(_rows(table, position), _asked(cipher, most))).all()
    piece = await asyncio.to_thread(_sealed_again, table, found, cipher)
    if piece.again:
        await connection.execute(_update(table), _columns(table, piece.again))
    return piece


def _sealed_again(table: SealedTable, rows: Sequence[Row[Any]], cipher: FieldCipher) -> Piece:
    piece = Piece(rows=len(rows))
    for row in rows:
        try:
            piece.again.append((row, _renewed(table, row, cipher)))
        except (FieldKeyUnknown, FieldUndecipherable):
            piece.unreadable += 1
    if rows:
        piece.position = [str(getattr(rows[-1], name)) for name in table.key]
    return piece


def _renewed(table: SealedTable, row: Row[Any], cipher: FieldCipher) -> dict[str, bytes]:
    made: dict[str, bytes] = {}
    for column in table.columns:
        value, where = getattr(row, column), table.place(column, row)
        if not value or bytes(value).startswith(cipher.head):
            made[column] = value
            continue
        opened = cipher.open(bytes(value), where)
        made[column] = cipher.seal(opened, where)
        if table.found_by is not None:
            made.update(table.found_by(opened.decode(), row))
    return made


async def _is_any_left(table: SealedTable, cipher: FieldCipher, connection: AsyncConnection) -> bool:
    asked = {"head": cipher.head, "length": len(cipher.head)}
    query = text(f"SELECT EXISTS (SELECT FROM {table.name} WHERE {_under_another(table)})")  # noqa: S608 - constants
    return bool((await connection.execute(query, asked)).scalar_one())


def _rows(table: SealedTable, position: Sequence[str] | None) -> Any:
    keys = ", ".join(table.key)
    after = ", ".join(f"CAST(CAST(:after_{name} AS text) AS {type_})" for name, type_ in table.key.items())
    later = "" if position is None else f"AND ({keys}) > ({after})"
    query = f"""
        SELECT {", ".join((*table.key, *table.also, *table.columns))} FROM {table.name}
        WHERE ({_under_another(table)}) {later} ORDER BY {keys} LIMIT :most FOR NO KEY UPDATE SKIP LOCKED
    """  # noqa: S608 - constants
    begin = [] if position is None else zip(table.key, position, strict=True)
    return text(query).bindparams(**{f"after_{name}": at for name, at in begin})


def _asked(cipher: FieldCipher, most: int) -> dict[str, Any]:
    return {"head": cipher.head, "length": len(cipher.head), "most": most}


def _under_another(table: SealedTable) -> str:
    # An empty value has nothing to open: its text was let go of, or a restore knows of it and not what it was.
    return " OR ".join(f"({column} <> '' AND substr({column}, 1, :length) <> :head)" for column in table.columns)


def _update(table: SealedTable) -> Any:
    types = {**table.key, **dict.fromkeys((*table.columns, *table.found), "bytea")}
    arrays = ", ".join(f"CAST(:{name} AS {type_}[])" for name, type_ in types.items())
    written = ", ".join(f"{name} = said.{name}" for name in (*table.columns, *table.found))
    same = " AND ".join(f"known.{name} = said.{name}" for name in table.key)
    return text(f"""
        UPDATE {table.name} AS known SET {written} FROM unnest({arrays}) AS said ({", ".join(types)}) WHERE {same}
    """)  # noqa: S608 - constants


def _columns(table: SealedTable, again: Sequence[tuple[Row[Any], Mapping[str, bytes]]]) -> dict[str, list[Any]]:
    keys = {name: [getattr(row, name) for row, _ in again] for name in table.key}
    return keys | {name: [made[name] for _, made in again] for name in (*table.columns, *table.found)}
