"""Requests for evidence in the database: what was asked never changes, how it stands moves on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.errors import EvidenceRequestUnknown
from services.claims.domain.evidence_request import AskedBefore, EvidenceRequest, Item, RequestState

_ASKED = "id, claim, tenant, person, happened_on, question, item, why, law, outcomes, basis, asked_at"
_STANDS = (
    *("remind_at", "due_at", "state", "reminded_at", "late_at", "closed_at", "closed_for", "answered_by", "revision"),
    "to_look_at",
)
_COLUMNS = f"{_ASKED}, {', '.join(_STANDS)}"
# What was asked of a claim before, in the columns of one row: an assessment reads it with all else.
OF_CLAIM = """
    ARRAY (SELECT ROW (id, tenant, item, basis, state, closed_for, asked_at, answered_by) FROM evidence_request
           WHERE claim = :claim ORDER BY id) AS requests
"""
_ADD = text(f"""
    INSERT INTO evidence_request ({_COLUMNS})
    SELECT {_ASKED.replace("outcomes", "string_to_array(outcomes, chr(31))")}, {", ".join(_STANDS)}
    FROM unnest(
        CAST(:id AS uuid[]), CAST(:claim AS uuid[]), CAST(:tenant AS text[]), CAST(:person AS bigint[]),
        CAST(:happened_on AS date[]), CAST(:question AS text[]), CAST(:item AS text[]), CAST(:why AS text[]),
        CAST(:law AS text[]), CAST(:outcomes AS text[]), CAST(:basis AS text[]), CAST(:asked_at AS timestamptz[]),
        CAST(:remind_at AS timestamptz[]), CAST(:due_at AS timestamptz[]), CAST(:state AS text[]),
        CAST(:reminded_at AS timestamptz[]), CAST(:late_at AS timestamptz[]), CAST(:closed_at AS timestamptz[]),
        CAST(:closed_for AS text[]), CAST(:answered_by AS uuid[]), CAST(:revision AS integer[]),
        CAST(:to_look_at AS uuid[])
    ) AS given ({_COLUMNS})
""")  # noqa: S608 - names of columns
_FIND = f"SELECT {_COLUMNS} FROM evidence_request WHERE id = :id"  # noqa: S608 - names of columns
_GET, _LOCK = text(_FIND), text(f"{_FIND} FOR NO KEY UPDATE")
_PAGE = text(f"""
    SELECT {_COLUMNS} FROM evidence_request
    WHERE id > CAST(:after AS uuid)
          AND (CAST(:claim AS uuid) IS NULL OR claim = CAST(:claim AS uuid))
          AND (CAST(:state AS text) IS NULL OR state = CAST(:state AS text))
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - names of columns
_TURN = text("""
    UPDATE evidence_request
    SET state = :state, remind_at = :remind_at, due_at = :due_at, reminded_at = :reminded_at, late_at = :late_at,
        revision = :revision, to_look_at = :to_look_at
    WHERE id = :id
""")
# What was answered meanwhile stays answered, and what was waived may be answered all the same.
_CLOSE = text("""
    UPDATE evidence_request AS request
    SET state = said.state, closed_at = :at, closed_for = said.closed_for, answered_by = said.answered_by,
        remind_at = NULL, revision = revision + 1, to_look_at = NULL
    FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[]), CAST(:reasons AS text[]), CAST(:answers AS uuid[]))
         AS said (id, state, closed_for, answered_by)
    WHERE request.id = said.id
          AND (request.state IN ('open', 'late') OR (request.state = 'waived' AND said.state = 'answered'))
""")
_OPEN_AGAIN = text("""
    UPDATE evidence_request
    SET state = 'open', remind_at = :remind_at, due_at = :due_at, closed_at = NULL, closed_for = NULL,
        answered_by = NULL, revision = revision + 1
    WHERE id = ANY(CAST(:ids AS uuid[])) AND state = 'answered'
""")
_TO_LOOK_AT = text("""
    UPDATE evidence_request SET to_look_at = :document, revision = revision + 1 WHERE id = :id
""")
_NOT_TO_LOOK_AT = text("""
    UPDATE evidence_request SET to_look_at = NULL, revision = revision + 1 WHERE id = :id AND to_look_at = :document
""")
_HOLD = text("SELECT id FROM due_work WHERE kind = 'follow_evidence_request' AND payload = :payload FOR UPDATE")
_WAITING = text("""
    SELECT id FROM evidence_request
    WHERE claim = :claim AND state IN ('open', 'late') AND tenant = coalesce(:tenant, tenant)
          AND item = ANY (CAST(coalesce(CAST(:items AS text[]), ARRAY[item]) AS text[]))
    ORDER BY id
""")
_WAITING_OF_PERSON = text("""
    SELECT request.id FROM claim JOIN evidence_request AS request ON request.claim = claim.id
    WHERE claim.person = ANY (CAST((SELECT numbers_of(CAST(:person AS bigint))) AS bigint[]))
          AND request.state IN ('open', 'late')
    ORDER BY request.id
""")
_FIRST = UUID(int=0)


class EvidenceRequestRepository:
    """Reads and writes requests for evidence inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, requests: Sequence[EvidenceRequest]) -> None:
        """Keep new ones; the transaction holds their claim."""
        if requests:
            rows = [_values(each) for each in requests]
            await self._connection.execute(_ADD, {name: [row[name] for row in rows] for name in rows[0]})

    async def get(self, request: UUID) -> EvidenceRequest:
        """One that the role may see; raises EvidenceRequestUnknown."""
        row = (await self._connection.execute(_GET, {"id": request})).one_or_none()
        if row is None:
            raise EvidenceRequestUnknown()
        return request_of(row)

    async def lock(self, request: UUID) -> EvidenceRequest:
        """The same, locked until the end of the transaction."""
        row = (await self._connection.execute(_LOCK, {"id": request})).one_or_none()
        if row is None:
            raise EvidenceRequestUnknown()
        return request_of(row)

    async def hold(self, request: UUID) -> None:
        """Have nobody follow a request until the end of the transaction, before it is locked: the runner holds the due
        work when it locks the request, and who locks that first and then leaves due work would wait for it.
        """
        await self._connection.execute(_HOLD, {"payload": orjson.dumps({"request": str(request)}).decode()})

    async def page(
        self, claim: UUID | None, state: RequestState | None, after: UUID | None, limit: int
    ) -> list[EvidenceRequest]:
        """Those that the role may see in the order of their ids, after a position; of a claim, in a state."""
        values = {"claim": claim, "state": state, "after": after or _FIRST, "limit": limit}
        return [request_of(row) for row in await self._connection.execute(_PAGE, values)]

    async def waiting_of(
        self, claim: UUID, party: str | None = None, items: Sequence[Item] | None = None
    ) -> list[UUID]:
        """Those of a claim that wait; of a party, and for these items, where they are named."""
        values = {"claim": claim, "tenant": party, "items": None if items is None else list(items)}
        return list((await self._connection.execute(_WAITING, values)).scalars())

    async def waiting_of_person(self, person: int) -> list[UUID]:
        """Those that wait about the claims of a person, by whichever number."""
        return list((await self._connection.execute(_WAITING_OF_PERSON, {"person": person})).scalars())

    async def save(self, request: EvidenceRequest) -> None:
        """How a locked one that waits stands now."""
        await self._connection.execute(_TURN, {name: _values(request)[name] for name in ("id", *_TURNED)})

    async def close(self, ended: Sequence[tuple[UUID, RequestState, str, UUID | None]], at: datetime) -> None:
        """These are over: how, why, and by what they were answered; one that is over already stays as it is."""
        if not ended:
            return
        ids, states, reasons, answers = (list(each) for each in zip(*ended, strict=True))
        values = {"ids": ids, "states": states, "reasons": reasons, "answers": answers, "at": at}
        await self._connection.execute(_CLOSE, values)

    async def open_again(self, requests: Sequence[UUID], remind_at: datetime, due_at: datetime) -> None:
        """These were answered, and are not any more."""
        if requests:
            values = {"ids": list(requests), "remind_at": remind_at, "due_at": due_at}
            await self._connection.execute(_OPEN_AGAIN, values)

    async def look_at(self, request: UUID, document: UUID) -> None:
        """Officers are to look at a document that was sent for a locked one; of several at the last."""
        await self._connection.execute(_TO_LOOK_AT, {"id": request, "document": document})

    async def look_no_more(self, request: UUID, document: UUID) -> None:
        """They have, or it was taken back."""
        await self._connection.execute(_NOT_TO_LOOK_AT, {"id": request, "document": document})


_TURNED = ("state", "remind_at", "due_at", "reminded_at", "late_at", "revision", "to_look_at")


def asked_of(rows: Sequence[tuple[Any, ...]]) -> tuple[AskedBefore, ...]:
    """What was asked before, in the column of ``OF_CLAIM``."""
    return tuple(
        AskedBefore(id_, party, Item(item), basis, RequestState(state), closed_for, asked_at, answered_by)
        for id_, party, item, basis, state, closed_for, asked_at, answered_by in rows
    )


def request_of(row: Row[Any]) -> EvidenceRequest:
    """The request in a row of its columns."""
    values = {str(name): value for name, value in row._mapping.items()}
    read = {"item": Item(row.item), "state": RequestState(row.state), "outcomes": tuple(row.outcomes)}
    return EvidenceRequest(**{**values, **read})


def _values(request: EvidenceRequest) -> dict[str, Any]:
    names = [each.strip() for each in _COLUMNS.split(",")]
    # A list in a list would be taken apart.
    return {name: getattr(request, name) for name in names} | {"outcomes": "\x1f".join(request.outcomes)}
