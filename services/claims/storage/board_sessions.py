"""Sessions of boards in the database, and what happened to them."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.boards import Board, BoardSession, BoardSessionState
from services.claims.domain.errors import BoardSessionUnknown
from shared.kernel.clock import now

_FIELDS = tuple(each.name for each in fields(BoardSession))
_COLUMNS = ", ".join(_FIELDS)
_CHANGED = ("state", "revision", "secretary", "chairman", "members", "proposed_by", "approved_by", "decided_at")
_ADD = text(f"""
    INSERT INTO board_session ({_COLUMNS}) VALUES ({", ".join(f":{name}" for name in _FIELDS)})
""")  # noqa: S608 - names of columns
_SAVE = text(f"""
    UPDATE board_session SET {", ".join(f"{name} = :{name}" for name in _CHANGED)} WHERE id = :id
""")  # noqa: S608 - names of columns
_FIND = f"SELECT {_COLUMNS} FROM board_session WHERE id = :id"  # noqa: S608 - names of columns
_PAGE = text(f"""
    SELECT {_COLUMNS} FROM board_session
    WHERE (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
      AND (CAST(:state AS text) IS NULL OR state = CAST(:state AS text))
      AND (CAST(:member AS text) IS NULL OR CAST(:member AS text) IN (chairman, secretary)
           OR CAST(:member AS text) = ANY(members))
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - names of columns
# What happened, to a session or to a case, is written down for good.
HAPPENED = text("""
    INSERT INTO board_event (tenant, session, board_case, revision, what, at, acted_by, said)
    VALUES (:tenant, :session, :board_case, :revision, :what, :at, :acted_by, CAST(:said AS jsonb))
""")


class BoardSessionRepository:
    """Reads and writes sessions inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, session: BoardSession) -> None:
        """Keep a session that is planned."""
        await self._connection.execute(_ADD, _values(session))
        await self._note(session, "planned", session.secretary)

    async def save(self, session: BoardSession, what: str, by: str) -> BoardSession:
        """Keep how it stands, and what happened, by whom."""
        await self._connection.execute(_SAVE, {name: _values(session)[name] for name in ("id", *_CHANGED)})
        await self._note(session, what, by)
        return session

    async def find(self, id_: UUID) -> BoardSession:
        """Raises BoardSessionUnknown."""
        return await self._one(_FIND, id_)

    async def lock(self, id_: UUID) -> BoardSession:
        """The same, held until the transaction ends: before its cases are."""
        return await self._one(f"{_FIND} FOR NO KEY UPDATE", id_)

    async def page(
        self, state: BoardSessionState | None, member: str | None, after: UUID | None, limit: int
    ) -> list[BoardSession]:
        """Sessions in the order of their ids, of a state, and of one who sits in them."""
        values = {"state": state and state.value, "member": member, "after": after, "limit": limit}
        return [_session_of(row) for row in await self._connection.execute(_PAGE, values)]

    async def _one(self, query: str, id_: UUID) -> BoardSession:
        found = (await self._connection.execute(text(query), {"id": id_})).one_or_none()
        if found is None:
            raise BoardSessionUnknown()
        return _session_of(found)

    async def _note(self, session: BoardSession, what: str, by: str) -> None:
        said: dict[str, str | Sequence[str] | None] = {"state": session.state.value}
        said |= {"secretary": session.secretary, "chairman": session.chairman, "members": list(session.members)}
        about = {"tenant": session.tenant, "session": session.id, "board_case": None, "revision": session.revision}
        row = {**about, "what": what, "at": now(), "acted_by": by, "said": orjson.dumps(said).decode()}
        await self._connection.execute(HAPPENED, row)


def _session_of(row: Row[Any]) -> BoardSession:
    values = {name: getattr(row, name) for name in _FIELDS}
    stands = {"board": Board(row.board), "state": BoardSessionState(row.state), "members": tuple(row.members)}
    return BoardSession(**values | stands)


def _values(session: BoardSession) -> dict[str, Any]:
    values = {name: getattr(session, name) for name in _FIELDS}
    return values | {"board": session.board.value, "state": session.state.value, "members": list(session.members)}
