"""Assesses a claim on what is known now: identify the person, gather the facts, decide, publish."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.claims.commands.identify_claim import IDENTITY_DEADLINE, IdentifyClaim, identify_claim, waits_for_identity
from services.claims.commands.record_decision import RecordDecision, record_decision
from services.claims.domain import subjects
from services.claims.domain.claim import Claim, ClaimState
from services.claims.domain.facts import InjuryFacts
from services.claims.domain.temporary_disablement import (
    Assessment,
    assess,
    is_covered,
    knows_less,
    months_that_would_count,
)
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
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
    claim = await identify_claim(IdentifyClaim(command.claim), uow)
    if claim.state == ClaimState.AWAITING_IDENTITY:
        await wait_for_identity(command, claim, uow)
    elif claim.joined_to is not None:
        await uow.due.at(AssessClaim(claim.joined_to), now())
    else:
        try:
            await _assess_known(command, claim, uow)
        except NotYetLaw:
            # Nothing was written yet, and no fact would change it: an officer decides by the law of that time.
            await uow.claims.save(replace(claim, state=ClaimState.NEEDS_OFFICER, reason="before_known_law"))


async def wait_for_identity(command: AssessClaim, claim: Claim, uow: ClaimsUnitOfWork) -> None:
    """Wait for the person to be registered; when that takes too long, an officer sees it and the waiting goes on."""
    deadline = claim.received_at + IDENTITY_DEADLINE
    overdue = now() >= deadline
    if overdue:
        await uow.claims.save(replace(claim, reason="identity_overdue"))
    await uow.due.when(command, waits_for_identity(claim), None if overdue else deadline)


async def _assess_known(command: AssessClaim, claim: Claim, uow: ClaimsUnitOfWork) -> None:
    law = book().on(in_force=claim.happened_on, known=today())
    facts = await gather(claim, uow)
    assessment = assess_if_rated(facts, law)
    awaited = awaited_topics(claim, facts, assessment)
    last = await uow.claims.last_record(claim)
    if knows_less(facts.revisions, last):
        awaited = set(READ_TOPICS)
    deadline = now() + LOOK_AGAIN if awaited else None
    await uow.due.when(command, listens_to(facts, law) | {freshness(topic) for topic in awaited}, deadline)
    if awaited:
        return
    if assessment is None:
        # A person in similar work stands in for the wages (Fourth Schedule para 4A): an officer names one.
        await uow.claims.save(replace(claim, state=ClaimState.NEEDS_OFFICER, reason="no_wage_month"))
    else:
        await record_decision(RecordDecision(claim, assessment, last), uow)


def assess_if_rated(facts: InjuryFacts, law: LawOn) -> Assessment | None:
    """The decision on these facts; None when no month with wages is known."""
    try:
        return assess(facts, law, today())
    except NoWageMonth:
        return None


def awaited_topics(claim: Claim, facts: InjuryFacts, assessment: Assessment | None) -> set[str]:
    """The topics that must have arrived up to the notice first: nobody is refused for what is still on its way."""
    lacking = set()
    if not is_covered(facts):
        lacking.add("registration")
    if assessment is None:
        lacking.add("contribution.received")
    return {topic for topic in lacking if not has_arrived(topic, claim, facts)}


async def gather(claim: Claim, uow: ClaimsUnitOfWork) -> InjuryFacts:
    """Everything that this service knows of the accident; its person is known."""
    person = claim.person or 0
    # The watermarks are read first: what they vouch for is then in every later read.
    watermarks = {topic: await uow.consumer_store.complete_until(topic) for topic in READ_TOPICS}
    if await uow.consumer_store.is_parked("registration", f"person:{person}"):
        watermarks["registration"] = None
    known = await uow.known_persons.of(person, claim.happened_on.replace(day=1))
    evidence = await uow.claims.evidence(claim)
    for spell in known.spells:
        if await uow.consumer_store.is_parked("contribution.received", f"employer:{spell.employer}"):
            watermarks["contribution.received"] = None
    return InjuryFacts(
        person=person,
        person_revision=known.revision,
        born_on=known.born_on or claim.happened_on,
        happened_on=claim.happened_on,
        certificates=evidence.certificates,
        worked_with_wages=evidence.worked_with_wages,
        spells=known.spells,
        memberships=known.memberships,
        wages=known.wages,
        watermarks={topic: until for topic, until in watermarks.items() if until is not None},
        known_to=now(),
        revisions=known.revisions,
    )


def listens_to(facts: InjuryFacts, law: LawOn) -> set[Subject]:
    """The subjects of the facts that would change the decision (rules F2)."""
    wages = {subjects.wage(facts.person, str(month)) for month in months_that_would_count(facts, law)}
    return wages | {
        subjects.person(facts.person),
        subjects.spells(facts.person),
        subjects.memberships(facts.person),
    }


def has_arrived(topic: str, claim: Claim, facts: InjuryFacts) -> bool:
    """Whether everything that the topic's owner knew when the notice came has arrived here (rules M5)."""
    until: datetime | None = facts.watermarks.get(topic)
    return until is not None and until >= claim.stored_at + CLOCK_DIFFERENCE
