"""Follow an appeal: people are asked for its next step as long as it is open, each step with its own days. How it
stands is published."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from services.claims.domain import subjects
from services.claims.domain.appeal import Appeal
from services.claims.domain.errors import AppealOfOneself, AppealOver, ClaimUnknown
from services.claims.domain.queues import APPEAL
from services.claims.events.claims_matter import appeal_stated
from services.claims.files.decision_letter import counted_of, sources_of
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.claims_matter import AppealStatedV1
from shared.kernel.clock import now, today
from shared.kernel.subjects import Subject
from shared.law.act4.boards.rules import days_of_appeal
from shared.law.book import book
from shared.security.fields import FieldCipher
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task
from shared.tasks.repository import TaskRepository
from shared.tasks.task import SubjectState

# How the findings begin by which officers let an answer stand.
_LIFTED = "doubt lifted"


@dataclass(frozen=True)
class FollowAppeal:
    """The appeal."""

    appeal: UUID


def following_appeals(cipher: FieldCipher) -> Callable[[FollowAppeal, ClaimsUnitOfWork], Awaitable[None]]:
    """What runs the command; which officers acted is published sealed."""

    async def follow_appeal(command: FollowAppeal, uow: ClaimsUnitOfWork) -> None:
        await _ask(command, uow)
        if await uow.appeals.publish(command.appeal):
            appeal = await uow.appeals.find(command.appeal)
            uow.publish(await state_appeal(appeal, cipher, uow))

    return follow_appeal


async def state_appeal(appeal: Appeal, cipher: FieldCipher, uow: ClaimsUnitOfWork) -> AppealStatedV1:
    """How an appeal stands, with its claim and the case before the board that it is; raises ClaimUnknown."""
    claim = await uow.claims.find(appeal.claim)
    if claim is None:
        raise ClaimUnknown()
    case = None if appeal.board_case is None else await uow.board_cases.find(appeal.board_case)
    return appeal_stated(appeal, claim, case, cipher)


async def _ask(command: FollowAppeal, uow: ClaimsUnitOfWork) -> None:
    """By how it stands: followed again it says the same. A step that is over ends its task, and its clock. The days of
    a step run from when the one before was over, also where a restore has people asked once more."""
    about = subjects.appeal(command.appeal)
    state = await state_of_appeal(about, uow)
    waiting = await TaskRepository(uow.connection).lock_live(APPEAL, about)
    if waiting is not None and waiting.reason != state.reason:
        await close_task(CloseTask(APPEAL, about, "settled"), uow)
    if state.reason is not None:
        days = days_of_appeal(state.reason, book().on(today(), today()))
        since = (await uow.appeals.find(command.appeal)).changed_at
        asks = OpenTask(APPEAL, about, state.reason, state.revision, state.facts, days=days, since=since)
        await open_task(asks, uow)


async def find_state_of_appeal(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """As officers look at it: that it is followed is left before it is locked, since its runner holds both so."""
    await uow.due.at(FollowAppeal(subjects.appeal_of(subject)), now())
    return await state_of_appeal(subject, uow)


async def state_of_appeal(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """Of an appeal, which is locked: who decided what is appealed, or typed the appeal, approves nothing of it."""
    appeal = await uow.appeals.lock(subjects.appeal_of(subject))
    return SubjectState(
        appeal.number,
        appeal.facts,
        reason=appeal.awaits if appeal.is_open else None,
        stated_by=await find_who_is_not_free(appeal, uow),
        of_oneself=AppealOfOneself,
        is_decided=not appeal.is_open,
        over=AppealOver,
    )


async def find_who_is_not_free(appeal: Appeal, uow: ClaimsUnitOfWork) -> frozenset[str]:
    """The officers on whose word the appealed revision rests, or who let it stand, who recorded the order that is
    appealed, and who typed it for somebody."""
    typed = {appeal.filed_by} if appeal.by_officer else set()
    if appeal.about is not None:
        before = await uow.appeals.find(appeal.about)
        typed |= {each for each in (before.proposed_by, before.approved_by) if each is not None}
    if appeal.bill is not None:
        return frozenset(typed) | (await uow.medical_bills.find(appeal.bill)).deciders
    claim, decision = await uow.claims.find(appeal.claim), await uow.claims.decision(appeal.claim, appeal.revision)
    if claim is None or claim.person is None or decision is None:
        return frozenset(typed)
    evidence = (await uow.evidence.of(claim)).evidence
    lifted = {str(each.id) for each in evidence if str(each.stated.get("fact", "")).startswith(_LIFTED)}
    counted = list(counted_of(evidence, sources_of(decision.records) | lifted))
    stated = {each.stated_by for each, _ in counted if each.by_officer}
    return frozenset(typed | stated | {approval.stated_by for _, approval in counted})
