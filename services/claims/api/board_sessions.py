"""Sessions of medical boards: planned by a secretary, who names the panel and invites; closed by two (tasks)."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from services.claims.api.board_cases import MOST_TREATING, BoardCaseOut
from services.claims.api.dependencies import BoardLooker, CommittedBeforeAnswer
from services.claims.api.fields import Doctor
from services.claims.commands.invite_to_board import InviteToBoard, invite_to_board
from services.claims.commands.name_board_panel import NameBoardPanel, name_board_panel
from services.claims.commands.plan_board_session import PlanBoardSession, plan_board_session
from services.claims.commands.take_over_board_session import TakeOverBoardSession, take_over_board_session
from services.claims.domain.boards import (
    LARGEST_QUOTA,
    MOST_MEMBERS,
    Board,
    BoardSession,
    BoardSessionState,
    JustifiedBy,
)
from services.claims.queries import boards
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, officers_only, requires
from shared.web.fields import LARGEST_INTEGER, Day, Whole
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["boards"])

_READ = [requires("claims:board_session:read"), Depends(officers_only)]
_WRITE = [requires("claims:board_session:write"), Depends(officers_only), Depends(idempotent)]
SessionInPath = Annotated[UUID, Path(description="The session.")]


class BoardSessionIn(In):
    """A session that a secretary plans."""

    model_config = examples({"board": "medical", "day": "2026-06-29", "place": "KL-1", "quota": 12})

    board: Board
    day: Day
    place: str = Field(
        pattern=r"^[A-Z]{2,4}-[0-9]{1,4}$",
        max_length=9,
        description="The code of the place: its state or office and a number.",
        examples=["KL-1"],
    )
    quota: Annotated[Whole, Field(ge=1, le=LARGEST_QUOTA)] = Field(description="The most cases that it hears.")


class PanelIn(In):
    """Who hears the cases, by the subjects of their tokens: none of them is the secretary."""

    model_config = examples({"chairman": "officer-1", "members": ["officer-0", "officer-2"]})

    chairman: Doctor
    members: list[Doctor] = Field(min_length=1, max_length=MOST_MEMBERS)


class InvitationIn(In):
    """Who is invited, and why at less than fourteen days' notice."""

    model_config = examples(
        {"case": "0197f0a0-1111-7000-8000-000000000001", "justified_by": "asked_by_person"},
        {"case": "0197f0a0-1111-7000-8000-000000000001", "treated_by": ["officer-9"]},
    )

    case: UUID = Field(examples=["0197f0a0-1111-7000-8000-000000000001"])
    justified_by: JustifiedBy | None = None
    treated_by: list[Doctor] = Field(
        default=[],
        max_length=MOST_TREATING,
        description="Who treated the person, as far as it is learned only now: none of them hears or closes it.",
    )


class BoardSessionOut(Out):
    """A session as it stands."""

    session: UUID
    board: Board
    day: date
    place: str = Field(max_length=40)
    quota: int = Field(ge=1, le=LARGEST_INTEGER)
    state: BoardSessionState
    revision: int = Field(ge=1, le=LARGEST_INTEGER)
    secretary: str = Field(max_length=200)
    chairman: str | None = Field(max_length=200)
    members: list[Annotated[str, Field(max_length=200)]] = Field(max_length=MOST_MEMBERS)
    closed_by: list[Annotated[str, Field(max_length=200)]] = Field(
        max_length=2, description="Who proposed and who approved that it is closed or called off."
    )
    decided_at: datetime | None

    @classmethod
    def of(cls, session: BoardSession) -> Self:
        """From what is stored."""
        both = (session.proposed_by, session.approved_by)
        return cls(
            session=session.id,
            board=session.board,
            day=session.day,
            place=session.place,
            quota=session.quota,
            state=session.state,
            revision=session.revision,
            secretary=session.secretary,
            chairman=session.chairman,
            members=list(session.members),
            closed_by=[each for each in both if each is not None],
            decided_at=session.decided_at,
        )


@router.post(
    "/v1/board-sessions",
    status_code=201,
    summary="Plan a session of a board",
    dependencies=_WRITE,
    responses=problems(400, 409, 422),
)
async def state_board_session(
    body: BoardSessionIn, uow: CommittedBeforeAnswer, caller: Party, response: Response
) -> BoardSessionOut:
    """Plan it, as its secretary. It hears nobody before its panel is named."""
    planned = PlanBoardSession(caller.party, caller.subject, body.board, body.day, body.place, body.quota)
    session = await plan_board_session(planned, uow)
    response.headers["location"] = f"/v1/board-sessions/{session.id}"
    return BoardSessionOut.of(session)


@router.get(
    "/v1/board-sessions",
    summary="List sessions of boards",
    dependencies=_READ,
    responses=problems(400),
)
async def list_board_sessions(
    listing: Listing,
    uow: CommittedBeforeAnswer,
    looker: BoardLooker,
    state: Annotated[BoardSessionState | None, Query(description="Those that stand so.")] = None,
) -> Page[BoardSessionOut]:
    """Those in which the officer sits; all of them for secretaries."""
    found = await boards.list_sessions(state, looker, listing.after_id, listing.limit, uow)
    return listing.page(found, item=BoardSessionOut.of)


@router.get(
    "/v1/board-sessions/{session}",
    summary="Read a session of a board",
    dependencies=_READ,
    responses=problems(404),
)
async def read_board_session(
    session: SessionInPath, uow: CommittedBeforeAnswer, looker: BoardLooker
) -> BoardSessionOut:
    """One in which the officer sits; any for secretaries."""
    return BoardSessionOut.of(await boards.find_session(session, looker, uow))


@router.post(
    "/v1/board-sessions/{session}/panels",
    status_code=201,
    summary="Name the panel of a session",
    dependencies=_WRITE,
    responses=problems(400, 404, 409),
)
async def state_board_panel(
    session: SessionInPath, body: PanelIn, uow: CommittedBeforeAnswer, caller: Party
) -> BoardSessionOut:
    """Name one chairman and the members, in place of those before: what these had found is gone, and who was heard is
    heard once more by whoever is new. Who certified or treated a person who is invited, or decided what is appealed, is
    refused."""
    named = NameBoardPanel(session, body.chairman, body.members, caller.subject)
    return BoardSessionOut.of(await name_board_panel(named, uow))


@router.post(
    "/v1/board-sessions/{session}/secretaries",
    status_code=201,
    summary="Take a session over as its secretary",
    dependencies=_WRITE,
    responses=problems(400, 404, 409),
)
async def take_board_session(session: SessionInPath, uow: CommittedBeforeAnswer, caller: Party) -> BoardSessionOut:
    """Take it over from a secretary who has left, and close it with its chairman. One of the panel is refused, and who
    certified or treated a person who is invited."""
    return BoardSessionOut.of(await take_over_board_session(TakeOverBoardSession(session, caller.subject), uow))


@router.post(
    "/v1/board-sessions/{session}/invitations",
    status_code=201,
    summary="Invite a case to a session",
    dependencies=[*_WRITE, reads(DataKind.CLAIM, DataKind.HEALTH, of="claim")],
    responses=problems(400, 404, 409),
)
async def send_board_invitation(
    session: SessionInPath, body: InvitationIn, uow: CommittedBeforeAnswer, caller: Party
) -> BoardCaseOut:
    """Invite a case that waits, fourteen days before at the latest, or with a justification."""
    invitation = InviteToBoard(session, body.case, body.justified_by, caller.subject, body.treated_by)
    invited = await invite_to_board(invitation, uow)
    return BoardCaseOut.of(invited, is_officer=True)
