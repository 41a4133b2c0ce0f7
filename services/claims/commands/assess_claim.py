"""Assesses a claim on what is known now: identify the person, gather what is known, ask its questions, publish."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.claims.commands.ask_about_claim import AskAboutClaim, ask_about_claim
from services.claims.commands.ask_identity import AskIdentity, ask_identity
from services.claims.commands.identify_claim import IDENTITY_DEADLINE, Identified, IdentifyClaim, identify_claim
from services.claims.commands.record_answers import RecordAnswers, record_answers
from services.claims.domain import subjects
from services.claims.domain.answers import Answer, is_entitled
from services.claims.domain.asking import Records, ask_all, coordinated, knows_less, listens_to
from services.claims.domain.catalogue import questions_of, reads_others
from services.claims.domain.claim import LESS_THAN_PUBLISHED, WITHOUT_NOTICE, Claim, ClaimKind, ClaimState
from services.claims.domain.collectors.collector import CONTRIBUTIONS, REGISTRATION
from services.claims.domain.collectors.death import dependants_of, is_found_alive
from services.claims.domain.contested import contested_with
from services.claims.domain.doubts import (
    SKBBK_STATED_LATE,
    doubt_of_answer,
    doubt_of_cause,
    doubt_of_event,
    is_lifted,
    names_another_employer,
    rests_on_late_choice,
    waits_of,
)
from services.claims.domain.evidence import BY_TWO_OFFICERS, EvidenceKind
from services.claims.domain.facts import Cause, Circumstances, Known, Spell, Statement
from services.claims.domain.participation import otherwise, what_was_stated_late
from services.claims.domain.queues import OF_IDENTITY, queue_of_claim
from services.claims.domain.relation import without_relation
from services.claims.domain.revision import standing_records
from services.claims.domain.standing import EvidenceStanding, Standing, standing
from services.claims.events.claim_assessed import claim_assessed, owes_less
from services.claims.storage.known_persons import KnownPerson
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.kernel.clock import CLOCK_DIFFERENCE, business_day, now, today
from shared.kernel.periods import Month
from shared.law.book import book
from shared.law.lookups import NotingBook
from shared.messaging.consumer_store import freshness
from shared.tasks.opening import CloseTask, close_task

# Nothing is missed in between: the facts wake the claim. This is how long a silence goes unlooked at.
LOOK_AGAIN = timedelta(hours=1)
READ_TOPICS = (REGISTRATION, CONTRIBUTIONS)
STATED = BY_TWO_OFFICERS - {EvidenceKind.FINDING}


@dataclass(frozen=True)
class AssessClaim:
    """Assess a claim, for the first time or again."""

    claim: UUID


async def assess_claim(command: AssessClaim, uow: ClaimsUnitOfWork) -> None:
    """Answer a claim's questions on what is known now, and go on listening to every fact that an answer read."""
    identified = await identify_claim(IdentifyClaim(command.claim), uow)
    claim = identified.claim
    if identified.is_busy:
        await uow.due.after_concurrent(command)
    elif claim.relation is None:
        await wait_for_relation(command, identified, uow)
    elif claim.joined_to is not None:
        await uow.due.at(AssessClaim(claim.joined_to), now())
    elif not questions_of(claim.kind):
        # No rule decides such an event yet; what two officers closed only another notice opens again.
        if claim.state is ClaimState.CLOSED:
            return
        unruled = replace(claim, state=ClaimState.NEEDS_OFFICER, reason=claim.kind.value)
        await uow.claims.save(unruled)
        await ask_about_claim(AskAboutClaim(unruled), uow)
    else:
        await _ask(command, claim, uow)


async def wait_for_relation(command: AssessClaim, identified: Identified, uow: ClaimsUnitOfWork) -> None:
    """Wait for the person to be registered, or for what lets the sender speak of this person.

    When all has arrived that was on its way, the notice ends; whatever comes later still wakes it.
    """
    claim, named = identified.claim, identified.named
    person = claim.person if named is None else named.person
    until = await registered_until(person, uow)
    is_complete = until is not None and until >= claim.stored_at + CLOCK_DIFFERENCE
    deadline = claim.received_at + IDENTITY_DEADLINE
    is_overdue = named is None and now() >= deadline
    waiting = without_relation(claim, named, is_complete=is_complete, is_overdue=is_overdue)
    if waiting != claim:
        await uow.claims.save(waiting)
    if OF_IDENTITY & {claim.reason, waiting.reason}:
        await ask_identity(AskIdentity(waiting), uow)
    looks_again = [deadline] if named is None and not is_overdue else []
    subjects_ = identified.listens_to
    if not is_complete and not claim.by_officer:
        subjects_ |= {freshness("registration")}
        looks_again.append(now() + LOOK_AGAIN)
    await uow.due.when(command, subjects_, min(looks_again, default=None))


async def _ask(command: AssessClaim, claim: Claim, uow: ClaimsUnitOfWork) -> None:
    known, evidence = await gather(claim, uow)
    if claim.reason in WITHOUT_NOTICE and not await is_stated_again(claim, known, evidence, uow):
        # Who sends the notice again has it assessed.
        await ask_about_claim(AskAboutClaim(claim), uow)
        return
    questions, last = questions_of(claim.kind), await uow.claims.last_records(claim)
    answers = ask_all(questions, known, last, book(), today())
    awaited, holds_up = awaited_topics(claim, known, answers, last)
    deadline = now() + LOOK_AGAIN if awaited else None
    subjects_ = listens_to(questions, known, answers, book(), today())
    await uow.due.when(command, subjects_ | {freshness(topic) for topic in awaited}, deadline)
    if holds_up:
        return
    await _leave_queue(claim, uow)
    answers = with_doubts(claim, known, evidence, answers, last)
    answers = coordinated(questions, known, answers, last, book(), today())
    if not is_lifted(LESS_THAN_PUBLISHED, claim, known) and await owes_less_than_published(
        claim, known, answers, last, uow
    ):
        answers = {name: answer.held_for_officer(LESS_THAN_PUBLISHED) for name, answer in answers.items()}
    died = known.death_stated and claim.kind is not ClaimKind.DEATH
    read_by_others = bool(known.others)
    waits, statements = waits_of(evidence), len(evidence.pieces)
    await record_answers(RecordAnswers(claim, answers, last, waits, statements, died, read_by_others), uow)


async def _leave_queue(claim: Claim, uow: ClaimsUnitOfWork) -> None:
    """As a whole it stands there no more: what was lost was stated again, or something is asked of its kind now."""
    queue = queue_of_claim(claim)
    if queue is not None:
        await close_task(CloseTask(queue, subjects.claim(claim.id), "settled"), uow)


async def is_stated_again(claim: Claim, known: Known, evidence: Standing, uow: ClaimsUnitOfWork) -> bool:
    """Whether what went with a database was stated again: certified days, or anything of an event that has none."""
    if any(each.days for each in known.certificates):
        return True
    if claim.kind is ClaimKind.ACCIDENT and not known.death_stated:
        return False
    stated = claim.kind is not ClaimKind.ACCIDENT and any(
        each.standing is EvidenceStanding.COUNTS for each in evidence.pieces
    )
    return stated or await uow.claims.is_joined(claim)


def awaited_topics(claim: Claim, known: Known, answers: Mapping[str, Answer], last: Records) -> tuple[set[str], bool]:
    """The topics that must have arrived up to the notice first: nobody is refused for what is still on its way.

    And whether they hold up every answer: a projection is being rebuilt, or who employed is in doubt.
    """
    if knows_less(known.revisions, last):
        return set(READ_TOPICS), True
    awaited = {topic for answer in answers.values() for topic in answer.awaits}
    is_in_doubt = names_another_employer(claim, known)
    if is_in_doubt and not known.has_arrived(REGISTRATION):
        awaited.add(REGISTRATION)
    return awaited, bool(awaited) and is_in_doubt


def with_doubts(
    claim: Claim, known: Known, evidence: Standing, answers: Mapping[str, Answer], last: Records
) -> dict[str, Answer]:
    """The answers, those left to an officer that may not stand as the law gives them."""
    noting = NotingBook.over(book())
    law = noting.on(claim.happened_on, today())
    was_entitled = any(map(is_entitled, last.values()))
    of_event = doubt_of_event(claim, known, was_entitled)
    other = otherwise(known, noting.on(known.of_cause().happened_on, today()))
    before = {} if other is None else ask_all(questions_of(claim.kind), other, last, book(), today())
    found, of_cause = {}, doubt_of_cause(known)
    about_cause = {question.name for question in questions_of(claim.kind) if question.of_cause}
    for name, answer in answers.items():
        late = SKBBK_STATED_LATE if rests_on_late_choice(answer, before) else None
        unsure = of_event or (of_cause if name in about_cause else None)
        doubt = unsure or late or doubt_of_answer(answer, claim, known, last.get(name), evidence, law)
        shown = what_was_stated_late(known) if doubt == SKBBK_STATED_LATE else {}
        found[name] = answer if doubt is None or answer.awaits else answer.held_for_officer(doubt, shown)
    return {name: answer.having_looked_up(noting.noted) for name, answer in found.items()}


async def registered_until(person: int | None, uow: ClaimsUnitOfWork) -> datetime | None:
    """Up to when all that registration published of a person has arrived; None while some of it is parked."""
    until = await uow.consumer_store.complete_until("registration")
    if person is not None and await uow.consumer_store.is_parked("registration", f"person:{person}"):
        return None
    return until


async def gather(claim: Claim, uow: ClaimsUnitOfWork) -> tuple[Known, Standing]:
    """Everything that this service knows of the event and that counts, and how what was stated stands."""
    person = claim.person or 0
    # The watermarks are read first: what they vouch for is then in every later read.
    registered = await registered_until(person, uow)
    contributed = await uow.consumer_store.complete_until(CONTRIBUTIONS)
    until_month = Month.of(max(claim.happened_on, business_day(claim.received_at)))
    published = await uow.known_persons.of(person, until_month.last_day)
    stated = await uow.evidence.of(claim)
    is_parked = await is_any_parked(published.spells, uow)
    counts = standing(stated.evidence, published.spells)
    watermarks = {REGISTRATION: registered, CONTRIBUTIONS: None if is_parked else contributed}
    arrived = {topic: until for topic, until in watermarks.items() if until is not None}
    known = replace(
        known_of(claim, published, counts, arrived),
        held=contested_with(stated.held, [each.days for each in counts.certificates if each.days is not None]),
        joined_by_employer=stated.joined_by_employer,
        death_stated=stated.death_stated,
        died_on=stated.died_on,
        death=stated.death,
        other_losses=stated.other_losses,
    )
    if claim.kind is ClaimKind.DEATH:
        known = await of_death(claim, known, counts.cause, published, uow)
    return await with_others(claim, known, stated.has_others, uow), counts


async def of_death(
    claim: Claim, known: Known, found: UUID | None, published: KnownPerson, uow: ClaimsUnitOfWork
) -> Known:
    """What is known of a death, with what brought it about and the deaths of those who were left behind."""
    cause = await cause_of(claim, found, published, uow)
    not_ruled = [kind for kind in ClaimKind if not questions_of(kind)]
    named = cause is None and await uow.evidence.names_cause_of(claim, not_ruled)
    deaths = await uow.evidence.deaths_of(dependants_of(known))
    known = replace(known, cause=cause, cause_not_ruled=named)
    return replace(known, died_on=claim.happened_on, death=claim.id, deaths=deaths)


async def with_others(claim: Claim, known: Known, has_others: bool, uow: ClaimsUnitOfWork) -> Known:
    """With the person's other claims, where there are any and a question reads them; the person's lock is held."""
    if not has_others or not reads_others(claim.kind, known):
        return known
    return replace(known, others=await uow.claims.others_of(claim))


async def cause_of(claim: Claim, found: UUID | None, published: KnownPerson, uow: ClaimsUnitOfWork) -> Cause | None:
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


def known_of(claim: Claim, published: KnownPerson, counts: Standing, watermarks: Mapping[str, datetime]) -> Known:
    """What is known now of the event and its person."""
    return Known(
        person=claim.person or 0,
        person_revision=published.revision,
        born_on=published.born_on,
        happened_on=claim.happened_on,
        # Of a database that was put back the published accident is known, and no statement.
        circumstances=counts.circumstances or Circumstances(claim.place or ""),
        certificates=counts.certificates,
        worked_with_wages=counts.worked_with_wages,
        received_on=business_day(claim.received_at),
        findings=_findings(counts),
        statements={kind.value: found for kind in STATED if (found := _statements(counts, kind))},
        spells=published.spells,
        memberships=published.memberships,
        lines=published.lines,
        choices=published.choices,
        watermarks=watermarks,
        known_to=now(),
        stored_at=claim.stored_at,
        revisions=published.revisions,
    )


def _findings(counts: Standing) -> dict[str, Statement]:
    return {str(each.stated["fact"]): each for each in _statements(counts, EvidenceKind.FINDING)}


def _statements(counts: Standing, kind: EvidenceKind) -> tuple[Statement, ...]:
    return tuple(Statement(kind.value, each.stated, each.id, each.stated_at) for each in counts.of(kind))


async def is_any_parked(spells: Iterable[Spell], uow: ClaimsUnitOfWork) -> bool:
    """Whether contributions of any of these employers wait for a person to look at them."""
    keys = [f"employer:{spell.employer}" for spell in spells]
    return any([await uow.consumer_store.is_parked(CONTRIBUTIONS, key) for key in keys])


async def owes_less_than_published(
    claim: Claim, known: Known, answers: Mapping[str, Answer], last: Records, uow: ClaimsUnitOfWork
) -> bool:
    """After a restore: evidence may have been lost, and what was paid by it would be taken back from the worker."""
    if claim.revision == 0:
        return False
    for recalled in await uow.claims.recalled_decisions([claim.id]):
        published = ClaimAssessedV1.model_validate_json(recalled.event)
        if published.event == ClaimKind.DEATH and published.death_on is None and not is_found_alive(known):
            # Two officers found that the person lives; what they found is lost.
            return True
        standing = standing_records(questions_of(claim.kind), answers, last)
        return owes_less(claim_assessed(claim, standing, ()), published)
    return False
