"""The panel of a session and its secretary, of whom nobody certified or treated whom they hear or decide."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.follow_board_session import FollowBoardSession, follow_board_session
from services.claims.domain.boards import BoardCase, BoardQuestion, BoardSession
from services.claims.domain.errors import BoardMemberNotFree
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import today
from shared.law.book import book


@dataclass(frozen=True)
class NameBoardPanel:
    """The session, its chairman and members, and who names them."""

    session: UUID
    chairman: str
    members: Sequence[str]
    by: str


async def name_board_panel(command: NameBoardPanel, uow: ClaimsUnitOfWork) -> BoardSession:
    """In place of the panel before, whose findings are gone: who is new has heard nobody.

    Raises BoardSessionUnknown, BoardSessionOver, BoardPanelNotWhole and BoardMemberNotFree.
    """
    before = await uow.board_sessions.lock(command.session)
    session = before.with_panel(command.chairman, command.members, book().on(today(), today()))
    for case in await uow.board_cases.of_session(session.id):
        await check_free(case, session.who_decide, uow)
        heard = case.before_panel(before, session)
        if heard is not case:
            await uow.board_cases.save(heard, "panel_changed", command.by)
    await uow.board_sessions.save(session, "panel_named", command.by)
    await follow_board_session(FollowBoardSession(session.id), uow)
    return session


async def check_free(case: BoardCase, officers: Collection[str], uow: ClaimsUnitOfWork) -> None:
    """Raise BoardMemberNotFree where one of them certified or treated the person, decided or filed what is asked."""
    before: Collection[str] = ()
    if case.question is BoardQuestion.APPEAL and case.about is not None:
        first = await uow.board_cases.find(case.about)
        before = () if first.session is None else (await uow.board_sessions.find(first.session)).panel
    appeal = await uow.appeals.of_case(case.id)
    barred: dict[str, Collection[str]] = {
        "certified": await uow.board_cases.certified_by(case.claim),
        "treated": {*case.treated_by, *await uow.board_cases.treated_by(case.claim)},
        "decided": before,
        "filed": {appeal.filed_by} if appeal is not None and appeal.by_officer else (),
    }
    for because, whom in barred.items():
        if not set(officers).isdisjoint(whom):
            raise BoardMemberNotFree(f"A member {because} the person, or what is asked.", facts={"because": because})
