"""Archives of many employers' files: sending one, what became of its members, and who acts for an employer."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field

from services.registration.api.contribution_files import FileReading
from services.registration.api.dependencies import CommittedBeforeAnswer
from services.registration.commands.note_sender import NoteSender, note_sender
from services.registration.commands.state_agent import StateAgent, state_agent
from services.registration.commands.submit_contribution_archive import (
    SubmitContributionArchive,
    submit_contribution_archive,
)
from services.registration.domain.archive import Archive, ArchiveState, Member, MemberState
from services.registration.domain.employer import tenant_of
from services.registration.domain.errors import AgentOfEmployerOnly
from services.registration.files.archive import MOST_MEMBERS, read_archive
from services.registration.queries import archives
from services.registration.storage.archives import MOST_AGENTS, Agent
from shared.kernel.identifiers import employer_number
from shared.security.scopes import Party, requires
from shared.web.fields import Flag
from shared.web.ids import EmployerInPath
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

PATH = "/v1/contribution-archives"
LARGEST = 32 << 20
_BYTES = {"schema": {"type": "string", "format": "binary", "maxLength": LARGEST}}
_ARCHIVE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A ZIP or TAR archive of contribution files of one format, each of one employer.",
        "content": {"application/zip": _BYTES, "application/x-tar": _BYTES, "application/octet-stream": _BYTES},
    }
}

router = APIRouter(route_class=CommittingRoute, tags=["contribution files"])

ArchiveInPath = Annotated[UUID, Path(description="The archive.")]
_Count = Annotated[int, Field(ge=0, le=MOST_MEMBERS)]


class ArchiveOut(Out):
    """An archive, and how many of its files have an answer."""

    archive: UUID
    state: ArchiveState
    members: _Count
    received: _Count = Field(description="Files that are contribution files of their own now.")
    refused: _Count = Field(description="Files that a fault of the whole refused.")
    received_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, archive: Archive) -> Self:
        """From what is stored."""
        return cls(
            archive=archive.id,
            state=archive.state,
            members=archive.members,
            received=archive.received,
            refused=archive.refused,
            received_at=archive.received_at,
            finished_at=archive.finished_at,
        )


class ArchiveMemberOut(Out):
    """What became of a file of an archive."""

    number: int = Field(ge=1, le=MOST_MEMBERS, description="Its place in the archive.")
    name: str = Field(max_length=255, description="Its name in the archive.")
    state: MemberState
    file: UUID | None = Field(description="Its job.")
    code: str | None = Field(max_length=64, description="Why nothing of it is taken.")
    detail: str | None = Field(max_length=500)
    line: Annotated[int, Field(ge=1, le=1_000_000_000)] | None

    @classmethod
    def of(cls, member: Member) -> Self:
        """From what is stored."""
        return cls(
            number=member.number,
            name=member.name,
            state=member.state,
            file=member.file,
            code=member.code,
            detail=member.detail,
            line=member.line,
        )


class AgentIn(In):
    """Who acts for the employer."""

    model_config = examples({"agent": "agent:5", "granted": True})

    agent: str = Field(
        pattern=r"^[a-z]+:[1-9][0-9]{0,17}$",
        max_length=40,
        description="The party that sends files.",
        examples=["agent:5"],
    )
    granted: Flag = Field(description="False takes it back.")


class AgentOut(Out):
    """A party that sends the employer's files."""

    agent: str = Field(max_length=40, examples=["agent:5"])
    since: datetime

    @classmethod
    def of(cls, agent: Agent) -> Self:
        """From what is stored."""
        return cls(agent=agent.agent, since=agent.since)


class AgentsOut(Out):
    """All of them."""

    agents: list[AgentOut] = Field(max_length=MOST_AGENTS)


@dataclass(frozen=True, slots=True)
class _Sent:
    content: bytes = field(repr=False)
    members: int


async def _sent(request: Request) -> _Sent:
    # In a thread, and before the unit of work: nobody holds a connection while an archive is looked through.
    content = await request.body()
    return _Sent(content, len(await asyncio.to_thread(read_archive, content)))


@router.post(
    PATH,
    status_code=202,
    summary="Send an archive of many employers' files",
    dependencies=[requires("registration:contribution_file:write"), Depends(idempotent)],
    responses=problems(400, 409, 413, 415, 422),
    openapi_extra=_ARCHIVE,
)
async def send_contribution_archive(
    sent: Annotated[_Sent, Depends(_sent)],
    reading: FileReading,
    uow: CommittedBeforeAnswer,
    caller: Party,
    response: Response,
) -> ArchiveOut:
    """Send the files of all employers that the caller acts for. Each becomes a contribution file of its own, with an
    answer of its own: one that cannot be used harms no other."""
    submitted = SubmitContributionArchive(sent.content, sent.members, caller.party, caller.is_officer, reading)
    archive = await submit_contribution_archive(submitted, uow)
    await note_sender(NoteSender(archive.id, caller.subject if caller.is_officer else None), uow)
    response.headers["location"] = f"{PATH}/{archive.id}"
    return ArchiveOut.of(archive)


@router.get(
    f"{PATH}/{{archive}}",
    summary="Read an archive",
    dependencies=[requires("registration:contribution_file:read")],
    responses=problems(404),
)
async def read_contribution_archive(archive: ArchiveInPath, uow: CommittedBeforeAnswer, caller: Party) -> ArchiveOut:
    """How far it is; its sender's own only."""
    return ArchiveOut.of(await archives.find_archive(archive, caller.party, uow))


@router.get(
    f"{PATH}/{{archive}}/members",
    summary="List what became of the files of an archive",
    dependencies=[requires("registration:contribution_file:read")],
    responses=problems(400, 404, 422),
)
async def list_archive_members(
    archive: ArchiveInPath, listing: Listing, uow: CommittedBeforeAnswer, caller: Party
) -> Page[ArchiveMemberOut]:
    """By their places in the archive, as far as they have an answer; its sender's own only."""
    (after,) = listing.after or (0,)
    found = await archives.list_members(archive, caller.party, int(after), listing.limit, uow)
    return listing.page(found, item=ArchiveMemberOut.of, position=lambda member: [member.number])


@router.post(
    "/v1/employers/{employer}/agents",
    status_code=201,
    summary="Say who sends the employer's files",
    dependencies=[requires("registration:contribution_file:write"), Depends(idempotent)],
    responses=problems(400, 403, 404, 409, 422),
)
async def state_employer_agent(
    body: AgentIn, employer: EmployerInPath, uow: CommittedBeforeAnswer, caller: Party
) -> AgentsOut:
    """Let a party, such as a payroll bureau, send contribution files for the caller, or take that back. Officers do not
    say it for an employer."""
    number = employer_number(employer)
    if caller.party != tenant_of(number):
        raise AgentOfEmployerOnly()
    stated = await state_agent(StateAgent(number, body.agent, body.granted), uow)
    return AgentsOut(agents=[AgentOut.of(each) for each in stated])


@router.get(
    "/v1/employers/{employer}/agents",
    summary="Read who sends the employer's files",
    dependencies=[requires("registration:contribution_file:read")],
    responses=problems(404, 422),
)
async def read_employer_agents(employer: EmployerInPath, uow: CommittedBeforeAnswer) -> AgentsOut:
    """The caller's own; any employer's for the organisation's officers."""
    found = await archives.list_agents(employer_number(employer), uow)
    return AgentsOut(agents=[AgentOut.of(each) for each in found])
