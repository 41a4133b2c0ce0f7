"""Gathers all that is known of a claim's event and its person, as one value on which its questions are asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.claims.domain.catalogue import questions_of, reads_others
from services.claims.domain.claim import Claim, ClaimKind
from services.claims.domain.collectors.collector import BENEFITS, REGISTRATION
from services.claims.domain.collectors.death import INCREASE_ORDER, INVALIDITY_PENSION, dependants_of
from services.claims.domain.contested import contested_with
from services.claims.domain.evidence import BY_TWO_OFFICERS, Evidence, EvidenceKind
from services.claims.domain.evidence_request import AskedBefore
from services.claims.domain.facts import Cause, Circumstances, Known, Statement
from services.claims.domain.standing import Standing, is_any_left, last_said_of, standing
from services.claims.storage.evidence import OfClaim
from services.claims.storage.known_persons import KnownPerson
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import business_day, now
from shared.kernel.periods import Month

_STATED = BY_TWO_OFFICERS - {EvidenceKind.FINDING}


@dataclass(frozen=True)
class GatherFacts:
    """A claim of which the person is known; the transaction holds it, and the person."""

    claim: Claim


@dataclass(frozen=True)
class Gathered:
    """Everything that this service knows of an event and that counts, and how what was stated of it stands.

    ``assessed_on`` is the fingerprint of what the claim was assessed on last, None where it is to be assessed;
    ``listens_to`` are the subjects to which it was left to listen.
    ``is_recalled``: what was published of it was once more than its database knew.
    ``stated`` is all that was stated, ``requests`` are what parties were asked for. ``awaits_payments``: some of it
    counts by itself once all has arrived that benefits had paid by then, if that is nothing. ``is_treated``: a hospital
    asked who bears the person's treatment.
    """

    known: Known
    evidence: Standing
    assessed_on: bytes | None
    listens_to: frozenset[str]
    is_recalled: bool
    stated: tuple[Evidence, ...] = ()
    requests: tuple[AskedBefore, ...] = ()
    awaits_payments: bool = False
    is_treated: bool = False


async def gather_facts(command: GatherFacts, uow: ClaimsUnitOfWork) -> Gathered:
    """What is known of the event of a claim now."""
    claim = command.claim
    until_month = Month.of(max(claim.happened_on, business_day(claim.received_at)))
    read = await uow.facts.of(claim, until_month.last_day)
    counts = standing(read.stated.evidence, read.person.spells)
    known = _beside_other_claims(_known_of(claim, read.person, counts, read.watermarks), read.stated)
    if claim.kind is ClaimKind.DEATH:
        known = await _of_death(claim, known, counts.cause, read.person, uow)
    if read.stated.has_others and reads_others(claim.kind, known, read.answered):
        known = replace(known, others=await uow.claims.others_of(claim))
    before = (read.assessed_on, read.listens_to, read.is_recalled)
    return Gathered(known, counts, *before, read.stated.evidence, read.requests, is_treated=read.is_treated)


async def registered_until(person: int | None, uow: ClaimsUnitOfWork) -> datetime | None:
    """Up to when all that registration published of a person has arrived; None while some of it is parked."""
    until = await uow.consumer_store.complete_until(REGISTRATION)
    if person is not None and await uow.consumer_store.is_parked(REGISTRATION, f"person:{person}"):
        return None
    return until


def _known_of(claim: Claim, published: KnownPerson, counts: Standing, watermarks: Mapping[str, datetime]) -> Known:
    """What is known now of the event and its person."""
    return Known(
        person=claim.insured,
        person_revision=published.revision,
        born_on=published.born_on,
        is_foreign=published.is_foreign,
        happened_on=claim.happened_on,
        # Of a database that was put back the published accident is known, and no statement.
        circumstances=counts.circumstances or Circumstances(claim.place or ""),
        certificates=counts.certificates,
        worked_with_wages=counts.worked_with_wages,
        findings=_findings(counts),
        statements={kind.value: found for kind in _STATED if (found := _statements(counts, kind))},
        spells=published.spells,
        memberships=published.memberships,
        lines=published.lines,
        choices=published.choices,
        watermarks=watermarks,
        known_to=now(),
        stored_at=claim.stored_at,
        revisions=published.revisions,
        numbers=published.numbers,
    )


def _beside_other_claims(known: Known, stated: OfClaim) -> Known:
    """With what the person's other claims, and notices that joined, say of it."""
    return replace(
        known,
        held=contested_with(stated.held, [each.days for each in known.certificates if each.days is not None]),
        joined_by_employer=stated.joined_by_employer,
        received_on=business_day(stated.received_at),
        death_stated=stated.death_stated,
        other_deaths=stated.other_deaths,
        died_on=stated.died_on,
        death=stated.death,
        other_losses=is_any_left(EvidenceKind.PERMANENT_LOSS, stated.earlier_losses),
        losses_said_at=last_said_of(EvidenceKind.PERMANENT_LOSS, stated.earlier_losses),
        senders=stated.senders,
        neighbours=stated.neighbours,
    )


def _findings(counts: Standing) -> dict[str, Statement]:
    return {str(each.stated["fact"]): each for each in _statements(counts, EvidenceKind.FINDING)}


def _statements(counts: Standing, kind: EvidenceKind) -> tuple[Statement, ...]:
    return tuple(Statement(kind.value, each.stated, each.id, each.stated_at) for each in counts.of(kind))


async def _of_death(
    claim: Claim, known: Known, found: UUID | None, published: KnownPerson, uow: ClaimsUnitOfWork
) -> Known:
    """What is known of a death, with what brought it about and the deaths of those who were left behind."""
    cause = await _cause_of(claim, found, published, uow)
    not_ruled = [kind for kind in ClaimKind if not questions_of(kind)]
    named = cause is None and await uow.evidence.names_cause_of(claim, not_ruled)
    deaths = await uow.evidence.deaths_of(dependants_of(known))
    known = await _with_orders(known, uow)
    return replace(known, cause=cause, cause_not_ruled=named, died_on=claim.happened_on, death=claim.id, deaths=deaths)


async def _with_orders(known: Known, uow: ClaimsUnitOfWork) -> Known:
    """With the orders that raised a pension, and up to when all of these have arrived: what that vouches for is in what
    is read after it. Of a database that was upgraded nothing vouches for them before all were announced to it."""
    until = await uow.consumer_store.complete_until(BENEFITS)
    is_parked = await uow.consumer_store.is_parked(BENEFITS, INCREASE_ORDER)
    if is_parked or not await uow.known_increases.is_whole():
        until = None
    orders = await uow.known_increases.of(INVALIDITY_PENSION)
    arrived = known.watermarks if until is None else {**known.watermarks, BENEFITS: until}
    revisions = {**known.revisions, **{(INCREASE_ORDER, str(each)): 1 for each in orders.known}}
    return replace(known, increases=orders.standing, watermarks=arrived, revisions=revisions)


async def _cause_of(claim: Claim, found: UUID | None, published: KnownPerson, uow: ClaimsUnitOfWork) -> Cause | None:
    """The accident that brought a death about, as officers found it or a notice names it, with what counts of it."""
    cause = await uow.evidence.cause_of(claim, found)
    if cause is None:
        return None
    of_cause = await uow.evidence.of(replace(claim, id=cause.claim))
    counts = standing(of_cause.evidence, published.spells)
    return replace(
        cause,
        circumstances=counts.circumstances or cause.circumstances,
        worked_with_wages=counts.worked_with_wages,
        findings=_findings(counts),
    )
