"""Cases before boards and their sessions: a person's own, those of a member's sessions, for secretaries all."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.claims.domain.boards import BoardCase, BoardSession, BoardSessionState
from services.claims.domain.errors import BoardCaseUnknown, BoardSessionUnknown
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


@dataclass(frozen=True)
class BoardViewer:
    """Who looks: ``member`` is an officer who sees the sessions that it sits in, None: whatever the database shows."""

    member: str | None = None

    def sits_in(self, session: BoardSession) -> bool:
        """Whether this one is of the session."""
        return self.member is None or self.member in (session.secretary, *session.panel)


async def find_session(id_: UUID, viewer: BoardViewer, uow: ClaimsUnitOfWork) -> BoardSession:
    """One session; raises BoardSessionUnknown for one in which the viewer does not sit, too."""
    session = await uow.board_sessions.find(id_)
    if not viewer.sits_in(session):
        raise BoardSessionUnknown()
    return session


async def list_sessions(
    state: BoardSessionState | None, viewer: BoardViewer, after: UUID | None, limit: int, uow: ClaimsUnitOfWork
) -> list[BoardSession]:
    """In the order of their ids."""
    return await uow.board_sessions.page(state, viewer.member, after, limit)


async def find_case(id_: UUID, viewer: BoardViewer, uow: ClaimsUnitOfWork) -> BoardCase:
    """One case; raises BoardCaseUnknown for one that is not of the viewer's sessions, too."""
    case = await uow.board_cases.find(id_)
    if viewer.member is None:
        return case
    if case.session is None or not viewer.sits_in(await uow.board_sessions.find(case.session)):
        raise BoardCaseUnknown()
    return case


async def list_cases(
    sought: dict[str, Any], viewer: BoardViewer, after: UUID | None, limit: int, uow: ClaimsUnitOfWork
) -> list[BoardCase]:
    """In the order of their ids, of a ``state``, a ``claim`` or a ``session``."""
    return await uow.board_cases.page({**sought, "member": viewer.member}, after, limit)
