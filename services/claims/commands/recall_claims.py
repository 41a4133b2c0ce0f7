"""Knows claims and decisions again from what claims itself published, after its database was put back (rules M8).

What a notice said beside the accident was never published: the evidence is lost, and so are the records of the
decisions made since the backup. The claim and its revision are not. Who sends the notice again joins its claim, and the
decision comes back above what was published. A loan goes on as it was published until then. A death ends nothing of
the person's until it is stated again, by officers or by two parties: by whose word it was known is lost. One that was
published as never having been stays so. A claim that had joined another one joins it again: what two officers found of
both is lost, and was published with the decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeGuard

from services.claims.commands.assess_claim import AssessClaim
from services.claims.commands.follow_merge import as_joined, ask_no_more
from services.claims.domain.claim import LOST_SINCE_BACKUP, RECALLED, Claim, ClaimKind, ClaimState, Relation
from services.claims.domain.medical_bill import KIND
from services.claims.events.claims_referral import offer_stated
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.accident_reported import AccidentReportedV1
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.contracts.claims_matter import AppealStatedV1
from shared.contracts.envelope import Event
from shared.contracts.payable_stated import ClaimsPayableStatedV1
from shared.contracts.referral_offered import ReferralV1
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.kernel.periods import Days, joined
from shared.law.decision import Per

TENANT = "organisation:1"


@dataclass(frozen=True)
class RecallClaims:
    """What claims published, and its database does not know."""

    events: Sequence[Event]


async def recall_claims(command: RecallClaims, uow: ClaimsUnitOfWork) -> None:
    """A claim that is not known waits for its evidence, in an officer's hands; none is decided below what was told."""
    for event in command.events:
        if _opens(event) and await uow.claims.find(event.claim) is None:
            await _recall(await uow.claims.add(_claim(event)), uow)
        if isinstance(event, ClaimsPayableStatedV1):
            await _recall_payable(event, uow)
        if isinstance(event, ReferralV1):
            await uow.referral_offers.keep(offer_stated(event))
        if isinstance(event, ClaimAssessedV1):
            await _recall_decision(event, uow)


async def _recall_payable(event: ClaimsPayableStatedV1, uow: ClaimsUnitOfWork) -> None:
    """A loan goes on as it was published; what was owed for a bill is not stated otherwise until its sender has sent
    that once more."""
    if event.kind == KIND:
        await uow.medical_bills.publish(event, recalled_at=now())
    else:
        await uow.loans.recall(event)


async def _recall(claim: Claim, uow: ClaimsUnitOfWork) -> None:
    """One that was first heard of; what was told to have joined it does."""
    await uow.due.at(AssessClaim(claim.id), now())
    for id_ in await uow.claims.recalled_into(claim):
        joined, _ = await uow.claims.lock(id_)
        await _join(joined, claim, uow)


async def _recall_decision(event: ClaimAssessedV1, uow: ClaimsUnitOfWork) -> None:
    """With it comes back whether the claim joined another one, as two officers found or its person's numbers merged."""
    claim, _ = await uow.claims.lock(event.claim)
    if claim.revision >= event.revision:
        return
    told = replace(claim, revision=event.revision, decided_days=_days(event))
    if claim.joined_to is not None and event.superseded_by is None:
        told = replace(told, joined_to=None, joined_at_revision=0, state=ClaimState.ASSESSING)
        await uow.due.at(AssessClaim(claim.id), now())
    await uow.claims.save(told)
    await uow.claims.recall_decision(event.claim, event.revision, event.type(), event.data())
    other = None if event.superseded_by is None else await uow.claims.find(event.superseded_by)
    if other is not None:
        await _join(told, other, uow)


async def _join(claim: Claim, other: Claim, uow: ClaimsUnitOfWork) -> None:
    stood = 0 if other.is_forgotten else other.revision
    await uow.due.at(AssessClaim(other.id), now())
    joined_claim = as_joined(replace(claim, joined_to=other.id, joined_at_revision=stood))
    await ask_no_more(claim, joined_claim, None, uow)


def _opens(event: Event) -> TypeGuard[AccidentReportedV1 | ClaimAssessedV1 | AppealStatedV1]:
    """Whether a claim is first heard of by it: an accident by its notice, another event by its decision, and one of
    which a board assessed something before that by the appeal."""
    if isinstance(event, AppealStatedV1):
        return True
    if isinstance(event, ClaimAssessedV1):
        return event.event != ClaimKind.ACCIDENT
    return isinstance(event, AccidentReportedV1)


def _claim(event: AccidentReportedV1 | ClaimAssessedV1 | AppealStatedV1) -> Claim:
    """The claim as the organisation's own: who sent the notice was never published, and of no accident the notice."""
    notice = event if isinstance(event, AccidentReportedV1) else None
    received_at = _received_at(event)
    return Claim(
        id=event.claim,
        notice=new_id() if notice is None else notice.notice,
        tenant=TENANT,
        state=ClaimState.NEEDS_OFFICER,
        kind=ClaimKind.ACCIDENT if isinstance(event, AccidentReportedV1) else ClaimKind(event.event),
        person=event.person,
        id_token=None,
        name_tokens=(),
        capacity=None,
        employer=None if notice is None else notice.employer,
        happened_on=event.happened_on,
        place=None if notice is None else notice.place.value,
        received_at=received_at,
        # Until it is stored.
        stored_at=received_at,
        revision=0,
        relation=Relation.OFFICER,
        reason=LOST_SINCE_BACKUP,
        reported_by=RECALLED,
        source_person=event.person,
    )


def _received_at(event: AccidentReportedV1 | ClaimAssessedV1 | AppealStatedV1) -> datetime:
    if isinstance(event, AccidentReportedV1):
        return event.received_at
    return event.decided_at if isinstance(event, ClaimAssessedV1) else event.filed_at


def _days(event: ClaimAssessedV1) -> tuple[Days, ...]:
    terms = (term for each in event.entitlements for term in each.terms if term.per == Per.DAY.value)
    return joined(Days(term.first, term.last) for term in terms if term.last is not None)
