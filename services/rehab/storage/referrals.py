"""Referrals in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.rehab.domain.errors import ReferralUnknown
from services.rehab.domain.referral import Admission, Certificate, Discharge, Outcome, Referral, State
from services.rehab.storage import tables as t

_ANY_OPEN = text("""
    SELECT EXISTS (SELECT FROM referral WHERE person = :person AND state NOT IN ('discharged', 'not_covered'))
""")
_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_COLUMNS = ", ".join(f"referral.{column.name}" for column in t.referral.c)
# With the newest assessment of the claim that has arrived, if one has.
_OPEN = text(f"""
    WITH referral AS (
        INSERT INTO referral (id, claim, person, state, opened_at, case_manager, centre, admitted_on, admitted_revision,
                              discharged_on, discharged_revision, outcome, certificate, certificate_issued_on,
                              certificate_fit_from)
        SELECT CAST(:id AS uuid), CAST(:claim AS uuid), :person, :state, CAST(:opened_at AS timestamptz), :case_manager,
               :centre, CAST(:admitted_on AS date), CAST(:admitted_revision AS integer), CAST(:discharged_on AS date),
               CAST(:discharged_revision AS integer), :outcome, CAST(:certificate AS uuid),
               CAST(:certificate_issued_on AS date), CAST(:certificate_fit_from AS date)
        WHERE :beside OR NOT EXISTS (
            SELECT FROM referral AS before
            WHERE before.claim = :claim AND (before.discharged_on < CAST(:advised_on AS date)) IS NOT TRUE)
        ON CONFLICT DO NOTHING RETURNING *)
    SELECT {_COLUMNS}, coalesce(assessment.refused, false) AS is_refused
    FROM referral LEFT JOIN assessment USING (claim)
""")  # noqa: S608 - constants
_LOCK_OF_CLAIM = text(f"""
    SELECT {_COLUMNS}, coalesce(assessment.refused, false) AS is_refused
    FROM referral LEFT JOIN assessment USING (claim) WHERE claim = :claim ORDER BY id FOR UPDATE OF referral
""")  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class OfClaim:
    """A referral of a claim, held, and whether the newest assessment that arrived refuses the claim."""

    referral: Referral
    is_refused: bool


class ReferralRepository:
    """The repository of referrals, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take_turns(self, claim: UUID) -> None:
        """Whoever opens or settles the referral of a claim waits here for whoever does at the same time.

        Accident and assessment arrive in transactions that do not see each other; the second to pass here sees the
        first one's rows, so that a refusal and the opening of what it refuses cannot miss each other.
        """
        await self._connection.execute(_TAKE_TURNS, {"name": f"referral/{claim}"})

    async def open(self, referral: Referral, *, advised_on: date | None = None, beside: bool = False) -> OfClaim | None:
        """Add a referral; None where the claim has one already, of which the person has not left before a board advised
        it on a day. ``beside``: whatever others there are.
        """
        values = {**_values(referral), "advised_on": advised_on, "beside": beside}
        found = (await self._connection.execute(_OPEN, values)).one_or_none()
        return None if found is None else OfClaim(referral_of(found), found.is_refused)

    async def is_any_open(self, person: int) -> bool:
        """Whether the person is expected, taken on or in a centre."""
        return bool((await self._connection.execute(_ANY_OPEN, {"person": person})).scalar_one())

    async def lock(self, referral: UUID) -> Referral:
        """The referral, held until the transaction ends; raises ReferralUnknown."""
        statement = select(t.referral).where(t.referral.c.id == referral).with_for_update()
        row = (await self._connection.execute(statement)).one_or_none()
        if row is None:
            raise ReferralUnknown()
        return referral_of(row)

    async def lock_of_claim(self, claim: UUID) -> list[OfClaim]:
        """The referrals of a claim, held until the transaction ends."""
        rows = await self._connection.execute(_LOCK_OF_CLAIM, {"claim": claim})
        return [OfClaim(referral_of(row), row.is_refused) for row in rows]

    async def save(self, referral: Referral) -> None:
        """Store the referral as it is now."""
        values = _values(referral)
        await self._connection.execute(update(t.referral).where(t.referral.c.id == values.pop("id")).values(values))

    async def list_published(self, after: UUID | None, limit: int) -> Sequence[Referral]:
        """Referrals of which something was published, in the order of their ids."""
        statement = select(t.referral).where(t.referral.c.admitted_on.is_not(None))
        if after is not None:
            statement = statement.where(t.referral.c.id > after)
        found = await self._connection.execute(statement.order_by(t.referral.c.id).limit(limit))
        return [referral_of(row) for row in found]


def referral_of(row: Row[Any]) -> Referral:
    """The referral in a row that has at least the columns of the table."""
    admission = Admission(row.centre, row.admitted_on, row.admitted_revision) if row.admitted_on else None
    return Referral(
        id=row.id,
        claim=row.claim,
        person=row.person,
        opened_at=row.opened_at,
        state=State(row.state),
        case_manager=row.case_manager,
        admission=admission,
        discharge=discharge_of(row) if row.discharged_on else None,
    )


def discharge_of(row: Row[Any]) -> Discharge:
    """The discharge in a row of the table that has one."""
    certificate = None
    if row.certificate is not None:
        certificate = Certificate(row.certificate, row.certificate_issued_on, row.certificate_fit_from)
    return Discharge(row.discharged_on, Outcome(row.outcome), certificate, row.discharged_revision)


def _values(referral: Referral) -> dict[str, object]:
    admission, discharge = referral.admission, referral.discharge
    certificate = discharge.certificate if discharge else None
    return {
        "id": referral.id,
        "claim": referral.claim,
        "person": referral.person,
        "state": referral.state.value,
        "opened_at": referral.opened_at,
        "case_manager": referral.case_manager,
        "centre": admission.centre if admission else None,
        "admitted_on": admission.admitted_on if admission else None,
        "admitted_revision": admission.revision if admission else None,
        "discharged_on": discharge.discharged_on if discharge else None,
        "discharged_revision": discharge.revision if discharge else None,
        "outcome": discharge.outcome.value if discharge else None,
        "certificate": certificate.certificate if certificate else None,
        "certificate_issued_on": certificate.issued_on if certificate else None,
        "certificate_fit_from": certificate.fit_from if certificate else None,
    }
