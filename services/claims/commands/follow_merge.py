"""A claim follows its person: to the number that survives of the one it was stated of, and back when that is split."""

from dataclasses import dataclass, replace

from services.claims.commands.ask_about_claim import AskAboutClaim, ask_about_claim
from services.claims.commands.ask_people import AskPeople, ask_people
from services.claims.commands.compare_particulars import CompareParticulars
from services.claims.commands.follow_evidence_request import end_requests
from services.claims.commands.offer_referrals import OfferReferrals, offer_referrals
from services.claims.commands.state_loans import StateLoans, state_loans
from services.claims.domain import subjects
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import Claim, ClaimKind, ClaimState
from services.claims.domain.particulars import differ
from services.claims.domain.queues import queue_of_claim
from services.claims.events.accident_reported import accident_reported
from services.claims.events.claim_assessed import stands_alone, superseded
from services.claims.storage.assessments import Assessment, Decided
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class FollowMerge:
    """A locked claim that stands under another number than its person, or joined another person's."""

    claim: Claim


async def follow_merge(command: FollowMerge, uow: ClaimsUnitOfWork) -> Claim:
    """The claim under the number that survives: it joins that one's claim of the same event, or stands for itself.

    A split takes it back by its source, with whatever it said.
    """
    claim = command.claim
    survivor = (await uow.known_persons.numbers_of(claim.stated_of))[0]
    await uow.claims.lock_person(survivor)
    if claim.kind is ClaimKind.DEATH:
        await uow.claims.lock_death(survivor)
    stands = replace(claim, person=survivor, joined_to=None, joined_at_revision=0)
    twin = await uow.claims.of_event(stands)
    if twin is not None:
        joined = replace(stands, joined_to=twin.id, joined_at_revision=0 if twin.is_forgotten else twin.revision)
        if differ(twin, joined):
            await uow.due.at(CompareParticulars(twin.id), now())
        stands = await join_claim(claim, joined, uow)
    else:
        stands = await stand_alone(claim, stands, uow)
    uow.decided("claim_followed", claim=str(claim.id), person=survivor)
    await uow.due.wake({each(person) for person in (claim.insured, survivor) for each in _OF_CLAIMS})
    return stands


_OF_CLAIMS = (subjects.claims, subjects.revisions, subjects.decided_days, subjects.death, subjects.losses)


async def join_claim(before: Claim, claim: Claim, uow: ClaimsUnitOfWork) -> Claim:
    """What was decided of it is owed by the claim that it joined: it owes nothing itself, and says so once."""
    stands = as_joined(claim)
    if before.joined_to is not None:
        await uow.claims.save(stands)
        return stands
    stands = replace(stands, revision=stands.revision + 1)
    event = superseded(stands)
    await ask_no_more(before, stands, Decided(event.revision_hash, [], event), uow)
    uow.publish(event)
    if before.revision:
        # By what was decided something may have been offered or lent.
        await offer_referrals(OfferReferrals(stands), uow)
        await state_loans(StateLoans(stands, event.decided_at), uow)
    return stands


def as_joined(claim: Claim) -> Claim:
    """A claim that names which one it joined, as it stands: nothing of it is owed, and nobody is waited for."""
    return replace(claim, state=ClaimState.JOINED, reason=None, awaits=(), decided_days=(), waiting_days=())


async def ask_no_more(before: Claim, claim: Claim, decided: Decided | None, uow: ClaimsUnitOfWork) -> None:
    """Keep a claim that joined another one, with its revision if it has one: nobody is asked of it any more.

    How an investigation or a case before a board ends counts in that one.
    """
    await end_requests(await uow.evidence_requests.waiting_of(claim.id), uow)
    await uow.due.at(CompareParticulars(claim.id), now())
    kept = await uow.assessments.keep(Assessment(claim, True, [], {}, {}, decided, None))
    if kept:
        await ask_people(AskPeople(claim, {}, {}, kept, 0), uow)
    if queue_of_claim(before) is not None:
        await ask_about_claim(AskAboutClaim(claim), uow)


async def stand_alone(before: Claim, claim: Claim, uow: ClaimsUnitOfWork) -> Claim:
    """It is asked about by itself again; whoever knew it only as another's learns of it."""
    if before.joined_to is None:
        await uow.claims.save(claim)
        return claim
    stands = replace(claim, state=ClaimState.ASSESSING, reason=None)
    await uow.due.at(CompareParticulars(claim.id), now())
    if claim.revision:
        stands = replace(stands, revision=claim.revision + 1)
        event = stands_alone(stands, questions_of(stands.kind))
        decided = Decided(event.revision_hash, [], event)
        await uow.assessments.keep(Assessment(stands, True, [], {}, {}, decided, None))
        uow.publish(event)
    else:
        await uow.claims.save(stands)
    if stands.kind is ClaimKind.ACCIDENT:
        uow.publish(accident_reported(stands))
    return stands
