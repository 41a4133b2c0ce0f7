"""Employers."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, TextClause, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.employer import TENANT, Employer
from services.registration.domain.employer_fact import THE_ONLY_ONE
from services.registration.domain.errors import CompanyNumberRegistered, EmployerCodeRegistered, EmployerUnknown
from services.registration.storage import tables as t
from services.registration.storage.violations import violated
from shared.kernel.clock import business_day

# What is told of the new row stands beside it: a row is read back only by whoever may see it.
_REGISTER = text("""
    WITH next AS MATERIALIZED (
            SELECT coalesce(kept.employer, nextval('employer_number'))::integer AS employer,
                   coalesce(kept.revision + 1, 1) AS revision,
                   coalesce(kept.state, kept.sector, kept.ended_on::text) IS NOT NULL AS was_told
            FROM (VALUES (CAST(:code AS text))) AS asked (code) LEFT JOIN recalled_employer AS kept USING (code)),
         added AS (
            INSERT INTO employer (employer, tenant, revision, code, name, mycoid, registered_at)
            SELECT employer, CAST(:kind AS text) || employer, revision, :code, :name, :mycoid,
                   CAST(:registered_at AS timestamptz)
            FROM next)
    SELECT employer, revision, was_told FROM next
""")
# What was published of it before a restore.
_RECALL = text("""
    INSERT INTO employer_fact (id, employer, tenant, attribute, item, valid, plain, source, recorded_at)
    SELECT nextval('employer_fact_id'), kept.employer, 'employer:' || kept.employer, told.attribute,
           CAST(:only AS uuid), told.valid, told.plain, 'registration', CAST(:at AS timestamptz)
    FROM recalled_employer AS kept CROSS JOIN LATERAL (VALUES
        ('state', daterange(NULL, NULL), kept.state), ('sector', daterange(NULL, NULL), kept.sector),
        ('activity', daterange(kept.ended_on + 1, NULL), CASE WHEN kept.ended_on IS NOT NULL THEN 'ended' END))
        AS told (attribute, valid, plain)
    WHERE kept.code = :code AND told.plain IS NOT NULL
""")
_DERIVE = text("SELECT derive_employer(:employer, CAST(:today AS date))")
# After a restore whoever has the code is given its own number again: that one is taken where it has come back already.
_REGISTERED = ("uq_employer_code", "employer_pkey")
_COLUMNS = "employer, revision, code, name, mycoid, registered_at, state, sector, ended_on"
_GET = text(f"SELECT {_COLUMNS} FROM employer WHERE employer = :employer")  # noqa: S608 - a constant
# Shared by whoever starts a spell: an employer that ends waits for it, and sees it.
_HOLD = text(f"SELECT {_COLUMNS} FROM employer WHERE employer = :employer FOR SHARE")  # noqa: S608 - a constant
_LOCK = text(f"SELECT {_COLUMNS} FROM employer WHERE employer = :employer FOR NO KEY UPDATE")  # noqa: S608 - a constant
_OF_COMPANY = text("SELECT employer FROM employer WHERE mycoid = :mycoid ORDER BY employer")
_BY_CODES = text(f"SELECT {_COLUMNS} FROM employer WHERE code = ANY(CAST(:codes AS text[]))")  # noqa: S608 - a constant
_KNOWN = text("SELECT employer FROM employer WHERE employer = ANY(CAST(:employers AS integer[]))")


class EmployerRepository:
    """The employers that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def register(self, code: str, name: str, mycoid: str | None, at: datetime) -> Employer:
        """Add an employer under the next number, or under its own that was published before a restore.

        Raises EmployerCodeRegistered, CompanyNumberRegistered.
        """
        values = {"code": code, "name": name, "mycoid": mycoid, "registered_at": at, "kind": TENANT}
        try:
            number, revision, was_told = (await self._connection.execute(_REGISTER, values)).one()
        except IntegrityError as error:
            if violated(error) in _REGISTERED:
                raise EmployerCodeRegistered() from None
            if violated(error) == "uq_employer_mycoid":
                raise CompanyNumberRegistered() from None
            raise
        if was_told:
            await self._connection.execute(_RECALL, {"code": code, "only": THE_ONLY_ONE, "at": at})
            await self._connection.execute(_DERIVE, {"employer": number, "today": business_day(at)})
            return await self.get(number)
        return Employer(number, revision, code, name, mycoid, at)

    async def get(self, number: int) -> Employer:
        """Raises EmployerUnknown."""
        return await self._one(_GET, number)

    async def hold(self, number: int) -> Employer:
        """The same, and it neither ends nor begins again until the transaction ends; raises EmployerUnknown."""
        return await self._one(_HOLD, number)

    async def lock(self, number: int) -> Employer:
        """The same, held alone; raises EmployerUnknown."""
        return await self._one(_LOCK, number)

    async def of_company(self, mycoid: str) -> list[int]:
        """The employers with a number of the companies' register."""
        return list((await self._connection.execute(_OF_COMPANY, {"mycoid": mycoid})).scalars())

    async def _one(self, query: TextClause, number: int) -> Employer:
        found = (await self._connection.execute(query, {"employer": number})).one_or_none()
        if found is None:
            raise EmployerUnknown()
        return employer_of(found)

    async def known(self, numbers: Collection[int]) -> set[int]:
        """Those of these numbers that are an employer's."""
        found = await self._connection.execute(_KNOWN, {"employers": sorted(numbers)})
        return {row.employer for row in found}

    async def find_by_codes(self, codes: Collection[str]) -> dict[str, Employer]:
        """The employers with these codes, by code."""
        found = await self._connection.execute(_BY_CODES, {"codes": list(codes)})
        return {row.code: employer_of(row) for row in found}

    async def list_published(self, after: int, limit: int) -> list[Employer]:
        """Employers by number, after one: every employer, for the worker's role."""
        query = select(t.employer).where(t.employer.c.employer > after).order_by(t.employer.c.employer).limit(limit)
        return [employer_of(row) for row in await self._connection.execute(query)]


def employer_of(row: Row[Any]) -> Employer:
    """The employer in a row of the table."""
    head = (row.employer, row.revision, row.code, row.name, row.mycoid, row.registered_at)
    return Employer(*head, row.state, row.sector, row.ended_on)
