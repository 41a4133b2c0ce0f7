"""Finds out whom a notice is about and by what its sender may speak of that person; until then the notice waits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from services.claims.commands.ask_identity import AskIdentity, ask_identity
from services.claims.commands.compare_particulars import CompareParticulars
from services.claims.commands.follow_merge import FollowMerge, follow_merge
from services.claims.domain import subjects
from services.claims.domain.bounds import is_stated_too_much
from services.claims.domain.claim import STATED_TOO_MUCH, Claim, ClaimKind, ClaimState
from services.claims.domain.particulars import differ, says_more
from services.claims.domain.queues import OF_IDENTITY, opened_again
from services.claims.domain.relation import Named, relation_of
from services.claims.events.accident_reported import accident_reported
from services.claims.storage.known_persons import PublishedPerson
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.subjects import Subject
from shared.law.book import book
from shared.security.names import names_agree

# A person who is not registered after this long is looked for by an officer.
IDENTITY_DEADLINE = timedelta(days=30)


@dataclass(frozen=True)
class IdentifyClaim:
    """The claim to look at."""

    claim: UUID


@dataclass(frozen=True)
class Identified:
    """A locked claim, whom it names if that person is registered, and whether another of the person is at work.

    ``left`` are those that had joined it where it stood before it followed its person: they look again whom they join.
    """

    claim: Claim
    named: Named | None
    is_busy: bool
    left: Sequence[UUID] = ()

    @property
    def listens_to(self) -> set[Subject]:
        """What would say whom the notice is about, or that its sender may speak of that person."""
        found = {subjects.identity(self.claim.id_token)} if self.claim.id_token is not None else set()
        person = self.claim.person if self.named is None else self.named.person
        if person is None:
            return found
        numbers = {person} if self.named is None else {person, *self.named.numbers}
        return found | {each(number) for number in numbers for each in (subjects.person, subjects.spells)}


async def identify_claim(command: IdentifyClaim, uow: ClaimsUnitOfWork) -> Identified:
    """The locked claim: if its sender may speak of a known person, opened and published now if it was not before.

    A second notice of an event that has a claim already joins that claim and is not published.
    """
    claim, has_turn, strays = await uow.claims.lock_to_assess(command.claim)
    if strays and has_turn:
        return await _followed(claim, uow)
    if claim.relation is not None:
        return Identified(claim, None, is_busy=not has_turn)
    published = await uow.known_persons.named(claim.id_token, claim.person)
    if published is None:
        return Identified(claim, None, is_busy=False)
    named = _named(claim, published)
    # Who may speak is asked today, also of an event before the law that the statute book knows.
    relation = relation_of(claim, named, book().on(today(), today()))
    if relation is None:
        return Identified(claim, named, is_busy=False)
    opened = claim.opened(named.person, relation, published.number)
    if claim.reason in OF_IDENTITY:
        await ask_identity(AskIdentity(opened), uow)
    return Identified(await open_claim(opened, uow), named, is_busy=False)


async def _followed(claim: Claim, uow: ClaimsUnitOfWork) -> Identified:
    """With its person now. What joined it is of its event still, or another person's who had not followed yet."""
    stands = await follow_merge(FollowMerge(claim), uow)
    left = await uow.claims.joined_to(claim.id, {claim.insured, stands.insured})
    return Identified(stands, None, is_busy=False, left=left)


async def open_claim(claim: Claim, uow: ClaimsUnitOfWork) -> Claim:
    """Join the claim of the same event if there is one, else stand for it."""
    await uow.claims.lock_person(claim.insured)
    if claim.kind is ClaimKind.DEATH:
        await uow.claims.lock_death(claim.insured)
    twin = await uow.claims.of_event(claim)
    if twin is not None:
        claim = await _joining(claim, twin, uow)
    await uow.claims.save(claim)
    if twin is None and claim.kind is ClaimKind.ACCIDENT:
        uow.publish(accident_reported(claim))
    if twin is None and claim.kind is not ClaimKind.ACCIDENT:
        await uow.due.wake({subjects.claims(claim.insured)})
    if claim.kind is ClaimKind.DEATH:
        await uow.due.wake({subjects.death(claim.insured)})
    return claim


async def _joining(claim: Claim, twin: Claim, uow: ClaimsUnitOfWork) -> Claim:
    """The claim as it joins that of the same event, which is opened again; what contradicts it is looked for."""
    # Of a claim that was forgotten with the database this is the evidence, and no later word.
    stood = 0 if twin.is_forgotten else twin.revision
    joined = replace(claim, state=ClaimState.JOINED, joined_to=twin.id, joined_at_revision=stood)
    if is_stated_too_much(await uow.evidence.count_of_party(joined, joined.tenant, joined.reported_by)):
        joined = replace(joined, reason=STATED_TOO_MUCH)
    if twin.state is ClaimState.CLOSED:
        closed, _ = await uow.claims.lock(twin.id)
        await uow.claims.save(opened_again(closed))
    if differ(twin, joined) or (says_more(twin, joined) and await uow.claims.is_joined(twin)):
        await uow.due.at(CompareParticulars(twin.id), now())
    return joined


def _named(claim: Claim, published: PublishedPerson) -> Named:
    known, stated = published.name_tokens, claim.name_tokens
    agrees = names_agree(known, stated) if known and stated else None
    return Named(published.person, agrees, published.spells, published.number, published.numbers)
