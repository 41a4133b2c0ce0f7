"""The files of referrals: each with what is known of its accident and of its claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Text, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.rehab.domain.errors import ReferralUnknown
from services.rehab.domain.referral import Referral, State
from services.rehab.storage import tables as t
from services.rehab.storage.referrals import referral_of
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.persistence.known_merges import is_of


@dataclass(frozen=True, slots=True)
class Accident:
    """What the notice says."""

    revision: int
    happened_on: date
    employer: int | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """How the claim stands; ``benefit_days`` are the days that all its entitlements pay by the day."""

    revision: int
    refused: bool
    provisional: bool
    benefit_days: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Advice:
    """What a board advised, and the day on which it sat."""

    sat_on: date
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReferralFile:
    """A referral with what has arrived about its claim; ``advice`` is the oldest first."""

    referral: Referral
    accident: Accident | None
    assessment: Assessment | None
    advice: tuple[Advice, ...] = ()


_SAID = t.advice.c.sat_on.cast(Text) + " " + t.advice.c.advice
_ADVICE = (
    select(func.array_agg(aggregate_order_by(_SAID, _SAID)))
    .where(t.advice.c.claim == t.referral.c.claim)
    .scalar_subquery()
    .label("advised")
)


async def find_referral_file(referral: UUID, uow: RehabUnitOfWork) -> ReferralFile:
    """One file; raises ReferralUnknown."""
    row = (await uow.connection.execute(_files().where(t.referral.c.id == referral))).one_or_none()
    if row is None:
        raise ReferralUnknown()
    return referral_file_of(row)


async def list_referral_files(
    person: int | None, state: State | None, after: UUID | None, limit: int, uow: RehabUnitOfWork
) -> Sequence[ReferralFile]:
    """Files in the order of the referrals' ids, of one person or in one state where that is asked for."""
    statement = _files().order_by(t.referral.c.id).limit(limit)
    if person is not None:
        statement = statement.where(is_of(t.referral.c.person, person))
    if state is not None:
        statement = statement.where(t.referral.c.state == state.value)
    if after is not None:
        statement = statement.where(t.referral.c.id > after)
    return [referral_file_of(row) for row in await uow.connection.execute(statement)]


def _files() -> Select[Any]:
    joined = t.referral.outerjoin(t.accident, t.accident.c.claim == t.referral.c.claim)
    joined = joined.outerjoin(t.assessment, t.assessment.c.claim == t.referral.c.claim)
    return select(
        t.referral,
        t.accident.c.revision.label("accident_revision"),
        t.accident.c.happened_on,
        t.accident.c.employer,
        t.assessment.c.revision.label("assessment_revision"),
        t.assessment.c.refused,
        t.assessment.c.provisional,
        t.assessment.c.benefit_days,
        t.assessment.c.reason,
        _ADVICE,
    ).select_from(joined)


def referral_file_of(row: Row[Any]) -> ReferralFile:
    """The file in a row of ``_files``."""
    accident = assessment = None
    if row.accident_revision is not None:
        accident = Accident(row.accident_revision, row.happened_on, row.employer)
    if row.assessment_revision is not None:
        assessment = Assessment(row.assessment_revision, row.refused, row.provisional, row.benefit_days, row.reason)
    return ReferralFile(referral_of(row), accident, assessment, tuple(map(_advice, row.advised or ())))


def _advice(written: str) -> Advice:
    sat_on, _, advice = written.partition(" ")
    return Advice(date.fromisoformat(sat_on), tuple(advice.split(",")))
