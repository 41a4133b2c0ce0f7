"""Follow the charter's clocks of a claim: begun, stopped, running again, foreseen to miss their day, missed, over."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.claims.domain import subjects
from services.claims.domain.answers import SETTLED, QuestionState
from services.claims.domain.catalogue import promise_of
from services.claims.domain.charter_clocks import (
    REGISTRATION,
    CharterClock,
    Followed,
    StandsFor,
    begun,
    followed,
    inviting,
    looked_at_next,
    missing_for,
)
from services.claims.domain.claim import LOST_SINCE_BACKUP, Claim, ClaimState
from services.claims.domain.queues import OF_IDENTITY
from services.claims.events.claims_matter import clock_stated
from services.claims.storage.questions import QuestionRead
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.working_days import Stop
from shared.law.act4.charter.rules import BOARD_INVITATION, is_working_day
from shared.law.book import book
from shared.tasks.charter import charter_days, is_promised

# The notice is to be sent again.
_LOST = StandsFor.EVIDENCE


@dataclass(frozen=True)
class FollowCharter:
    """A claim of which something waits for officers, or waited."""

    claim: UUID


async def follow_charter(command: FollowCharter, uow: ClaimsUnitOfWork) -> None:
    """By how everything of it stands: followed again it says the same. It is looked at when the next day is over."""
    claim = await uow.claims.find(command.claim)
    if claim is None:
        return
    at, live = now(), await uow.charter_clocks.live_of(claim.id)
    looks = []
    for each in await _standing(claim, uow):
        clock = live.pop(each.name, None) or await _begun(claim, each, uow)
        if clock is not None:
            looks.append(looked_at_next(await _kept(clock, each, at, claim, uow), at))
    is_lost = claim.reason == LOST_SINCE_BACKUP
    for name, clock in live.items():
        # It is asked no more, or another claim goes on with it. Of a claim whose notice was lost it stands until that
        # is sent again.
        stands = Followed(name, clock.promise, is_settled=not is_lost, missing=_LOST if is_lost else None, since=at)
        looks.append(looked_at_next(await _kept(clock, stands, at, claim, uow), at))
    waits = [each for each in looks if each is not None]
    if waits:
        await uow.due.at(command, min(waits))


async def find_officers_stops(clock: CharterClock, uow: ClaimsUnitOfWork) -> list[Stop]:
    """In which spans officers had stopped a task about what a clock is of."""
    about = [subjects.question(clock.claim, clock.name)]
    if clock.name == BOARD_INVITATION:
        about = [subjects.board_case(each.id) for each in await uow.board_cases.list_open(clock.claim)]
    stops = await uow.charter_clocks.stops_of_tasks(about)
    return [stop for each in about for stop in stops[each]]


async def _begun(claim: Claim, stands: Followed, uow: ClaimsUnitOfWork) -> CharterClock | None:
    number = await uow.charter_clocks.count_of(claim.id, stands.name) + 1
    return begun(claim.id, number, charter_days(stands.promise), stands)


async def _kept(
    clock: CharterClock, stands: Followed, at: datetime, claim: Claim, uow: ClaimsUnitOfWork
) -> CharterClock:
    """As it stands by now; published where that is news."""
    law = book().on(today(), today())

    def works_on(day: date) -> bool:
        return is_working_day(day, law)

    after = followed(clock, stands, at, works_on)
    if after == clock and clock.revision:
        return clock
    after = replace(after, revision=clock.revision + 1)
    await uow.charter_clocks.keep(after)
    uow.publish(clock_stated(after, claim, stands.stops))
    for what, before, then in (
        ("charter_breach_foreseen", clock.predicted_at, after.predicted_at),
        ("charter_missed", clock.missed_at, after.missed_at),
    ):
        if then is not None and before is None:
            uow.decided(what, claim=str(clock.claim), of=clock.name, promise=clock.promise)
    return after


async def _standing(claim: Claim, uow: ClaimsUnitOfWork) -> list[Followed]:
    """All of a claim that the charter promises, as it stands; of one that joined another claim nothing."""
    if claim.joined_to is not None:
        return []
    if claim.relation is None:
        return [_registering(claim)]
    asked = await uow.charter_clocks.asked_of(claim.id)
    questions = await uow.questions.of(claim.id)
    promised = [each for each in questions if is_promised(promise_of(each.question))]
    found = [_of_question(each, is_asked=each.question in asked) for each in promised]
    about = {each.name: subjects.question(claim.id, each.name) for each in found}
    stops = await uow.charter_clocks.stops_of_tasks(list(about.values()))
    followed_ = [replace(each, stops=stops[about[each.name]]) for each in found]
    invitation = await _invitation(claim, questions, asked, uow)
    return followed_ if invitation is None else [*followed_, invitation]


async def _invitation(
    claim: Claim, questions: Sequence[QuestionRead], asked: Collection[str], uow: ClaimsUnitOfWork
) -> Followed | None:
    """That whom a claim is about is invited to a board, where it waits for one."""
    waits = [each for each in questions if missing_for(each.reason, is_asked=False) is StandsFor.MEDICAL_BOARD]
    open_ = await uow.board_cases.list_open(claim.id)
    since = min((each.since for each in waits), default=None)
    found = inviting(open_, since, now(), is_asked=any(each.question in asked for each in waits))
    if found is None or not open_:
        return found
    about = [subjects.board_case(each.id) for each in open_]
    stops = await uow.charter_clocks.stops_of_tasks(about)
    return replace(found, stops=[stop for each in about for stop in stops[each]])


def _registering(claim: Claim) -> Followed:
    """A notice that is a person's to look at; one that waits for the register or ended is not."""
    is_looked_at = claim.state is ClaimState.NEEDS_OFFICER and claim.reason in OF_IDENTITY
    missing = StandsFor.RECORDS if claim.state is ClaimState.AWAITING_IDENTITY else None
    is_settled = not is_looked_at and missing is None
    return Followed(REGISTRATION, REGISTRATION, is_settled, missing, now())


def _of_question(question: QuestionRead, *, is_asked: bool) -> Followed:
    is_settled = question.state in SETTLED
    missing = missing_for(question.reason, is_asked=is_asked)
    if question.state is QuestionState.AWAITING:
        missing = StandsFor.RECORDS
    stands = None if is_settled else missing
    return Followed(question.question, promise_of(question.question), is_settled, stands, question.since)
