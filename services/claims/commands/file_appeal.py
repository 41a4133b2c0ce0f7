"""A party appeals the answer to one question of a claim, as its record stands, before the forum of such a ground."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.claims.commands.find_flips import FindFlips
from services.claims.commands.follow_appeal import FollowAppeal
from services.claims.commands.put_before_board import PutBeforeBoard, put_before_board
from services.claims.domain import subjects
from services.claims.domain.appeal import (
    Appeal,
    AppealState,
    Forum,
    Ground,
    LateFor,
    Outcome,
    Represented,
    check_forum,
)
from services.claims.domain.boards import BoardQuestion
from services.claims.domain.claim import OFFICERS
from services.claims.domain.errors import (
    AppealAnswerUnknown,
    AppealLate,
    AppealNotOfThisParty,
    AppealOfAssessment,
    AppealUnknown,
    AppealWithoutOrder,
    ClaimUnknown,
)
from services.claims.storage.appeals import Appealable
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import business_day, now, today
from shared.kernel.identifiers import new_id
from shared.law.act4.boards.rules import last_day_at_the_appellate_board
from shared.law.book import book

_MOST_OF_A_CLAIM = 200


@dataclass(frozen=True)
class FileAppeal:
    """Who sends it and types it, for whom where an officer does; what is appealed, before whom, on which ground.

    ``revision`` is None for the newest. ``represented_by`` speaks for it by the letter of ``authority``.
    """

    tenant: str
    by: str
    claim: UUID
    forum: Forum
    ground: Ground
    question: str | None = None
    revision: int | None = None
    told_by: str | None = None
    represented_by: Represented | None = None
    authority: str | None = None
    late_for: LateFor | None = None

    @property
    def party(self) -> str:
        """Who appeals."""
        return self.told_by or self.tenant

    @property
    def is_by_officer(self) -> bool:
        """Whether an officer typed it."""
        return self.tenant.startswith(OFFICERS)


async def file_appeal(command: FileAppeal, uow: ClaimsUnitOfWork) -> Appeal:
    """Keep it; the record that it is of stands, and is paid, until an order states otherwise.

    Raises AppealForumWrong, ClaimUnknown, AppealAnswerUnknown, AppealNotOfThisParty, AppealWithoutOrder, AppealLate,
    AppealOpen, AppealUpheld; of what a board assessed AppealOfAssessment, and what keeps a case from going before it.
    """
    check_forum(command.forum, command.ground)
    if not command.is_by_officer and command.told_by not in (None, command.tenant):
        raise AppealNotOfThisParty()
    if command.forum is Forum.MEDICAL:
        return await _before_board(command, uow)
    answer = await _answer_of(command, uow)
    filed = within_limit(await _filed(command, answer, uow), answer.decided_at, command.late_for)
    await uow.appeals.add(filed)
    # A partner's request sees no tasks, and reads no wages.
    await uow.due.at(FollowAppeal(filed.id), now())
    await uow.due.at(FindFlips(filed.id), now())
    uow.decided("appeal_filed", appeal=str(filed.id), claim=str(filed.claim), forum=filed.forum.value)
    return filed


async def _before_board(command: FileAppeal, uow: ClaimsUnitOfWork) -> Appeal:
    if command.question is not None or command.revision is not None:
        raise AppealOfAssessment()
    asked = PutBeforeBoard(
        command.tenant,
        command.by,
        command.claim,
        BoardQuestion.APPEAL,
        represented_by=command.represented_by,
        authority=command.authority,
        told_by=command.told_by if command.is_by_officer else None,
        late_for=command.late_for,
    )
    case = await put_before_board(asked, uow)
    appeal = await uow.appeals.of_case(case.id)
    if appeal is None:
        raise AppealUnknown()
    return appeal


async def _answer_of(command: FileAppeal, uow: ClaimsUnitOfWork) -> Appealable:
    """The answer, if it is the party's to appeal; who sees nothing of the claim learns nothing of it."""
    answer = await uow.appeals.appealable(command.claim, command.revision, command.question or "")
    is_seen = await uow.claims.find(command.claim) is not None
    if answer is None:
        raise AppealAnswerUnknown() if is_seen else ClaimUnknown()
    if not answer.may_appeal:
        raise AppealNotOfThisParty() if is_seen else ClaimUnknown()
    if command.is_by_officer:
        await _check_told_by(command, answer, uow)
    return answer


async def _check_told_by(command: FileAppeal, answer: Appealable, uow: ClaimsUnitOfWork) -> None:
    """An officer files for somebody whose claim it is, or who was written to; the organisation itself does not."""
    if command.told_by is None:
        raise AppealNotOfThisParty()
    person = int(command.told_by.partition(":")[2])
    written_to = await uow.letters.newest_about(subjects.claim(answer.claim))
    if command.told_by not in written_to and not await uow.claims.is_seen_by(answer.claim, person):
        raise ClaimUnknown()


async def _filed(command: FileAppeal, answer: Appealable, uow: ClaimsUnitOfWork) -> Appeal:
    about = await _order_of(command, answer, uow) if command.forum is Forum.COURT else None
    at = now()
    return Appeal(
        id=new_id(),
        claim=answer.claim,
        tenant=command.party,
        filed_by=command.by,
        by_officer=command.is_by_officer,
        forum=command.forum,
        ground=command.ground,
        question=command.question or "",
        revision=answer.revision,
        record=answer.record,
        reason=answer.reason or answer.outcome,
        filed_at=at,
        state=AppealState.FILED,
        changed_at=at,
        about=about,
        represented_by=command.represented_by,
        authority=command.authority,
        late_for=command.late_for,
    )


async def _order_of(command: FileAppeal, answer: Appealable, uow: ClaimsUnitOfWork) -> UUID:
    """The appeal about this benefit that the Social Security Appellate Board decided last."""
    appeals = await uow.appeals.page(answer.claim, AppealState.DECIDED, None, _MOST_OF_A_CLAIM)
    return last_order(each for each in appeals if each.question == command.question and each.bill is None)


def last_order(appeals: Iterable[Appeal]) -> UUID:
    """The one of these decided appeals whose order came last; raises AppealWithoutOrder."""
    ordered = [each for each in appeals if each.forum is Forum.BOARD and each.outcome is not Outcome.WITHDRAWN]
    if not ordered:
        raise AppealWithoutOrder(facts={"forum": Forum.BOARD.value})
    return max(ordered, key=lambda each: (each.ordered_on or date.min, each.changed_at)).id


def within_limit(appeal: Appeal, decided_at: datetime, late_for: LateFor | None) -> Appeal:
    """As it is filed by a day; one that comes late is looked at by officers, on the grounds that it states.

    The limit of the High Court is in no source of ours: the court itself holds it (`assumed`).
    """
    if appeal.forum is not Forum.BOARD:
        return replace(appeal, late_for=None)
    law = book().on(today(), today())
    last = last_day_at_the_appellate_board(business_day(decided_at), law)
    if today() <= last:
        return replace(appeal, last_day=last, late_for=None)
    if late_for is None:
        raise AppealLate(f"The last day was {last}.", facts={"last_day": last.isoformat()})
    return replace(appeal, last_day=last, state=AppealState.LATE)
