"""What contribution files say of spells: stated once, decided once by two officers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.employer import tenant_of
from services.registration.domain.spell_statement import SpellStatement, SpellStatementKind
from shared.kernel.clock import now
from shared.kernel.officers import Officers
from shared.tasks.errors import TaskUnknown

_COLUMNS = "employer, person, kind, day, file, source, taken"
_ADD = text("""
    INSERT INTO spell_statement (statement, tenant, employer, person, kind, day, file, source, stated_at)
    SELECT statement, :tenant, :employer, person, kind, day, :file, :source, :now
    FROM unnest(CAST(:statements AS uuid[]), CAST(:persons AS integer[]), CAST(:kinds AS text[]),
                CAST(:days AS date[])) AS said (statement, person, kind, day)
    ON CONFLICT (statement) DO NOTHING RETURNING statement
""")
_LOCK = text(f"SELECT {_COLUMNS} FROM spell_statement WHERE statement = :statement FOR UPDATE")  # noqa: S608
_DECIDE = text("""
    UPDATE spell_statement SET taken = :taken, proposed_by = :proposed_by, approved_by = :approved_by, decided_at = :at
    WHERE statement = :statement
""")
_PAGE = text(f"""
    SELECT statement, {_COLUMNS} FROM spell_statement
    WHERE (:officer OR tenant = :tenant) AND (CAST(:after AS uuid) IS NULL OR statement > CAST(:after AS uuid))
    ORDER BY statement LIMIT :limit
""")  # noqa: S608 - a constant


class SpellStatementRepository:
    """The statements that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, statements: Sequence[SpellStatement]) -> list[SpellStatement]:
        """Keep statements of one file; those that nobody made before."""
        if not statements:
            return []
        first = statements[0]
        whose = {"tenant": tenant_of(first.employer), "employer": first.employer, "file": first.file}
        said = {
            "statements": [each.id for each in statements],
            "persons": [each.person for each in statements],
            "kinds": [each.kind.value for each in statements],
            "days": [each.day for each in statements],
        }
        values = {**whose, **said, "source": first.source, "now": now()}
        added = set((await self._connection.execute(_ADD, values)).scalars())
        return [each for each in statements if each.id in added]

    async def lock(self, statement: UUID) -> SpellStatement:
        """A statement, held until the transaction ends; raises TaskUnknown."""
        found = (await self._connection.execute(_LOCK, {"statement": statement})).one_or_none()
        if found is None:
            raise TaskUnknown()
        return statement_of(found)

    async def decide(self, statement: SpellStatement, taken: bool, officers: Officers) -> None:
        """Keep what two officers decided of it."""
        await self._connection.execute(_DECIDE, {"statement": statement.id, "taken": taken, **officers.row})

    async def page(self, after: UUID | None, limit: int, tenant: str, officer: bool) -> list[SpellStatement]:
        """Statements by id, after one: the tenant's own, or all of them for an officer."""
        asked = {"after": after, "limit": limit, "tenant": tenant, "officer": officer}
        return [statement_of(row) for row in await self._connection.execute(_PAGE, asked)]


def statement_of(row: Row[Any]) -> SpellStatement:
    """The statement in a row of ``_COLUMNS``."""
    kind = SpellStatementKind(row.kind)
    return SpellStatement(row.employer, row.person, kind, row.day, row.file, row.source, row.taken)
