"""Employers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.employer import Employer, tenant_of
from services.registration.domain.errors import EmployerCodeRegistered, EmployerUnknown
from services.registration.storage import tables as t
from services.registration.storage.violations import violated

_NEXT = text("""
    SELECT coalesce(kept.employer, nextval('employer_number'))::integer, coalesce(kept.revision + 1, 1)
    FROM (VALUES (CAST(:code AS text))) AS asked (code) LEFT JOIN recalled_employer AS kept USING (code)
""")


class EmployerRepository:
    """The employers that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def register(self, code: str, name: str, mycoid: str | None, at: datetime) -> Employer:
        """Add an employer under the next number, or under its own that was published before a restore.

        Raises EmployerCodeRegistered.
        """
        number, revision = (await self._connection.execute(_NEXT, {"code": code})).one()
        employer = Employer(number, revision, code, name, mycoid, at)
        values = {"employer": number, "tenant": tenant_of(number), "revision": revision, "registered_at": at}
        try:
            await self._connection.execute(insert(t.employer).values(**values, code=code, name=name, mycoid=mycoid))
        except IntegrityError as error:
            if violated(error) == "uq_employer_code":
                raise EmployerCodeRegistered() from None
            raise
        return employer

    async def get(self, number: int) -> Employer:
        """Raises EmployerUnknown."""
        query = select(t.employer).where(t.employer.c.employer == number)
        found = (await self._connection.execute(query)).one_or_none()
        if found is None:
            raise EmployerUnknown()
        return employer_of(found)

    async def find_by_code(self, code: str) -> Employer | None:
        """The employer with a code, if there is one."""
        found = (await self._connection.execute(select(t.employer).where(t.employer.c.code == code))).one_or_none()
        return None if found is None else employer_of(found)

    async def list_published(self, after: int, limit: int) -> list[Employer]:
        """Employers by number, after one: every employer, for the worker's role."""
        query = select(t.employer).where(t.employer.c.employer > after).order_by(t.employer.c.employer).limit(limit)
        return [employer_of(row) for row in await self._connection.execute(query)]


def employer_of(row: Row[Any]) -> Employer:
    """The employer in a row of the table."""
    return Employer(row.employer, row.revision, row.code, row.name, row.mycoid, row.registered_at)
