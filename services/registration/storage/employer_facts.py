"""What was stated of employers: facts that are never changed, what is derived of them, and what waits (rules F1)."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.correction import StatedBy
from services.registration.domain.employer import tenant_of
from services.registration.domain.employer_fact import (
    EmployerAttribute,
    EmployerDetails,
    EmployerFact,
    EmployerStatement,
    EmployerWait,
    MalaysianState,
)
from services.registration.domain.errors import (
    CompanyNumberRegistered,
    EmployerFactUnknown,
    EmployerStatementUnknown,
)
from services.registration.storage.keys import Keys
from services.registration.storage.persons import Viewer
from services.registration.storage.violations import violated
from shared.kernel.clock import business_day
from shared.security.fields import place

_NEXT = text("SELECT nextval('employer_fact_id')")
_ADD = text("""
    INSERT INTO employer_fact (id, employer, tenant, attribute, item, valid, plain, sealed, source, officer,
                               approved_by, evidence, retracts, recorded_at)
    VALUES (:id, :employer, :tenant, :attribute, :item,
            CASE WHEN CAST(:retracts AS bigint) IS NULL
                 THEN daterange(CAST(:first AS date), CAST(:last AS date), '[]') ELSE 'empty' END,
            :plain, :sealed, :source, :officer, :approved_by, :evidence, CAST(:retracts AS bigint),
            :at)
""")
_DERIVE = text("SELECT derive_employer(:employer, :day)")
# Of what stands in the employer's own row by the day: state, sector, name and company number.
_NEXT_CHANGE = text("""
    SELECT min(change.day) FROM employer_attribute AS held
    CROSS JOIN LATERAL (VALUES (lower(held.valid)), (upper(held.valid))) AS change (day)
    WHERE held.employer = :employer AND held.attribute IN ('state', 'sector', 'name', 'company_number')
      AND change.day > CAST(:day AS date)
""")
_FACT_COLUMNS = """stated.id, stated.attribute, stated.item, lower(stated.valid) AS first_day,
    upper(stated.valid) - 1 AS last_day, stated.plain, stated.sealed, stated.source, stated.officer,
    stated.approved_by, stated.evidence, stated.recorded_at, stated.retracts"""
_PAGE = text(f"""
    SELECT {_FACT_COLUMNS}, later.id AS retracted_by
    FROM employer_fact AS stated LEFT JOIN employer_fact AS later ON later.retracts = stated.id
    WHERE stated.employer = :employer AND stated.id > :after ORDER BY stated.id LIMIT :limit
""")  # noqa: S608 - a constant
_STANDS = text(f"""
    SELECT {_FACT_COLUMNS}, NULL AS retracted_by
    FROM employer_attribute AS held JOIN employer_fact AS stated ON stated.id = held.fact
    WHERE held.employer = :employer AND held.valid @> CAST(:day AS date)
    ORDER BY stated.attribute, stated.id LIMIT :limit
""")  # noqa: S608 - a constant
_DIRECTORS = text(f"""
    SELECT DISTINCT ON (stated.id) {_FACT_COLUMNS}, NULL AS retracted_by
    FROM employer_attribute AS held JOIN employer_fact AS stated ON stated.id = held.fact
    WHERE held.employer = :employer AND held.attribute = 'director'
      AND held.valid && daterange(CAST(:first AS date), CAST(:last AS date), '[]')
    ORDER BY stated.id LIMIT :limit
""")  # noqa: S608 - a constant
# As `derive_employer` derives it, of what had been recorded by an instant.
_STOOD = text(f"""
    WITH said AS (
        SELECT * FROM employer_fact WHERE employer = :employer AND recorded_at <= CAST(:known_at AS timestamptz)
    ), newest AS (
        SELECT DISTINCT ON (attribute, item) * FROM said
        WHERE retracts IS NULL AND valid @> CAST(:day AS date)
          AND NOT EXISTS (SELECT FROM said AS later WHERE later.retracts = said.id)
        ORDER BY attribute, item, id DESC
    )
    SELECT {_FACT_COLUMNS}, NULL AS retracted_by FROM newest AS stated
    ORDER BY stated.attribute, stated.id LIMIT :limit
""")  # noqa: S608 - a constant
_LIVE = text("""
    SELECT attribute, item FROM employer_fact AS stated
    WHERE id = :fact AND employer = :employer AND retracts IS NULL
      AND NOT EXISTS (SELECT FROM employer_fact AS later WHERE later.retracts = stated.id)
""")
_COLUMNS = """statement, employer, source, officer, attribute, item, first_on, last_on, value_sealed, retracts,
              evidence, reason, stated_at, counts, proposed_by, approved_by"""
_STATE = text(f"""
    INSERT INTO employer_statement ({_COLUMNS}, tenant, decided_at)
    VALUES (:statement, :employer, :source, :officer, :attribute, :item, CAST(:first AS date), CAST(:last AS date),
            :sealed, CAST(:retracts AS bigint), :evidence, :reason, :stated_at, CAST(:counts AS boolean), NULL, NULL,
            :tenant, CASE WHEN CAST(:counts AS boolean) THEN CAST(:stated_at AS timestamptz) END)
""")  # noqa: S608 - a constant
_DECIDE = text("""
    UPDATE employer_statement SET counts = :counts, proposed_by = :proposed_by, approved_by = :approved_by,
                                  decided_at = :at
    WHERE statement = :statement
""")
_GET = text(f"SELECT {_COLUMNS} FROM employer_statement WHERE statement = :statement")  # noqa: S608 - a constant
_OF_ACTIVITY = text(f"""
    SELECT {_COLUMNS} FROM employer_statement
    WHERE employer = :employer AND attribute = 'activity' AND retracts IS NULL AND counts IS NULL ORDER BY statement
""")  # noqa: S608 - a constant
_WAITING = text(f"""
    SELECT {_COLUMNS} FROM employer_statement
    WHERE (:officer OR tenant = :tenant) AND statement > CAST(:after AS uuid) ORDER BY statement LIMIT :limit
""")  # noqa: S608 - a constant
_BEFORE_ALL = UUID(int=0)
# The end of a company that the register stated, which is applied: of an employer that is registered afterwards.
_COMPANIES_ENDED = text("""
    SELECT DISTINCT ON (company) company, day, tenant FROM register_statement
    WHERE company = ANY(CAST(:mycoids AS text[])) AND state = 'applied' ORDER BY company, received_at DESC
""")
# Whoever makes a number an employer's and whoever applies the register's word on the company take turns: the second of
# both sees what the first did. Few locks in all, taken in order, so that a piece of many employers needs no more.
_HOLD_COMPANIES = text("""
    SELECT pg_advisory_xact_lock(hashtextextended('company/' || bucket, 0))
    FROM (SELECT DISTINCT hashtext(mycoid) & 63 AS bucket FROM unnest(CAST(:mycoids AS text[])) AS mycoid
          ORDER BY 1) AS asked
""")
MOST_STANDING = 1000


class EmployerFactRepository:
    """The facts that the transaction may see."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def add(self, said: EmployerStatement, at: datetime) -> None:
        """Keep a fact or a retraction that counts, of an employer that the transaction holds; derive what is known.

        Raises EmployerFactUnknown, CompanyNumberRegistered.
        """
        fact = (await self._connection.execute(_NEXT)).scalar_one()
        details = None if said.details is None else self._keys.cipher.encrypt(_written(said), _of_fact(fact))
        values = {
            "id": fact,
            "employer": said.employer,
            "tenant": tenant_of(said.employer),
            "attribute": said.attribute.value,
            "item": said.item,
            "first": said.first,
            "last": said.last,
            "plain": said.value,
            "sealed": details,
            "source": said.by.tenant,
            "officer": said.by.officer,
            "approved_by": said.approved_by,
            "evidence": said.evidence,
            "retracts": said.retracts,
            "at": at,
        }
        try:
            await self._connection.execute(_ADD, values)
            await self._connection.execute(_DERIVE, {"employer": said.employer, "day": business_day(at)})
        except IntegrityError as error:
            if violated(error) == "uq_employer_mycoid":
                raise CompanyNumberRegistered() from None
            if violated(error) == "uq_employer_fact_retracts":
                raise EmployerFactUnknown() from None
            raise

    async def derive(self, employer: int, day: date) -> None:
        """Derive what holds on a day, of an employer that the transaction holds."""
        await self._connection.execute(_DERIVE, {"employer": employer, "day": day})

    async def next_change(self, employer: int, day: date) -> date | None:
        """The next day after one on which something else holds of an employer."""
        found: date | None = (
            await self._connection.execute(_NEXT_CHANGE, {"employer": employer, "day": day})
        ).scalar_one()
        return found

    async def keep(self, said: EmployerStatement) -> None:
        """Keep what was stated, whether it counts or waits."""
        values = {
            "statement": said.id,
            "employer": said.employer,
            "tenant": tenant_of(said.employer),
            "source": said.by.tenant,
            "officer": said.by.officer,
            "stated_at": said.by.at,
            "attribute": said.attribute.value,
            "item": said.item,
            "first": said.first,
            "last": said.last,
            "sealed": self._keys.cipher.encrypt(_written(said), _of_statement(said.id)),
            "retracts": said.retracts,
            "evidence": said.evidence,
            "reason": said.reason,
            "counts": said.counts,
        }
        await self._connection.execute(_STATE, values)

    async def decide(self, said: EmployerStatement, at: datetime) -> None:
        """Keep what two officers decided of a statement whose employer is locked."""
        both = {"proposed_by": said.proposed_by, "approved_by": said.approved_by}
        await self._connection.execute(_DECIDE, {"statement": said.id, "counts": said.counts, "at": at, **both})

    async def get(self, statement: UUID) -> EmployerStatement:
        """Raises EmployerStatementUnknown."""
        row = (await self._connection.execute(_GET, {"statement": statement})).one_or_none()
        if row is None:
            raise EmployerStatementUnknown()
        return employer_statement_of(row, self._keys)

    async def page(self, employer: int, after: int, limit: int) -> Sequence[EmployerFact]:
        """The history of an employer in the order in which it was stated, after one."""
        asked = {"employer": employer, "after": after, "limit": limit}
        return [employer_fact_of(row, self._keys) for row in await self._connection.execute(_PAGE, asked)]

    async def standing(self, employer: int, day: date, known_at: datetime | None) -> Sequence[EmployerFact]:
        """What holds on a day, as known now or as of an instant."""
        asked = {"employer": employer, "day": day, "limit": MOST_STANDING}
        if known_at is None:
            rows = await self._connection.execute(_STANDS, asked)
        else:
            rows = await self._connection.execute(_STOOD, {**asked, "known_at": known_at})
        return [employer_fact_of(row, self._keys) for row in rows]

    async def directors(self, employer: int, first: date, last: date) -> Sequence[EmployerFact]:
        """Who directed it on one of these days, as it is known now."""
        asked = {"employer": employer, "first": first, "last": last, "limit": MOST_STANDING}
        return [employer_fact_of(row, self._keys) for row in await self._connection.execute(_DIRECTORS, asked)]

    async def live(self, employer: int, fact: int) -> tuple[EmployerAttribute, UUID]:
        """Of what a fact is that nothing takes back yet; raises EmployerFactUnknown."""
        row = (await self._connection.execute(_LIVE, {"employer": employer, "fact": fact})).one_or_none()
        if row is None:
            raise EmployerFactUnknown()
        return EmployerAttribute(row.attribute), row.item

    async def statements(self, after: UUID | None, limit: int, viewer: Viewer) -> Sequence[EmployerStatement]:
        """What was stated, by id, after one: the viewer's own, or of every employer for an officer."""
        asked = {"after": after or _BEFORE_ALL, "limit": limit, "tenant": viewer.tenant, "officer": viewer.officer}
        return [employer_statement_of(row, self._keys) for row in await self._connection.execute(_WAITING, asked)]

    async def waiting_of_activity(self, employer: int) -> Sequence[EmployerStatement]:
        """What waits of whether an employer employs anybody."""
        found = await self._connection.execute(_OF_ACTIVITY, {"employer": employer})
        return [employer_statement_of(row, self._keys) for row in found]

    async def hold_companies(self, mycoids: Collection[str]) -> None:
        """Until the transaction ends nobody else makes these numbers an employer's, or applies the register's word."""
        await self._connection.execute(_HOLD_COMPANIES, {"mycoids": sorted(mycoids)})

    async def companies_ended(self, mycoids: Collection[str]) -> dict[str, tuple[date, str]]:
        """The day on which each company ended by the register's word, and which party that is, by number."""
        found = await self._connection.execute(_COMPANIES_ENDED, {"mycoids": sorted(mycoids)})
        return {row.company: (row.day, row.tenant) for row in found}


def employer_fact_of(row: Row[Any], keys: Keys) -> EmployerFact:
    """The fact in a row of ``_FACT_COLUMNS``."""
    _, details = (None, None) if row.sealed is None else _read(keys.cipher.decrypt(bytes(row.sealed), _of_fact(row.id)))
    return EmployerFact(
        id=row.id,
        attribute=EmployerAttribute(row.attribute),
        item=row.item,
        first=row.first_day,
        last=row.last_day,
        value=row.plain,
        details=details,
        source=row.source,
        officer=row.officer,
        approved_by=row.approved_by,
        evidence=row.evidence,
        recorded_at=row.recorded_at,
        retracts=row.retracts,
        retracted_by=row.retracted_by,
    )


def employer_statement_of(row: Row[Any], keys: Keys) -> EmployerStatement:
    """The statement in a row of ``_COLUMNS``."""
    value, details = _read(keys.cipher.decrypt(bytes(row.value_sealed), _of_statement(row.statement)))
    return EmployerStatement(
        id=row.statement,
        employer=row.employer,
        by=StatedBy(row.source, row.stated_at, row.officer),
        attribute=EmployerAttribute(row.attribute),
        value=value,
        details=details,
        item=row.item,
        first=row.first_on,
        last=row.last_on,
        evidence=row.evidence,
        retracts=row.retracts,
        reason=None if row.reason is None else EmployerWait(row.reason),
        counts=row.counts,
        proposed_by=row.proposed_by,
        approved_by=row.approved_by,
    )


def _written(said: EmployerStatement) -> str:
    details = None if said.details is None else asdict(said.details)
    return orjson.dumps({"value": said.value, "details": details}).decode()


def _read(written: str) -> tuple[str | None, EmployerDetails | None]:
    said = orjson.loads(written)
    details = said["details"]
    if details is None:
        return said["value"], None
    state = details.pop("state")
    return said["value"], EmployerDetails(**details, state=None if state is None else MalaysianState(state))


def _of_fact(fact: int) -> str:
    return place("employer_fact", "sealed", fact)


def _of_statement(statement: UUID) -> str:
    return place("employer_statement", "value_sealed", str(statement))
