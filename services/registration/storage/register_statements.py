"""What public registers stated: sealed as it was sent, and what became of it."""

from collections.abc import Collection, Mapping
from datetime import date
from itertools import zip_longest
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.errors import RegisterStatementUnknown
from services.registration.domain.register_statement import (
    Bearer,
    ParkedFor,
    RegisterKind,
    RegisterStatement,
    RegisterStatementState,
)
from services.registration.domain.relation import Named
from services.registration.storage.keys import Keys
from services.registration.storage.persons import Viewer
from shared.security.fields import place

_COLUMNS = """id, tenant, kind, day, company, said_sealed, received_at, state, reason, persons, proposed_by,
             approved_by, revision"""
_RECEIVE = text("""
    INSERT INTO register_statement (id, tenant, kind, day, company, said_sealed, received_at, state, persons, revision)
    VALUES (:id, :tenant, :kind, CAST(:day AS date), :company, CAST(:sealed AS bytea), :received_at, 'received',
            '{}', 1)
    ON CONFLICT (id) DO NOTHING
""")
_LOCK = text(f"SELECT {_COLUMNS} FROM register_statement WHERE id = :id FOR UPDATE")  # noqa: S608 - a constant
_FIND = text(f"""
    SELECT {_COLUMNS} FROM register_statement WHERE id = :id AND (:officer OR tenant = :tenant)
""")  # noqa: S608 - a constant
_SETTLE = text("""
    UPDATE register_statement SET state = :state, reason = :reason, persons = CAST(:persons AS integer[]),
                                  proposed_by = :proposed_by, approved_by = :approved_by, revision = revision + 1
    WHERE id = :id
""")
_ABOUT = text(f"""
    SELECT {_COLUMNS} FROM register_statement
    WHERE persons && CAST(:persons AS integer[]) AND said_sealed <> '' ORDER BY id FOR UPDATE
""")  # noqa: S608 - a constant
_KEEP_WORDS = text("SELECT keep_words_of_others(CAST(:statements AS uuid[]), CAST(:words AS bytea[]))")
_IS_ALIVE = text("""
    SELECT EXISTS (SELECT FROM register_statement
                   WHERE kind = 'person_alive' AND persons && numbers_of(CAST(:person AS integer)) AND state = 'applied'
                     AND tenant = :tenant AND received_at > :received_at)
""")


# What is left of the words where all whom they name were erased, or are not registered.
_ERASED: dict[str, Any] = {"reference": "", "bearers": [], "child": None}


class RegisterStatementRepository:
    """The statements that the transaction may see."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def receive(self, statement: RegisterStatement) -> bool:
        """Keep a statement; whether its reference is new."""
        values = {
            "id": statement.id,
            "tenant": statement.tenant,
            "kind": statement.kind.value,
            "day": statement.day,
            "company": statement.company,
            "sealed": self._keys.cipher.encrypt(_said(statement), _place(statement.id)),
            "received_at": statement.received_at,
        }
        return bool((await self._connection.execute(_RECEIVE, values)).rowcount)

    async def find(self, id_: UUID, viewer: Viewer) -> RegisterStatement:
        """Raises RegisterStatementUnknown for what is not there, or another register's."""
        asked = {"id": id_, "tenant": viewer.tenant, "officer": viewer.officer}
        found = (await self._connection.execute(_FIND, asked)).one_or_none()
        if found is None:
            raise RegisterStatementUnknown()
        return register_statement_of(found, self._keys)

    async def lock(self, id_: UUID) -> tuple[RegisterStatement, int]:
        """A statement with its revision, held until the transaction ends; raises RegisterStatementUnknown."""
        found = (await self._connection.execute(_LOCK, {"id": id_})).one_or_none()
        if found is None:
            raise RegisterStatementUnknown()
        return register_statement_of(found, self._keys), found.revision

    async def is_alive_later(self, person: int, statement: RegisterStatement) -> bool:
        """Whether the register, after this statement, said that the person is alive."""
        asked = {"person": person, "tenant": statement.tenant, "received_at": statement.received_at}
        found: bool = (await self._connection.execute(_IS_ALIVE, asked)).scalar_one()
        return found

    async def words_of_others(self, persons: Collection[int]) -> dict[UUID, bytes]:
        """What the statements about these persons say of other registered ones, sealed, by statement; for the worker.

        The child that it names stays with a parent.
        """
        found = await self._connection.execute(_ABOUT, {"persons": sorted(persons)})
        left = {row.id: self._words_of(row, {0, *persons}) for row in found}
        return {id_: words for id_, words in left.items() if words is not None}

    async def keep_words(self, words: Mapping[UUID, bytes]) -> None:
        """Keep these of statements of which all words were erased; for the worker."""
        if words:
            values = {"statements": list(words), "words": list(words.values())}
            await self._connection.execute(_KEEP_WORDS, values)

    def _words_of(self, row: Row[Any], gone: Collection[int]) -> bytes | None:
        said = _said_of(row, self._keys)
        named = zip_longest(said["bearers"], row.persons[: len(said["bearers"])], fillvalue=0)
        said["bearers"] = [None if person in gone else bearer for bearer, person in named]
        if not any(said["bearers"]):
            return None
        return self._keys.cipher.encrypt(orjson.dumps(said).decode(), _place(row.id))

    async def settle(self, statement: RegisterStatement) -> None:
        """Keep what became of a locked statement."""
        officers = statement.officers or (None, None)
        values = {
            "id": statement.id,
            "state": statement.state.value,
            "reason": None if statement.reason is None else statement.reason.value,
            # Nobody has the number zero.
            "persons": [person or 0 for person in statement.persons],
            "proposed_by": officers[0],
            "approved_by": officers[1],
        }
        await self._connection.execute(_SETTLE, values)


def register_statement_of(row: Row[Any], keys: Keys) -> RegisterStatement:
    """The statement in a row of ``_COLUMNS``."""
    said = _said_of(row, keys)
    bearers, child = said["bearers"], said["child"]
    return RegisterStatement(
        tenant=row.tenant,
        reference=said["reference"],
        kind=RegisterKind(row.kind),
        day=row.day,
        bearers=tuple(Bearer(*each) for each in bearers if each is not None),
        received_at=row.received_at,
        child=None if child is None else Named(child[0], date.fromisoformat(child[1])),
        company=row.company,
        state=RegisterStatementState(row.state),
        reason=None if row.reason is None else ParkedFor(row.reason),
        persons=tuple(person or None for person in row.persons),
        officers=None if row.approved_by is None else (row.proposed_by, row.approved_by),
        erased_id=row.id if said is _ERASED or None in bearers else None,
    )


def _said_of(row: Row[Any], keys: Keys) -> dict[str, Any]:
    if not row.said_sealed:
        return _ERASED
    found: dict[str, Any] = orjson.loads(keys.cipher.decrypt(bytes(row.said_sealed), _place(row.id)))
    return found


def _said(statement: RegisterStatement) -> str:
    child = statement.child
    said = {
        "reference": statement.reference,
        "bearers": [(each.kind, each.number, each.name) for each in statement.bearers],
        "child": None if child is None else (child.name, child.born_on),
    }
    return orjson.dumps(said).decode()


def _place(id_: UUID) -> str:
    return place("register_statement", "said_sealed", str(id_))
