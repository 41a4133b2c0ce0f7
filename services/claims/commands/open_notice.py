"""Two officers found whom a notice is about, and that its sender may speak of that person."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.claims.commands.assess_claim import AssessClaim
from services.claims.commands.follow_acting import FollowActing
from services.claims.commands.identify_claim import open_claim
from services.claims.domain.claim import Claim, Relation
from services.claims.domain.errors import NoticeHasRelation, NoticeOfOneself, PersonNotRegistered
from services.claims.domain.evidence import BY_TWO_OFFICERS, Evidence
from services.claims.domain.standing import standing, what_would_change
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import derived_id
from shared.kernel.officers import must_be_another


@dataclass(frozen=True)
class OpenNotice:
    """The claim that a notice opens, and whom it is about; ``cause`` is the same each time it is approved."""

    cause: UUID
    claim: UUID
    person: int
    tenant: str
    approved_by: str


async def open_notice(command: OpenNotice, uow: ClaimsUnitOfWork) -> None:
    """Open the claim on the officers' word, or join that of the event; what an officer's notice says counts by that.

    What would change what counts of the claim that it joined waits: whoever confirms a notice has not seen that claim.
    Raises NoticeHasRelation, PersonNotRegistered, and NoticeOfOneself for whoever reported it.
    """
    claim, _ = await uow.claims.lock(command.claim)
    if claim.relation is not None:
        raise NoticeHasRelation()
    if claim.by_officer:
        must_be_another(command.approved_by, {claim.reported_by}, NoticeOfOneself)
    published = await uow.known_persons.named(None, command.person)
    if published is None:
        raise PersonNotRegistered()
    relation = Relation.OFFICER if claim.by_officer else Relation.SHOWN
    opened = await open_claim(claim.opened(published.person, relation, published.number), uow)
    if opened.by_officer:
        to_approve = await _to_approve(opened, command.approved_by, uow)
        await uow.evidence.add(*(_approval(each, command) for each in to_approve))
    if opened.acted_for_by is not None:
        await uow.due.at(FollowActing(claim.id), now())
    await uow.due.at(AssessClaim(claim.id), now())


async def _to_approve(claim: Claim, approved_by: str, uow: ClaimsUnitOfWork) -> list[Evidence]:
    """What the notice states as its officers left it: neither withdrawn nor corrected, nor said by who confirms it.

    What officers stated beside it since waits for others.
    """
    stated = await uow.evidence.list_of(claim.id)
    # No employment speaks of what officers state.
    waits = set(standing(stated, ()).waiting) - await _of_others(claim, uow)
    return [
        each
        for each in stated
        if each.id in waits and each.kind not in BY_TWO_OFFICERS and each.stated_by != approved_by
    ]


async def _of_others(claim: Claim, uow: ClaimsUnitOfWork) -> set[UUID]:
    """What would change what counts of the claim that it joined: officers of the queue of evidence look at that."""
    if claim.joined_to is None:
        return set()
    everything = await uow.evidence.of(replace(claim, id=claim.joined_to))
    return what_would_change(everything.evidence, await uow.known_persons.spells_of(claim.insured))


def _approval(of: Evidence, command: OpenNotice) -> Evidence:
    return of.approved(derived_id("notice_approved", command.cause, of.id), now(), command.tenant, command.approved_by)
