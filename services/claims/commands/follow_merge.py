"""A claim follows its person: to the number that survives of the one it was stated of, and back when that is split."""

from dataclasses import dataclass, replace

from services.claims.commands.ask_people import AskPeople, ask_people
from services.claims.commands.state_loans import StateLoans, state_loans
from services.claims.domain import subjects
from services.claims.domain.claim import Claim, ClaimKind, ClaimState
from services.claims.events.accident_reported import accident_reported
from services.claims.events.claim_assessed import superseded
from services.claims.storage.assessments import Assessment, Decided
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


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
        stands = await _joined(claim, joined, uow)
    else:
        stands = await _alone(claim, stands, uow)
    uow.decided("claim_followed", claim=str(claim.id), person=survivor)
    await uow.due.wake({each(person) for person in (claim.insured, survivor) for each in _OF_CLAIMS})
    return stands


_OF_CLAIMS = (subjects.claims, subjects.revisions, subjects.decided_days, subjects.death, subjects.losses)


async def _joined(before: Claim, claim: Claim, uow: ClaimsUnitOfWork) -> Claim:
    """What was decided of it is owed by the claim that it joined: it owes nothing itself, and says so once."""
    stands = replace(claim, state=ClaimState.JOINED, reason=None, awaits=(), decided_days=(), waiting_days=())
    if before.joined_to is not None or not before.revision:
        await uow.claims.save(stands)
        return stands
    stands = replace(stands, revision=stands.revision + 1)
    event = superseded(stands)
    kept = await uow.assessments.keep(
        Assessment(stands, True, [], {}, {}, Decided(event.revision_hash, [], event), None)
    )
    if kept:
        await ask_people(AskPeople(stands, {}, {}, kept, 0), uow)
    uow.publish(event)
    await state_loans(StateLoans(stands, event.decided_at), uow)
    return stands


async def _alone(before: Claim, claim: Claim, uow: ClaimsUnitOfWork) -> Claim:
    """It is asked about by itself again; whoever knew it only as another's learns of it."""
    if before.joined_to is None:
        await uow.claims.save(claim)
        return claim
    stands = replace(claim, state=ClaimState.ASSESSING, reason=None)
    await uow.claims.save(stands)
    if stands.kind is ClaimKind.ACCIDENT:
        uow.publish(accident_reported(stands))
    return stands
