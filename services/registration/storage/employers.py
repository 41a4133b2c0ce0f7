"""Employers."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.employer import TENANT, Employer
from services.registration.domain.errors import EmployerCodeRegistered, EmployerUnknown
from services.registration.storage import tables as t
from services.registration.storage.violations import violated

# What is told of the new row stands beside it: a row is read back only by whoever may see it.
_REGISTER = text("""
    WITH next AS MATERIALIZED (
            SELECT coalesce(kept.employer, nextval('employer_number'))::integer AS employer,
                   coalesce(kept.revision + 1, 1) AS revision
            FROM (VALUES (CAST(:code AS text))) AS asked (code) LEFT JOIN recalled_employer AS kept USING (code)),
         added AS (
            INSERT INTO employer (employer, tenant, revision, code, name, mycoid, registered_at)
            SELECT employer, CAST(:kind AS text) || employer, revision, :code, :name, :mycoid,
                   CAST(:registered_at AS timestamptz)
            FROM next)
    SELECT employer, revision FROM next
""")
# After a restore whoever has the code is given its own number again: that one is taken where it has come back already.
_REGISTERED = ("uq_employer_code", "employer_pkey")
_GET = text("SELECT employer, revision, code, name, mycoid, registered_at FROM employer WHERE employer = :employer")
_KNOWN = text("SELECT employer FROM employer WHERE employer = ANY(CAST(:employers AS integer[]))")


class EmployerRepository:
    """The employers that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def register(self, code: str, name: str, mycoid: str | None, at: datetime) -> Employer:
        """Add an employer under the next number, or under its own that was published before a restore.

        Raises EmployerCodeRegistered.
        """
        values = {"code": code, "name": name, "mycoid": mycoid, "registered_at": at, "kind": TENANT}
        try:
            number, revision = (await self._connection.execute(_REGISTER, values)).one()
        except IntegrityError as error:
            if violated(error) in _REGISTERED:
                raise EmployerCodeRegistered() from None
            raise
        return Employer(number, revision, code, name, mycoid, at)

    async def get(self, number: int) -> Employer:
        """Raises EmployerUnknown."""
        found = (await self._connection.execute(_GET, {"employer": number})).one_or_none()
        if found is None:
            raise EmployerUnknown()
        return employer_of(found)

    async def known(self, numbers: Collection[int]) -> set[int]:
        """Those of these numbers that are an employer's."""
        found = await self._connection.execute(_KNOWN, {"employers": sorted(numbers)})
        return {row.employer for row in found}

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
