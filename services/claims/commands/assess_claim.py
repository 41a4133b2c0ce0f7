"""Assesses a claim on what is known now: identify the person, gather the facts, decide, record and announce."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from uuid import UUID

from services.claims.commands.ask_about_claim import AskAboutClaim, ask_about_claim
from services.claims.commands.ask_parties import AskParties, ask_parties
from services.claims.commands.gather_facts import Gathered, GatherFacts, gather_facts
from services.claims.commands.identify_claim import IdentifyClaim, identify_claim
from services.claims.commands.join_accident import JoinAccident, join_accident
from services.claims.commands.leave_accident import LeaveAccident, leave_accident
from services.claims.commands.let_wages_count import LetWagesCount, let_wages_count
from services.claims.commands.record_answers import AssessedOn, RecordAnswers, record_answers
from services.claims.commands.wait_for_relation import LOOK_AGAIN, WaitForRelation, wait_for_relation
from services.claims.commands.write_letters import owe_letters_to_sender
from services.claims.domain import subjects
from services.claims.domain.adjacent import let_go, other_claim_of
from services.claims.domain.answers import Answer
from services.claims.domain.asking import Records
from services.claims.domain.catalogue import catalogue, questions_of
from services.claims.domain.claim import LESS_THAN_PUBLISHED, WITHOUT_NOTICE, Claim, ClaimKind, ClaimState
from services.claims.domain.collectors.collector import BENEFITS
from services.claims.domain.collectors.death import dependants_of, is_found_alive
from services.claims.domain.deciding import Decided, decide
from services.claims.domain.doubts import is_lifted, waits_of
from services.claims.domain.evidence import EvidenceKind, EvidenceStanding
from services.claims.domain.facts import Known
from services.claims.domain.known_state import KnownState
from services.claims.domain.needs import Case, wanted
from services.claims.domain.queues import queue_of_claim
from services.claims.domain.revision import standing_records
from services.claims.events.claim_assessed import claim_assessed, owes_less
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.kernel.clock import now, today
from shared.kernel.subjects import Subject
from shared.law.book import Book, book
from shared.law.lookups import Catalogue, release_of
from shared.messaging.consumer_store import freshness
from shared.tasks.opening import CloseTask, close_task


@dataclass(frozen=True)
class AssessClaim:
    """Assess a claim, for the first time or again."""

    claim: UUID


async def assess_claim(command: AssessClaim, uow: ClaimsUnitOfWork) -> None:
    """Answer a claim's questions on what is known now, and go on listening to every fact that an answer read."""
    identified = await identify_claim(IdentifyClaim(command.claim), uow)
    claim = identified.claim
    await uow.due.all_at([AssessClaim(each) for each in identified.left], now())
    if identified.is_busy:
        await uow.due.after_concurrent(command)
    elif claim.relation is None:
        await wait_for_relation(WaitForRelation(identified, command), uow)
    elif claim.joined_to is not None:
        await _assess_event(claim, claim.joined_to, uow)
        await owe_letters_to_sender(claim, uow)
    elif questions_of(claim.kind):
        await _answer(command, claim, uow)
    elif claim.state is not ClaimState.CLOSED:
        # No rule decides such an event yet; what two officers closed only another notice opens again.
        unruled = replace(claim, state=ClaimState.NEEDS_OFFICER, reason=claim.kind.value)
        await uow.claims.save(unruled)
        await ask_about_claim(AskAboutClaim(unruled), uow)


async def _assess_event(claim: Claim, joined_to: UUID, uow: ClaimsUnitOfWork) -> None:
    """The claim that stands for the event of one that joined it; where that one stands for itself again, both, and what
    had joined with it.
    """
    stands, left = await leave_accident(LeaveAccident(claim), uow), [joined_to]
    if stands.joined_to != joined_to:
        left += [claim.id, *await uow.claims.joined_to(joined_to, {claim.insured})]
    await uow.due.all_at([AssessClaim(each) for each in left], now())


async def _answer(command: AssessClaim, claim: Claim, uow: ClaimsUnitOfWork) -> None:
    claim, gathered = await _gathered(claim, uow)
    known, evidence = gathered.known, gathered.evidence
    if known.born_on is None and await uow.erased_persons.is_whole(known.person):
        # What was decided stands: nothing is kept by which it could be decided otherwise.
        return
    if await _is_anothers(claim, known, uow):
        return
    # What two officers took back to be about this accident is assessed for itself.
    left = let_go(gathered.stated, evidence) - {claim.id}
    await uow.due.all_at([AssessClaim(each) for each in left], now())
    if claim.kind is ClaimKind.DEATH and not await uow.claims.has_turn_of_deaths({known.person, *dependants_of(known)}):
        await uow.due.after_concurrent(command)
        return
    if claim.reason in WITHOUT_NOTICE and not await _is_stated_again(claim, gathered, uow):
        # Who sends the notice again has it assessed.
        await ask_about_claim(AskAboutClaim(claim), uow)
        return
    state = KnownState(known, evidence, _release(book(), catalogue()), today())
    is_as_before = state.is_as_before(claim, gathered.listens_to, gathered.assessed_on)
    if not (is_as_before and await uow.due.goes_on(command)):
        await _decide(command, claim, gathered, state, uow)


async def _decide(
    command: AssessClaim, claim: Claim, gathered: Gathered, state: KnownState, uow: ClaimsUnitOfWork
) -> None:
    known, evidence = gathered.known, gathered.evidence
    last = await uow.claims.last_records(claim)
    decided = _listening(decide(claim, known, evidence, last, book(), state.today), gathered)
    deadline = now() + LOOK_AGAIN if decided.awaited else None
    await uow.due.when(command, {*decided.listens_to, *map(freshness, decided.awaited)}, deadline)
    if decided.is_held_up:
        return
    answers = decided.answers
    if gathered.is_recalled and not is_lifted(LESS_THAN_PUBLISHED, claim, known):
        answers = await _beside_what_was_published(claim, known, answers, last, uow)
    await _leave_queue(claim, uow)
    died = known.death_stated and claim.kind is not ClaimKind.DEATH
    stated = (waits_of(evidence), len(evidence.pieces))
    # What is awaited is looked for again, also where nothing else has changed.
    assessed_on = AssessedOn(gathered.assessed_on, None if decided.awaited else state, decided.listens_to)
    told = (died, bool(known.others), gathered.is_treated)
    await record_answers(RecordAnswers(claim, answers, last, assessed_on, *stated, *told), uow)
    if not decided.awaited:
        # What is on its way is waited for before anybody is asked.
        case = Case(claim, known, evidence, gathered.stated, answers, last, book(), state.today)
        stands = evidence.left_of(gathered.stated)
        await ask_parties(AskParties(claim, wanted(case), gathered.requests, stands), uow)


def _listening(decided: Decided, gathered: Gathered) -> Decided:
    """With what benefits had paid, where that decides what of the evidence counts: no answer awaits it."""
    also = {freshness(BENEFITS)} if gathered.awaits_payments else set[Subject]()
    return replace(decided, listens_to={*decided.listens_to, *also})


async def _gathered(claim: Claim, uow: ClaimsUnitOfWork) -> tuple[Claim, Gathered]:
    """The facts, gathered again where somebody spoke as an employer by an employment that an officer refused, and where
    days with wages count that were stated in time.
    """
    gathered = await gather_facts(GatherFacts(claim), uow)
    if gathered.known.has_refused_spells:
        claim, gathered = await _without_refused(claim, gathered, uow)
    wages = LetWagesCount(claim, gathered.evidence, gathered.stated, gathered.requests, gathered.known.numbers)
    let = await let_wages_count(wages, uow)
    if let.any_counts:
        gathered = await gather_facts(GatherFacts(claim), uow)
    return claim, replace(gathered, awaits_payments=let.awaits_payments)


async def _without_refused(claim: Claim, gathered: Gathered, uow: ClaimsUnitOfWork) -> tuple[Claim, Gathered]:
    """The facts once nobody speaks as an employer by an employment that an officer refused."""
    stands, is_refused = await uow.claims.refuse_employers(claim)
    if is_refused:
        gathered = await gather_facts(GatherFacts(stands), uow)
        if claim.kind is ClaimKind.DEATH:
            # By whose word the person died is another matter now.
            await uow.due.wake({subjects.death(claim.insured)})
    return stands, gathered


@cache
def _release(law: Book, asked: Catalogue) -> str:
    """Which release decides: worked out once in a process that asks by one book."""
    return release_of(law, asked)


async def _is_anothers(claim: Claim, known: Known, uow: ClaimsUnitOfWork) -> bool:
    """Whether two officers found that it is about the accident of an adjacent day: then it has joined that claim now,
    and what is left of the days between the two is asked there.
    """
    other = other_claim_of(known) if claim.kind is ClaimKind.ACCIDENT else None
    if other is None or not await join_accident(JoinAccident(claim, other), uow):
        return False
    await uow.due.at(AssessClaim(other), now())
    return True


async def _is_stated_again(claim: Claim, gathered: Gathered, uow: ClaimsUnitOfWork) -> bool:
    """Whether what went with a database was stated again: by a notice that joined, by certified days, or, of an event
    that has none, by anything; a document only shows what is stated.
    """
    if any(each.days for each in gathered.known.certificates):
        return True
    documents = {each.id for each in gathered.stated if each.kind is EvidenceKind.DOCUMENT}
    stated = (each for each in gathered.evidence.pieces if each.evidence not in documents)
    counts = any(each.standing is EvidenceStanding.COUNTS for each in stated)
    return (counts and claim.kind is not ClaimKind.ACCIDENT) or await uow.claims.is_joined(claim)


async def _beside_what_was_published(
    claim: Claim, known: Known, answers: Mapping[str, Answer], last: Records, uow: ClaimsUnitOfWork
) -> Mapping[str, Answer]:
    """The answers; after a restore all are left to an officer where less would be owed than was published.

    Evidence may have been lost, and what was paid by it would be taken back from the worker.
    """
    recalled = await uow.claims.recalled_decisions([claim.id])
    published = (ClaimAssessedV1.model_validate_json(each.event) for each in recalled)
    stands = standing_records(questions_of(claim.kind), answers, last)
    if not any(_says_less(claim_assessed(claim, stands, ()), each, known) for each in published):
        return answers
    return {name: answer.held_for_officer(LESS_THAN_PUBLISHED) for name, answer in answers.items()}


def _says_less(says: ClaimAssessedV1, published: ClaimAssessedV1, known: Known) -> bool:
    if published.event == ClaimKind.DEATH and published.death_on is None and not is_found_alive(known):
        # Two officers found that the person lives; what they found is lost.
        return True
    return owes_less(says, published)


async def _leave_queue(claim: Claim, uow: ClaimsUnitOfWork) -> None:
    """As a whole it stands there no more: what was lost was stated again, or something is asked of its kind now."""
    queue = queue_of_claim(claim)
    if queue is not None:
        await close_task(CloseTask(queue, subjects.claim(claim.id), "settled"), uow)
