"""Assesses a claim on what is known now: identify the person, gather the facts, decide, publish."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.claims.commands.identify_claim import IDENTITY_DEADLINE, Identified, IdentifyClaim, identify_claim
from services.claims.commands.record_decision import RecordDecision, record_decision
from services.claims.domain import subjects
from services.claims.domain.claim import LESS_THAN_PUBLISHED, LOST_SINCE_BACKUP, Claim, ClaimKind, ClaimState
from services.claims.domain.contested import contested_with
from services.claims.domain.evidence import Standing, standing
from services.claims.domain.facts import InjuryFacts, Spell
from services.claims.domain.questions import BEFORE_KNOWN_LAW, EVIDENCE, names_another_employer, question_of
from services.claims.domain.relation import without_relation
from services.claims.domain.temporary_disablement import (
    Assessment,
    assess,
    is_covered,
    knows_less,
    months_that_would_count,
)
from services.claims.storage.known_persons import KnownPerson
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.registry import BY_TYPE
from shared.kernel.clock import CLOCK_DIFFERENCE, now, today
from shared.kernel.subjects import Subject
from shared.law.book import LawOn, book
from shared.law.errors import NotYetLaw, NoWageMonth
from shared.messaging.consumer_store import freshness

# Nothing is missed in between: the facts wake the claim. This is how long a silence goes unlooked at.
LOOK_AGAIN = timedelta(hours=1)
READ_TOPICS = ("registration", "contribution.received")


@dataclass(frozen=True)
class AssessClaim:
    """Assess a claim, for the first time or again."""

    claim: UUID


async def assess_claim(command: AssessClaim, uow: ClaimsUnitOfWork) -> None:
    """Decide a claim on what is known now, and go on listening to every fact that the decision read."""
    identified = await identify_claim(IdentifyClaim(command.claim), uow)
    claim = identified.claim
    if identified.is_busy:
        await uow.due.after_concurrent(command)
    elif claim.relation is None:
        await wait_for_relation(command, identified, uow)
    elif claim.joined_to is not None:
        await uow.due.at(AssessClaim(claim.joined_to), now())
    elif claim.kind is not ClaimKind.ACCIDENT:
        # No rule decides a disease or a death yet.
        await uow.claims.save(replace(claim, state=ClaimState.NEEDS_OFFICER, reason=claim.kind))
    else:
        try:
            await _assess_known(command, claim, uow)
        except NotYetLaw:
            # Nothing was written yet, and no fact would change it: an officer decides by the law of that time.
            await uow.claims.save(replace(claim, state=ClaimState.NEEDS_OFFICER, reason=BEFORE_KNOWN_LAW))


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
    looks_again = [deadline] if named is None and not is_overdue else []
    subjects_ = identified.listens_to
    if not is_complete and not (named is None and claim.by_officer):
        subjects_ |= {freshness("registration")}
        looks_again.append(now() + LOOK_AGAIN)
    await uow.due.when(command, subjects_, min(looks_again, default=None))


async def _assess_known(command: AssessClaim, claim: Claim, uow: ClaimsUnitOfWork) -> None:
    law = book().on(in_force=claim.happened_on, known=today())
    facts, evidence = await gather(claim, uow)
    if claim.reason == LOST_SINCE_BACKUP and not any(each.days for each in facts.certificates):
        # Who sends the notice again has it assessed.
        return
    assessment = assess(facts, law, today())
    awaited = awaited_topics(claim, facts, assessment)
    last = await uow.claims.last_record(claim)
    if knows_less(facts.revisions, last):
        awaited = set(READ_TOPICS)
    deadline = now() + LOOK_AGAIN if awaited else None
    await uow.due.when(command, listens_to(facts, law) | {freshness(topic) for topic in awaited}, deadline)
    if awaited:
        return
    question = question_of(claim, facts, assessment, last, law, evidence)
    if question is not None:
        await uow.claims.save(replace(claim, state=ClaimState.NEEDS_OFFICER, reason=question))
    elif await pays_less_than_published(claim, assessment, uow):
        await uow.claims.save(replace(claim, state=ClaimState.NEEDS_OFFICER, reason=LESS_THAN_PUBLISHED))
    else:
        looks = (*assessment.looks, *([EVIDENCE] if evidence.waiting else []))
        await record_decision(RecordDecision(claim, replace(assessment, looks=looks), last), uow)


def awaited_topics(claim: Claim, facts: InjuryFacts, assessment: Assessment) -> set[str]:
    """The topics that must have arrived up to the notice first: nobody is refused for what is still on its way."""
    lacking = set()
    if not is_covered(facts) or names_another_employer(claim, facts):
        lacking.add("registration")
    if assessment.reason == NoWageMonth.code:
        lacking.add("contribution.received")
    return {topic for topic in lacking if not has_arrived(topic, claim, facts)}


async def registered_until(person: int | None, uow: ClaimsUnitOfWork) -> datetime | None:
    """Up to when all that registration published of a person has arrived; None while some of it is parked."""
    until = await uow.consumer_store.complete_until("registration")
    if person is not None and await uow.consumer_store.is_parked("registration", f"person:{person}"):
        return None
    return until


async def gather(claim: Claim, uow: ClaimsUnitOfWork) -> tuple[InjuryFacts, Standing]:
    """Everything that this service knows of the accident and that counts, and how what was stated stands."""
    person = claim.person or 0
    # The watermarks are read first: what they vouch for is then in every later read.
    registered = await registered_until(person, uow)
    contributed = await uow.consumer_store.complete_until("contribution.received")
    known = await uow.known_persons.of(person, claim.happened_on.replace(day=1))
    stated = await uow.evidence.of(claim)
    if await is_any_parked(known.spells, uow):
        contributed = None
    counts = standing(stated.evidence, known.spells)
    certified = [each.days for each in counts.certificates if each.days is not None]
    watermarks = {"registration": registered, "contribution.received": contributed}
    facts = facts_of(claim, known, counts, {topic: until for topic, until in watermarks.items() if until is not None})
    held = contested_with(stated.held, certified)
    return replace(facts, held=held, joined_by_employer=stated.joined_by_employer), counts


def facts_of(claim: Claim, known: KnownPerson, counts: Standing, watermarks: Mapping[str, datetime]) -> InjuryFacts:
    """What is known now, as facts."""
    return InjuryFacts(
        person=claim.person or 0,
        person_revision=known.revision,
        born_on=known.born_on,
        happened_on=claim.happened_on,
        certificates=counts.certificates,
        worked_with_wages=counts.worked_with_wages,
        spells=known.spells,
        memberships=known.memberships,
        wages=known.wages,
        watermarks=watermarks,
        known_to=now(),
        revisions=known.revisions,
    )


async def is_any_parked(spells: Iterable[Spell], uow: ClaimsUnitOfWork) -> bool:
    """Whether contributions of any of these employers wait for a person to look at them."""
    keys = [f"employer:{spell.employer}" for spell in spells]
    return any([await uow.consumer_store.is_parked("contribution.received", key) for key in keys])


def listens_to(facts: InjuryFacts, law: LawOn) -> set[Subject]:
    """The subjects of the facts that would change the decision (rules F2)."""
    subjects_ = {subjects.wage(facts.person, str(month)) for month in months_that_would_count(facts, law)}
    subjects_ |= {subjects.person(facts.person), subjects.spells(facts.person), subjects.memberships(facts.person)}
    return subjects_ | {subjects.decided_days(facts.person)} if facts.held else subjects_


def has_arrived(topic: str, claim: Claim, facts: InjuryFacts) -> bool:
    """Whether everything that the topic's owner knew when the notice came has arrived here (rules M5)."""
    until: datetime | None = facts.watermarks.get(topic)
    return until is not None and until >= claim.stored_at + CLOCK_DIFFERENCE


async def pays_less_than_published(claim: Claim, assessment: Assessment, uow: ClaimsUnitOfWork) -> bool:
    """After a restore: evidence may have been lost, and what was paid by it would be taken back from the worker."""
    if claim.revision == 0:
        return False
    for recalled in await uow.claims.recalled_decisions([claim.id]):
        published = BY_TYPE[recalled.event_type].model_validate_json(recalled.event)
        return (assessment.amount if assessment.entitled else 0) < published.money_sen
    return False
