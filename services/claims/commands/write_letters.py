"""Write to the people whom a decision concerns, once what it says has settled."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.claims.domain import subjects
from services.claims.domain.answers import SETTLED
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import Claim, ClaimState, Relation
from services.claims.domain.referral import OfferState
from services.claims.files.decision_letter import Decided, counted_of, letters_of, sources_of
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.kernel.clock import business_day, now
from shared.messages.owing import OweLetter, owe_letter

# What follows within this time is told in the same letter, and no letter says what is not so any more.
SETTLES = timedelta(hours=1)


@dataclass(frozen=True)
class WriteLetters:
    """A claim that was decided."""

    claim: UUID


async def owe_letters(before: Claim, claim: Claim, uow: ClaimsUnitOfWork) -> None:
    """Leave it to be written about, where there is a new revision, or the one that stands is all there is to come."""
    if claim.revision and (claim.revision, claim.state) != (before.revision, before.state):
        await uow.due.at(WriteLetters(claim.id), now() + SETTLES)


async def owe_letters_to_sender(joined: Claim, uow: ClaimsUnitOfWork) -> None:
    """Leave it to be written about to whoever acts for the person, or claims, by a notice that joined another one."""
    if joined.joined_to is not None and joined.relation is Relation.SHOWN:
        await uow.due.at(WriteLetters(joined.joined_to), now() + SETTLES)


async def write_letters(command: WriteLetters, uow: ClaimsUnitOfWork) -> None:
    """Owe a letter to each to whom the newest decision says something new.

    The claim is not locked: who decides it holds it while it leaves this very work, and waits for whoever runs it.
    """
    claim = await uow.claims.find(command.claim)
    if claim is None or not claim.revision or claim.joined_to is not None or claim.person is None:
        return
    decided = await _decided(claim, uow)
    if decided is not None:
        for letter in letters_of(decided):
            await owe_letter(OweLetter(letter, is_whole=not decided.pending), uow)


async def _decided(claim: Claim, uow: ClaimsUnitOfWork) -> Decided | None:
    """What stands of a claim; None where its record went with a database that was put back."""
    decision = await uow.claims.decision(claim.id, claim.revision)
    if decision is None or not decision.records:
        return None
    owing = {question.name for question in questions_of(claim.kind) if question.owes}
    asked = await uow.questions.of(claim.id)
    is_open = any(each.question in owing and each.state not in SETTLED for each in asked)
    evidence = (await uow.evidence.of(claim)).evidence
    before = await uow.letters.newest_about(subjects.claim(claim.id))
    return Decided(
        claim=claim,
        notices=await uow.claims.notices_of(claim),
        revision=claim.revision,
        decided_on=business_day(ClaimAssessedV1.model_validate_json(decision.event).decided_at),
        records=decision.records,
        pending=is_open or claim.state in (ClaimState.ASSESSING, ClaimState.NEEDS_OFFICER),
        counted=tuple(counted_of(evidence, sources_of(decision.records))),
        before={party: kept.letter for party, kept in before.items()},
        is_referred=any(each.state is OfferState.OFFERED for each in await uow.referral_offers.of([claim.id])),
    )
