"""The files of referrals: each with what is known of its accident and of its claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select

from services.rehab.domain.errors import ReferralUnknown
from services.rehab.domain.referral import Referral, State
from services.rehab.storage.referrals import referral_of
from services.rehab.storage.tables import ACCIDENT, ASSESSMENT, REFERRAL
from services.rehab.storage.unit_of_work import RehabUnitOfWork


@dataclass(frozen=True, slots=True)
class Accident:
    """What the notice says."""

    revision: int
    happened_on: date
    employer: int | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """How the claim stands; ``benefit_days`` is the sum of the payable days of all its entitlements."""

    revision: int
    refused: bool
    provisional: bool
    benefit_days: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class ReferralFile:
    """A referral with what has arrived about its claim."""

    referral: Referral
    accident: Accident | None
    assessment: Assessment | None


async def referral_file(uow: RehabUnitOfWork, referral: UUID) -> ReferralFile:
    """One file; raises ReferralUnknown."""
    row = (await uow.connection.execute(_files().where(REFERRAL.c.id == referral))).one_or_none()
    if row is None:
        raise ReferralUnknown()
    return _file(row)


async def referral_files(
    uow: RehabUnitOfWork, *, person: int | None, state: State | None, after: UUID | None, limit: int
) -> Sequence[ReferralFile]:
    """Files in the order of the referrals' ids, of one person or in one state where that is asked for."""
    statement = _files().order_by(REFERRAL.c.id).limit(limit)
    if person is not None:
        statement = statement.where(REFERRAL.c.person == person)
    if state is not None:
        statement = statement.where(REFERRAL.c.state == state.value)
    if after is not None:
        statement = statement.where(REFERRAL.c.id > after)
    return [_file(row) for row in await uow.connection.execute(statement)]


def _files() -> Select[Any]:
    joined = REFERRAL.outerjoin(ACCIDENT, ACCIDENT.c.claim == REFERRAL.c.claim)
    joined = joined.outerjoin(ASSESSMENT, ASSESSMENT.c.claim == REFERRAL.c.claim)
    return select(
        REFERRAL,
        ACCIDENT.c.revision.label("accident_revision"),
        ACCIDENT.c.happened_on,
        ACCIDENT.c.employer,
        ASSESSMENT.c.revision.label("assessment_revision"),
        ASSESSMENT.c.refused,
        ASSESSMENT.c.provisional,
        ASSESSMENT.c.benefit_days,
        ASSESSMENT.c.reason,
    ).select_from(joined)


def _file(row: Row[Any]) -> ReferralFile:
    accident = assessment = None
    if row.accident_revision is not None:
        accident = Accident(row.accident_revision, row.happened_on, row.employer)
    if row.assessment_revision is not None:
        assessment = Assessment(row.assessment_revision, row.refused, row.provisional, row.benefit_days, row.reason)
    return ReferralFile(referral_of(row), accident, assessment)
