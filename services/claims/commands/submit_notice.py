"""A notice arrives: it is kept, and assessed as soon as enough is known."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.claims.commands.assess_claim import AssessClaim
from services.claims.domain.bounds import check_certificate, check_event, check_light_duty, check_wage_days
from services.claims.domain.claim import Capacity, Claim, ClaimKind, ClaimState
from services.claims.domain.errors import CauseUnknown, DeathImpossible
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, start_of_day, today
from shared.kernel.identifiers import new_id
from shared.kernel.periods import Days
from shared.law.book import LawOn, book


@dataclass(frozen=True)
class CertifiedDays:
    """A doctor's certificate as its sender states it, not checked yet.

    From ``light_duty_from`` on it certifies light duty, which is no day of unfitness (`assumed`).
    """

    first: date
    last: date
    issued_on: date
    light_duty_from: date | None = None

    @property
    def as_evidence(self) -> dict[str, Any]:
        """What evidence holds of it: the days of unfitness, and of light duty beside them."""
        issued_on, light = self.issued_on, self.light_duty_from
        if light is None:
            return {"issued_on": issued_on, "days": Days(self.first, self.last)}
        stated = {"light_duty": {"first": light.isoformat(), "last": self.last.isoformat()}}
        return {"issued_on": issued_on, "days": Days(self.first, light - timedelta(days=1)), "stated": stated}

    def check(self, happened_on: date, day: date, law: LawOn) -> None:
        """Raise what is wrong with its days, on the day on which they are stated."""
        check_certificate(self.first, self.last, self.issued_on, happened_on, day, law)
        check_light_duty(self.first, self.last, self.light_duty_from)


@dataclass(frozen=True)
class SubmitNotice:
    """An event as a party, and who of it, reports it; the person is named by number or by a national id's token.

    `received_on` is the business day of its receipt where that is not today, `at_time` the time of day of the event.
    """

    tenant: str
    by: str
    kind: ClaimKind
    person: int | None
    id_token: str | None
    name_tokens: tuple[str, ...]
    capacity: Capacity | None
    employer: int | None
    happened_on: date
    place: str | None
    interrupted: bool
    outside_malaysia: bool
    died_on: date | None
    caused_by: UUID | None
    certificate: CertifiedDays | None
    wages_paid_for: tuple[date, ...]
    received_on: date | None = None
    at_time: str | None = None


async def submit_notice(command: SubmitNotice, uow: ClaimsUnitOfWork) -> Claim:
    """Keep the notice and leave its assessment for later; raises for days that cannot be, and CauseUnknown.

    One that says that the person died of it reports the death as well.
    """
    _check_days(command)
    if command.caused_by is not None and await uow.claims.find(command.caused_by) is None:
        raise CauseUnknown()
    reported = _claim_of(command, new_id(), new_id())
    claim = await uow.notices.keep(reported, _evidence_of(command, reported))
    await uow.due.at(AssessClaim(claim.id), now())
    if command.died_on is not None:
        death = await uow.claims.add(_death_of(claim, command.died_on))
        await uow.due.at(AssessClaim(death.id), now())
    return claim


def _death_of(claim: Claim, died_on: date) -> Claim:
    """The death that the event of a claim brought about, as its notice reports it."""
    kind = ClaimKind.DEATH
    death = replace(claim, id=new_id(), notice=new_id(), kind=kind, happened_on=died_on, caused_by=claim.id)
    # Where and at which time the person died nobody has said.
    return replace(death, place=None, at_time=None)


def _check_days(command: SubmitNotice) -> None:
    day = command.received_on or today()
    law = book().on(in_force=day, known=day)
    check_event(command.happened_on, day, law)
    certificate = command.certificate
    if certificate is not None:
        certificate.check(command.happened_on, day, law)
    if command.died_on is not None and not command.happened_on <= command.died_on <= day:
        raise DeathImpossible()
    check_wage_days(command.wages_paid_for, command.happened_on, day)


def _evidence_of(command: SubmitNotice, claim: Claim) -> list[Evidence]:
    def evidence(kind: EvidenceKind, **stated: Any) -> Evidence:
        return Evidence(
            new_id(), claim.id, claim.tenant, kind, claim.received_at, stated_by=claim.reported_by, **stated
        )

    found, certificate = [], command.certificate
    if certificate is not None:
        found.append(evidence(EvidenceKind.CERTIFICATE, **certificate.as_evidence))
    if command.place is not None:
        stated = circumstances_stated(command.place, command.interrupted, command.outside_malaysia)
        found.append(evidence(EvidenceKind.CIRCUMSTANCES, stated=stated))
    if command.wages_paid_for:
        found.append(evidence(EvidenceKind.WAGES_PAID, wage_days=command.wages_paid_for))
    return found


def circumstances_stated(place: str, interrupted: bool, outside_malaysia: bool) -> dict[str, Any]:
    """Circumstances as evidence holds them."""
    return {"place": place, "interrupted": interrupted, "outside_malaysia": outside_malaysia}


def _received_at(command: SubmitNotice) -> datetime:
    """Now, or the end of the day of the receipt: days count from it, and no instant of it is kept."""
    if command.received_on is None or command.received_on >= today():
        return now()
    return start_of_day(command.received_on + timedelta(days=1)) - timedelta(microseconds=1)


def _claim_of(command: SubmitNotice, claim: UUID, notice: UUID) -> Claim:
    received_at = _received_at(command)
    return Claim(
        id=claim,
        notice=notice,
        tenant=command.tenant,
        state=ClaimState.AWAITING_IDENTITY,
        kind=command.kind,
        person=command.person,
        id_token=command.id_token,
        name_tokens=command.name_tokens,
        capacity=command.capacity,
        employer=command.employer,
        happened_on=command.happened_on,
        place=command.place,
        received_at=received_at,
        # Until it is stored.
        stored_at=received_at,
        revision=0,
        caused_by=command.caused_by,
        reported_by=command.by,
        at_time=command.at_time,
    )
