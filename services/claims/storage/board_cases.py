"""Cases before boards in the database, and what happened to them."""

from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.boards import (
    Advice,
    Board,
    BoardCase,
    BoardCaseState,
    BoardQuestion,
    BoardResult,
    Decided,
    JustifiedBy,
)
from services.claims.domain.errors import BoardCaseUnknown
from services.claims.storage.board_sessions import HAPPENED
from shared.kernel.clock import now

_FIELDS = tuple(each.name for each in fields(BoardCase))
_COLUMNS = ", ".join(_FIELDS)
_GIVEN = ("id", "claim", "tenant", "board", "question", "put_by", "put_at", "about")
_CHANGED = tuple(name for name in _FIELDS if name not in _GIVEN)
_WRITTEN = {name: f"CAST(:{name} AS jsonb)" if name == "result" else f":{name}" for name in _FIELDS}
# A claim comes before a board once at a time.
_ADD = text(f"""
    INSERT INTO board_case ({_COLUMNS}) VALUES ({", ".join(_WRITTEN.values())})
    ON CONFLICT DO NOTHING RETURNING id
""")  # noqa: S608 - names of columns
_SAVE = text(f"""
    UPDATE board_case SET {", ".join(f"{name} = {_WRITTEN[name]}" for name in _CHANGED)} WHERE id = :id
""")  # noqa: S608 - names of columns
_FIND = f"SELECT {_COLUMNS} FROM board_case WHERE id = :id"  # noqa: S608 - names of columns
_OF_SESSION = text(f"""
    SELECT {_COLUMNS} FROM board_case WHERE session = :session ORDER BY id FOR NO KEY UPDATE
""")  # noqa: S608 - names of columns
# Of the claim and of all notices of its event, which also who may see only one of them asks for.
_OF_EVENT = "claim = ANY (CAST((SELECT claims_of_event(:claim)) AS uuid[]))"
_DECIDED = text(f"""
    SELECT {_COLUMNS} FROM board_case WHERE state = 'decided' AND {_OF_EVENT} ORDER BY sits_on, decided_at, id
""")  # noqa: S608 - names of columns
_IS_OPEN = text(f"""
    SELECT EXISTS (SELECT FROM board_case
                   WHERE state NOT IN ('decided', 'ended') AND {_OF_EVENT}
                         AND (CAST(:board AS text) IS NULL OR board = CAST(:board AS text)))
""")  # noqa: S608 - a constant
_ANY_OPEN = text("""
    SELECT EXISTS (SELECT FROM board_case JOIN claim ON claim.id = board_case.claim
                   WHERE board_case.state NOT IN ('decided', 'ended')
                         AND claim.person = ANY (numbers_of(CAST(:person AS bigint))))
""")
# Of each claim the few that boards decided, by the index of its cases.
_ADVISING = text(f"""
    SELECT {_COLUMNS} FROM board_case
    WHERE claim = ANY (CAST(:claims AS uuid[])) AND state = 'decided' AND jsonb_array_length(result -> 'advice') > 0
    ORDER BY claim, id
""")  # noqa: S608 - names of columns
_OPEN = text(f"""
    SELECT {_COLUMNS} FROM board_case WHERE state NOT IN ('decided', 'ended') AND {_OF_EVENT} ORDER BY id
""")  # noqa: S608 - names of columns
_IS_KNOWN = text("SELECT EXISTS (SELECT FROM board_case WHERE id = :id)")
_PAGE = text(f"""
    SELECT {_COLUMNS} FROM board_case
    WHERE (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
      AND (CAST(:state AS text) IS NULL OR state = CAST(:state AS text))
      AND (CAST(:claim AS uuid) IS NULL OR claim = CAST(:claim AS uuid))
      AND (CAST(:session AS uuid) IS NULL OR session = CAST(:session AS uuid))
      AND (CAST(:member AS text) IS NULL OR session IN (
               SELECT id FROM board_session
               WHERE CAST(:member AS text) IN (chairman, secretary) OR CAST(:member AS text) = ANY(members)))
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - names of columns
# Whoever certified days of the person, or treated it, in whichever of its claims.
_OF_PERSON = "claim IN (SELECT other.id FROM claim AS own JOIN claim AS other USING (person) WHERE own.id = :claim)"
_CERTIFIED_BY = text(f"""
    SELECT DISTINCT stated_by FROM evidence
    WHERE kind IN ('certificate', 'final_certificate') AND stated_by <> '' AND {_OF_PERSON}
""")  # noqa: S608 - a constant
_TREATED_BY = text(f"SELECT DISTINCT unnest(treated_by) FROM board_case WHERE {_OF_PERSON}")  # noqa: S608 - a constant


class BoardCaseRepository:
    """Reads and writes cases inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, case: BoardCase) -> bool:
        """Keep a case; False where it is known, or another one of the claim is before the board."""
        if (await self._connection.execute(_ADD, _values(case))).one_or_none() is None:
            return False
        await self._note(case, "put", case.put_by)
        return True

    async def save(self, case: BoardCase, what: str, by: str) -> BoardCase:
        """Keep how it stands, and what happened, by whom."""
        values = _values(case)
        await self._connection.execute(_SAVE, {name: values[name] for name in ("id", *_CHANGED)})
        await self._note(case, what, by)
        return case

    async def find(self, id_: UUID) -> BoardCase:
        """Raises BoardCaseUnknown."""
        return await self._one(_FIND, id_)

    async def lock(self, id_: UUID) -> BoardCase:
        """The same, held until the transaction ends: after its session is, if it has one."""
        return await self._one(f"{_FIND} FOR NO KEY UPDATE", id_)

    async def of_session(self, session: UUID) -> list[BoardCase]:
        """The cases of a session, which is held; they are held too."""
        return [_case_of(row) for row in await self._connection.execute(_OF_SESSION, {"session": session})]

    async def is_known(self, id_: UUID) -> bool:
        """Whether there is such a case."""
        return bool((await self._connection.execute(_IS_KNOWN, {"id": id_})).scalar_one())

    async def decided(self, claim: UUID) -> Decided:
        """What boards decided of the event of a claim."""
        rows = await self._connection.execute(_DECIDED, {"claim": claim})
        return Decided(tuple(_case_of(row) for row in rows))

    async def advising(self, claims: Collection[UUID]) -> list[BoardCase]:
        """The decided cases of these claims in which a board advised rehabilitation."""
        return [_case_of(row) for row in await self._connection.execute(_ADVISING, {"claims": list(claims)})]

    async def is_open(self, claim: UUID, board: Board | None = None) -> bool:
        """Whether the event of a claim is before a board, or before any."""
        values = {"claim": claim, "board": board and board.value}
        return bool((await self._connection.execute(_IS_OPEN, values)).scalar_one())

    async def is_any_open(self, person: int) -> bool:
        """Whether a claim of a person, by any of its numbers, is before a board."""
        return bool((await self._connection.execute(_ANY_OPEN, {"person": person})).scalar_one())

    async def list_open(self, claim: UUID) -> list[BoardCase]:
        """The cases of the event of a claim that no board has decided."""
        return [_case_of(row) for row in await self._connection.execute(_OPEN, {"claim": claim})]

    async def certified_by(self, claim: UUID) -> frozenset[str]:
        """Who certified days of the person of a claim."""
        return frozenset((await self._connection.execute(_CERTIFIED_BY, {"claim": claim})).scalars())

    async def treated_by(self, claim: UUID) -> frozenset[str]:
        """Who treated the person of a claim, as far as any of its cases says."""
        return frozenset((await self._connection.execute(_TREATED_BY, {"claim": claim})).scalars())

    async def page(self, sought: dict[str, Any], after: UUID | None, limit: int) -> list[BoardCase]:
        """Cases in the order of their ids: of a ``state``, ``claim`` or ``session``, or of a ``member`` of a panel."""
        every = dict.fromkeys(("state", "claim", "session", "member")) | sought
        rows = await self._connection.execute(_PAGE, {**every, "after": after, "limit": limit})
        return [_case_of(row) for row in rows]

    async def _one(self, query: str, id_: UUID) -> BoardCase:
        found = (await self._connection.execute(text(query), {"id": id_})).one_or_none()
        if found is None:
            raise BoardCaseUnknown()
        return _case_of(found)

    async def _note(self, case: BoardCase, what: str, by: str) -> None:
        said = {name: _values(case)[name] for name in ("state", "sits_on", "justified_by", "absences", "adjournments")}
        said |= {"result": _written(case.result)}
        about = {"tenant": case.tenant, "session": case.session, "board_case": case.id, "revision": case.revision}
        row = {**about, "what": what, "at": now(), "acted_by": by, "said": orjson.dumps(said).decode()}
        await self._connection.execute(HAPPENED, row)


def _case_of(row: Row[Any]) -> BoardCase:
    values = {name: getattr(row, name) for name in _FIELDS}
    values |= {"board": Board(row.board), "question": BoardQuestion(row.question), "state": BoardCaseState(row.state)}
    justified = None if row.justified_by is None else JustifiedBy(row.justified_by)
    values |= {"justified_by": justified, "treated_by": tuple(row.treated_by), "result": _result(row.result)}
    return BoardCase(**values)


def _values(case: BoardCase) -> dict[str, Any]:
    values = {name: getattr(case, name) for name in _FIELDS}
    stands = {name: getattr(case, name).value for name in ("board", "question", "state")}
    written = _written(case.result)
    stands |= {"justified_by": case.justified_by and case.justified_by.value, "treated_by": list(case.treated_by)}
    return values | stands | {"result": None if written is None else orjson.dumps(written).decode()}


def _written(result: BoardResult | None) -> dict[str, Any] | None:
    """What was found, as it is kept: only what was stated."""
    return None if result is None else {name: each for name, each in asdict(result).items() if each is not None}


def _result(kept: dict[str, Any] | None) -> BoardResult | None:
    if kept is None:
        return None
    days = ("benefit_from", "until", "attendance_from", "attendance_until")
    found = kept | {name: date.fromisoformat(kept[name]) for name in days if name in kept}
    return BoardResult(**found | {"advice": tuple(Advice(each) for each in kept["advice"])})
