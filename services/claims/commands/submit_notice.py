"""A notice arrives: it is kept, and assessed as soon as enough is known."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.claims.commands.assess_claim import AssessClaim
from services.claims.domain.claim import Claim, ClaimState
from services.claims.domain.errors import AccidentInFuture, CertificateBeforeAccident, CertificateReversed
from services.claims.domain.facts import Certificate
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id
from shared.kernel.periods import Days


@dataclass(frozen=True)
class SubmitNotice:
    """An accident as its sender reports it; the person is named by number or by the token of a national id."""

    tenant: str
    person: int | None
    id_token: str | None
    employer: int | None
    happened_on: date
    place: str
    certified_first: date
    certified_last: date
    certificate_issued_on: date
    wages_paid_for: tuple[date, ...]


async def submit_notice(command: SubmitNotice, uow: ClaimsUnitOfWork) -> Claim:
    """Keep the notice and leave its assessment for later; raises for days that cannot be."""
    _check_days(command)
    claim = await uow.claims.add(_claim_of(command, new_id(), new_id()), command.tenant)
    days = Days(command.certified_first, command.certified_last)
    await uow.claims.add_certificate(claim.id, Certificate(new_id(), command.certificate_issued_on, days))
    await uow.due.at(AssessClaim(claim.id), now())
    return claim


def _check_days(command: SubmitNotice) -> None:
    if command.happened_on > today():
        raise AccidentInFuture()
    if command.certified_last < command.certified_first:
        raise CertificateReversed()
    if command.certified_first < command.happened_on:
        raise CertificateBeforeAccident()


def _claim_of(command: SubmitNotice, claim: UUID, notice: UUID) -> Claim:
    received_at = now()
    return Claim(
        id=claim,
        notice=notice,
        state=ClaimState.AWAITING_IDENTITY,
        person=command.person,
        id_token=command.id_token,
        employer=command.employer,
        happened_on=command.happened_on,
        place=command.place,
        worked_with_wages=command.wages_paid_for,
        received_at=received_at,
        # Until it is stored.
        stored_at=received_at,
        revision=0,
    )
