"""Republishes every claim and its newest decision (rules M8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.claims.commands.follow_charter import find_officers_stops
from services.claims.commands.republish_letters import RepublishLetters
from services.claims.commands.republish_matters import RepublishMatters
from services.claims.commands.republish_medical_bills import RepublishMedicalBills
from services.claims.domain.catalogue import LENDING, questions_of
from services.claims.domain.claim import Claim, ClaimKind
from services.claims.domain.loans import loans_of
from services.claims.events.accident_reported import accident_reported
from services.claims.events.claim_assessed import rehabilitation_advised
from services.claims.events.claims_matter import clock_stated
from services.claims.events.claims_payable import loans_stated
from services.claims.events.claims_referral import referral_stated
from services.claims.events.law_figures import figure_entered
from services.claims.storage.claims import Decision, Recalled
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.contracts.envelope import Event
from shared.contracts.law_figures import FigureEnteredV1
from shared.contracts.payable_stated import ClaimsPayableStatedV1
from shared.contracts.registry import BY_TYPE
from shared.kernel.clock import now
from shared.persistence.following import RepublishErasures

PAGE_SIZE = 200


@dataclass(frozen=True)
class RepublishClaims:
    """One run, from the claim after ``after`` on."""

    run: str
    after: UUID | None = None


async def republish_claims(command: RepublishClaims, uow: ClaimsUnitOfWork) -> None:
    """Republish a page, and leave the rest of the run for later."""
    if command.after is None:
        await _begin(command.run, uow)
    claims = await uow.claims.page(None, command.after, PAGE_SIZE)
    known = [claim for claim in claims if claim.relation is not None]
    open_claims = [claim for claim in known if claim.joined_to is None]
    # One that was decided and joined another since owes nothing, and says so.
    ids = [claim.id for claim in known if claim.joined_to is None or claim.revision]
    # Of a database that was put back: what it published since the backup stands for the decision, whose record is lost.
    recalled = {each.claim: each for each in await uow.claims.recalled_decisions(ids)}
    decided = [each for each in await uow.claims.newest_decisions(ids) if each.claim not in recalled]
    decisions: list[Decision | Recalled] = [*decided, *recalled.values()]
    uow.republish(command.run, [accident_reported(each) for each in open_claims if _is_accident(each)])
    # One of a type of before is announced when the claim has been asked again.
    stated = [(BY_TYPE[each.event_type], each.event) for each in decisions if each.event_type in BY_TYPE]
    uow.republish(command.run, [type_.model_validate_json(event) for type_, event in stated])
    by_id = {claim.id: claim for claim in known}
    uow.republish(command.run, await _loans(by_id, decided, uow))
    uow.republish(command.run, await _beside(by_id, uow))
    if len(claims) == PAGE_SIZE:
        await uow.due.at(RepublishClaims(command.run, claims[-1].id), now())
    else:
        # Of a database that was put back; whatever claims has stated of one since has a higher revision.
        uow.republish(command.run, await uow.loans.recalled())


async def _begin(run: str, uow: ClaimsUnitOfWork) -> None:
    """What is republished beside the claims, once in a run."""
    await uow.due.at(RepublishErasures(run), now())
    await uow.due.at(RepublishLetters(run), now())
    await uow.due.at(RepublishMedicalBills(run), now())
    await uow.due.at(RepublishMatters(run), now())
    uow.republish(run, await _figures(uow))


async def _beside(claims: Mapping[UUID, Claim], uow: ClaimsUnitOfWork) -> list[Event]:
    """What boards advised of claims, what their persons were offered, and the charter's clocks."""
    clocks = await uow.charter_clocks.of(list(claims))
    advising = await uow.board_cases.advising(claims)
    offers = await uow.referral_offers.of(list(claims))
    advised = (event for case in advising for event in rehabilitation_advised(case, claims[case.claim]))
    stand = [clock_stated(each, claims[each.claim], await find_officers_stops(each, uow)) for each in clocks]
    return [*advised, *(referral_stated(each) for each in offers), *stand]


async def _figures(uow: ClaimsUnitOfWork) -> list[FigureEnteredV1]:
    """What officers entered into the statute book: few a year, in the order of their editions."""
    counting = [(each, each.answered) for each in await uow.figure_entries.list_counting()]
    return [
        figure_entered(each.counting(found.edition, found.known), each.stated_at, found.at)
        for each, found in counting
        if found is not None and found.edition is not None and found.known is not None
    ]


async def _loans(
    claims: Mapping[UUID, Claim], decided: Sequence[Decision], uow: ClaimsUnitOfWork
) -> list[ClaimsPayableStatedV1]:
    """How the loans of claims stand by their newest decisions."""
    kept = await uow.loans.records_of([each.claim for each in decided], LENDING)
    found: list[ClaimsPayableStatedV1] = []
    for each in (each for each in decided if each.claim in kept and each.event_type in BY_TYPE):
        claim = replace(claims[each.claim], revision=each.revision)
        decided_at = ClaimAssessedV1.model_validate_json(each.event).decided_at
        loans = loans_of(claim, questions_of(claim.kind), kept[claim.id], each.records)
        found += loans_stated(claim, decided_at, loans)
    return found


def _is_accident(claim: Claim) -> bool:
    """Of no other event is the notice published."""
    return claim.kind is ClaimKind.ACCIDENT
