"""Claims, certificates and decisions in the database."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.claim import Claim, ClaimState
from services.claims.domain.facts import Certificate
from services.claims.storage import tables as t
from shared.kernel.periods import Days
from shared.law.decision import DecisionRecord

_CLAIM_COLUMNS = [column for column in t.claim.c if column.name != "tenant"]
# What a claim is given once, when its notice is kept.
_NEVER_CHANGED = ("id", "received_at", "stored_at")
_UNDECIDED_STATES = (ClaimState.AWAITING_IDENTITY, ClaimState.JOINED)
# Claims that joined are of the same person, by whom they are found: no index knows what joined which claim.
_EVIDENCE = text("""
    SELECT ARRAY (SELECT ROW (certificate.id, issued_on, first_day, last_day, fit_from)
                  FROM certificate JOIN claim ON claim.id = certificate.claim
                  WHERE person = :person AND (claim.id = :claim OR joined_to = :claim)
                  ORDER BY issued_on, certificate.id) AS certificates,
           ARRAY (SELECT DISTINCT unnest(worked_with_wages) FROM claim
                  WHERE person = :person AND (id = :claim OR joined_to = :claim) ORDER BY 1) AS worked
""")


@dataclass(frozen=True)
class Evidence:
    """Certificates in the order of their issue, and the days of wages that any notice of the accident declared."""

    certificates: tuple[Certificate, ...]
    worked_with_wages: tuple[date, ...]


@dataclass(frozen=True)
class Decision:
    """A decision as it is stored: its record, and the event that published it."""

    claim: UUID
    revision: int
    hash: str
    record: DecisionRecord
    event_type: str
    event: bytes


_DECISIONS = select(t.decision)


class ClaimRepository:
    """Reads and writes claims inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, claim: Claim, tenant: str) -> Claim:
        """Keep a new claim; its ``stored_at`` becomes the database's instant."""
        values = {name: value for name, value in asdict(claim).items() if name != "stored_at"}
        stored = insert(t.claim).values(**values, tenant=tenant).returning(t.claim.c.stored_at)
        return replace(claim, stored_at=(await self._connection.execute(stored)).scalar_one())

    async def lock(self, claim: UUID) -> Claim:
        """The claim, locked until the end of the transaction."""
        found = await self._connection.execute(select(*_CLAIM_COLUMNS).where(t.claim.c.id == claim).with_for_update())
        return claim_of(found.one())

    async def find(self, claim: UUID) -> Claim | None:
        """The claim, if there is one that the role may see."""
        found = (await self._connection.execute(select(*_CLAIM_COLUMNS).where(t.claim.c.id == claim))).one_or_none()
        return None if found is None else claim_of(found)

    async def find_by_notice(self, notice: UUID) -> Claim | None:
        """The claim that a notice opened."""
        query = select(*_CLAIM_COLUMNS).where(t.claim.c.notice == notice)
        found = (await self._connection.execute(query)).one_or_none()
        return None if found is None else claim_of(found)

    async def page(self, person: int | None, after: UUID | None, limit: int) -> list[Claim]:
        """Claims in the order of their ids, after a position."""
        query = select(*_CLAIM_COLUMNS).order_by(t.claim.c.id).limit(limit)
        if person is not None:
            query = query.where(t.claim.c.person == person)
        if after is not None:
            query = query.where(t.claim.c.id > after)
        return [claim_of(row) for row in await self._connection.execute(query)]

    async def of_accident(self, claim: Claim) -> UUID | None:
        """Another claim that already stands for the same accident of the same person."""
        query = select(t.claim.c.id).where(
            t.claim.c.person == claim.person,
            t.claim.c.happened_on == claim.happened_on,
            t.claim.c.id != claim.id,
            t.claim.c.state.not_in(_UNDECIDED_STATES),
        )
        found: UUID | None = (await self._connection.execute(query)).scalar_one_or_none()
        return found

    async def save(self, claim: Claim) -> None:
        """Write the claim as it is now; its row is locked."""
        values = {name: value for name, value in asdict(claim).items() if name not in _NEVER_CHANGED}
        await self._connection.execute(update(t.claim).where(t.claim.c.id == claim.id).values(**values))

    async def lock_person(self, person: int) -> None:
        """Serialise what is done about one person's accidents, so that two notices of one see each other."""
        await self._connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"person/{person}"}
        )

    async def add_certificate(self, claim: UUID, certificate: Certificate) -> None:
        """Add evidence to a claim; the same certificate again changes nothing."""
        days = certificate.days
        await self._connection.execute(
            text("""
                INSERT INTO certificate (id, claim, tenant, issued_on, first_day, last_day, fit_from)
                SELECT :id, claim.id, claim.tenant, :issued_on, :first_day, :last_day, :fit_from
                FROM claim WHERE claim.id = :claim ON CONFLICT (id) DO NOTHING
            """),
            {
                "id": certificate.id,
                "claim": claim,
                "issued_on": certificate.issued_on,
                "first_day": days.first if days else None,
                "last_day": days.last if days else None,
                "fit_from": certificate.fit_from,
            },
        )

    async def evidence(self, claim: Claim) -> Evidence:
        """What was brought for a claim and for the claims that joined it; its person is known."""
        row = (await self._connection.execute(_EVIDENCE, {"claim": claim.id, "person": claim.person})).one()
        return Evidence(tuple(certificate_of(*each) for each in row.certificates), tuple(row.worked))

    async def add_decision(self, claim: UUID, values: dict[str, object]) -> None:
        """Append a decision; its revision is the next one of the claim, and none is ever changed."""
        tenant = select(t.claim.c.tenant).where(t.claim.c.id == claim).scalar_subquery()
        await self._connection.execute(insert(t.decision).values(claim=claim, tenant=tenant, **values))

    async def decision(self, claim: UUID, revision: int) -> Decision | None:
        """One decision of a claim."""
        query = _DECISIONS.where(t.decision.c.claim == claim, t.decision.c.revision == revision)
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else decision_of(row)

    async def last_record(self, claim: Claim) -> DecisionRecord | None:
        """The record of the claim's newest decision; None before the first."""
        decision = await self.decision(claim.id, claim.revision) if claim.revision else None
        return None if decision is None else decision.record

    async def decisions(self, claim: UUID) -> list[Decision]:
        """Every decision of a claim, oldest first."""
        query = _DECISIONS.where(t.decision.c.claim == claim).order_by(t.decision.c.revision)
        return [decision_of(row) for row in await self._connection.execute(query)]

    async def newest_decisions(self, claims: Sequence[UUID]) -> list[Decision]:
        """The newest decision of each of these claims."""
        query = (
            _DECISIONS.where(t.decision.c.claim.in_(claims))
            .distinct(t.decision.c.claim)
            .order_by(t.decision.c.claim, t.decision.c.revision.desc())
        )
        return [decision_of(row) for row in await self._connection.execute(query)]


def claim_of(row: Row[Any]) -> Claim:
    """The claim in a row of ``_CLAIM_COLUMNS``."""
    values = dict(row._mapping)
    return Claim(**{**values, "state": ClaimState(row.state), "worked_with_wages": tuple(row.worked_with_wages)})


def decision_of(row: Row[Any]) -> Decision:
    """The decision in a row of the table."""
    return Decision(row.claim, row.revision, row.hash, DecisionRecord(bytes(row.body)), row.event_type, row.event)


def certificate_of(
    id_: UUID, issued_on: date, first_day: date | None, last_day: date | None, fit_from: date | None
) -> Certificate:
    """The certificate of these columns."""
    days = None if first_day is None or last_day is None else Days(first_day, last_day)
    return Certificate(id_, issued_on, days, fit_from)
