"""Follow a notice, an assessment or a compound: its time is over, somebody said or paid something, officers decided."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from services.registration.commands.review_account import ReviewAccount
from services.registration.domain import queues, subjects
from services.registration.domain.assessment import Assessment, AssessmentState
from services.registration.domain.bank_statements import KeptCredit, UnmatchedFor
from services.registration.domain.contribution import number_of
from services.registration.domain.enforcement import (
    ASSESSMENT,
    COMPOUND,
    COMPOUND_STATED,
    NOTHING_OVER,
    NOTICE,
    NOTICE_NOT_ANSWERED,
    OBJECTED,
    PAID_IN_TIME,
    PAID_TOO_MUCH,
    TIME_TO_OBJECT_OVER,
    TO_BE_PROSECUTED,
    Compound,
    CompoundState,
    NoticeState,
    over_at,
)
from services.registration.events.registration import assessment_stated, compound_stated, notice_stated
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task


@dataclass(frozen=True)
class FollowEnforcement:
    """Which of them, and its id."""

    matter: str
    id: str


async def follow_enforcement(command: FollowEnforcement, uow: RegistrationUnitOfWork) -> None:
    """By how it stands now: followed again, or too early, it says the same."""
    follow = {NOTICE: _follow_notice, ASSESSMENT: _follow_assessment, COMPOUND: _follow_compound}
    await follow[command.matter](UUID(command.id), uow)


async def _follow_notice(id_: UUID, uow: RegistrationUnitOfWork) -> None:
    notice = await uow.enforcement.lock_notice(id_)
    if notice.state is NoticeState.OPEN and today() > notice.answer_by:
        await uow.enforcement.lapse_notice(id_)
        notice = replace(notice, state=NoticeState.OVERDUE, revision=notice.revision + 1)
        uow.publish(notice_stated(notice))
    if notice.state is NoticeState.OVERDUE:
        about = subjects.enforcement(NOTICE, id_)
        asked = OpenTask(queues.ENFORCEMENT, about, NOTICE_NOT_ANSWERED, notice.revision, notice.facts)
        await open_task(asked, uow)
    elif notice.state is NoticeState.OPEN:
        # After a restore its day is due no more.
        await uow.due.at(FollowEnforcement(NOTICE, str(id_)), over_at(notice.answer_by))


async def _follow_assessment(id_: UUID, uow: RegistrationUnitOfWork) -> None:
    said = await uow.assessments.lock(id_)
    if said.state is AssessmentState.CONFIRMED:
        await _bring_to_account(said, uow)
    elif said.state is AssessmentState.STATED and (said.objection is not None or today() > said.object_by):
        if said.objection is not None and said.revision == 1:
            said = await _objected(said, uow)
        reason = TIME_TO_OBJECT_OVER if said.objection is None else OBJECTED
        about = subjects.enforcement(ASSESSMENT, id_)
        await open_task(OpenTask(queues.ENFORCEMENT, about, reason, said.revision, said.facts), uow)
    elif said.state is AssessmentState.STATED:
        await uow.due.at(FollowEnforcement(ASSESSMENT, str(id_)), over_at(said.object_by))


async def _objected(said: Assessment, uow: RegistrationUnitOfWork) -> Assessment:
    """An employer's request cannot change it: what it said is part of it from here on."""
    await uow.assessments.raise_revision(said.id)
    stands = replace(said, revision=said.revision + 1)
    uow.publish(assessment_stated(stands, await uow.assessments.lines(said.id)))
    return stands


async def _bring_to_account(said: Assessment, uow: RegistrationUnitOfWork) -> None:
    """What is owed of each month, less what is declared of it; money that waited for it may be of a fund now."""
    months = sorted({line.month for line in await uow.assessments.lines(said.id)})
    await uow.accounts.assess(said.employer, months, today())
    await uow.due.wake({subjects.contributions(said.employer, number_of(month)) for month in months})
    for month in months:
        await uow.due.at(ReviewAccount(said.employer, str(month)), now())


async def _follow_compound(id_: UUID, uow: RegistrationUnitOfWork) -> None:
    held = await _hold_what_is_over(id_, uow)
    known = await uow.enforcement.lock_compound(id_)
    await _release(known, held, uow)
    compound = await _followed(known, uow)
    if compound.state is CompoundState.OFFERED and compound.pay_by is not None:
        # Due once: a payment that let it be followed sooner took the place of its day.
        await uow.due.at(FollowEnforcement(COMPOUND, str(id_)), over_at(compound.pay_by))
    about = subjects.enforcement(COMPOUND, id_)
    reasons = {CompoundState.PROPOSED: COMPOUND_STATED, CompoundState.TO_BE_PROSECUTED: TO_BE_PROSECUTED}
    reason = reasons.get(compound.state)
    if reason is not None:
        await open_task(OpenTask(queues.ENFORCEMENT, about, reason, compound.revision, compound.facts), uow)
    elif known.state is CompoundState.TO_BE_PROSECUTED and compound.state is CompoundState.PAID:
        await close_task(CloseTask(queues.ENFORCEMENT, about, PAID_IN_TIME), uow)
    if compound.over_sen:
        await open_task(OpenTask(queues.ENFORCEMENT, about, PAID_TOO_MUCH, compound.revision, compound.facts), uow)
    elif known.over_sen:
        await close_task(CloseTask(queues.ENFORCEMENT, about, NOTHING_OVER), uow)


async def _followed(known: Compound, uow: RegistrationUnitOfWork) -> Compound:
    """As it stands by what was paid and by the day; what has changed is published."""
    payments = await uow.enforcement.payments(known.id)
    compound = known.followed(payments, today())
    if compound is not known:
        await uow.enforcement.follow_compound(compound)
        uow.publish(compound_stated(await uow.enforcement.compound(known.id), payments))
        if compound.state is CompoundState.PAID and known.state is not CompoundState.PAID:
            # What came beside the money that paid it is looked at with its credits held.
            await uow.due.at(FollowEnforcement(COMPOUND, str(known.id)), now())
    return compound


async def _hold_what_is_over(id_: UUID, uow: RegistrationUnitOfWork) -> dict[UUID, KeptCredit]:
    """The money that the compound does not need: held before it is, as whoever decides about money has both."""
    known = await uow.enforcement.compound(id_)
    over = known.not_needed(await uow.enforcement.payments(id_))
    return {each.credit: await uow.bank_statements.lock_credit(each.credit) for each in over}


async def _release(compound: Compound, held: Mapping[UUID, KeptCredit], uow: RegistrationUnitOfWork) -> None:
    """Whose that money is, is a question of the queue of credits again."""
    why = UnmatchedFor.COMPOUND_PAID if compound.takes_money else UnmatchedFor.COMPOUND_NOT_OPEN
    for payment in compound.not_needed(await uow.enforcement.payments(compound.id)):
        if payment.credit not in held:
            await uow.due.at(FollowEnforcement(COMPOUND, str(compound.id)), now())
            continue
        credit = held[payment.credit].released(why)
        await uow.enforcement.take_back(payment.credit)
        await uow.bank_statements.keep([credit])
        about = subjects.bank_credit(credit.id)
        await open_task(OpenTask(queues.BANK_CREDIT, about, str(why), credit.revision, credit.facts), uow)
