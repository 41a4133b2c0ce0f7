"""An archive of many employers' files, sent by who acts for these employers, and what became of each member."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.registration.domain.contribution import Reading


class ArchiveState(StrEnum):
    """Whether all members have their answers."""

    RECEIVED = "received"
    FINISHED = "finished"


class MemberState(StrEnum):
    """Whether a member is a contribution file now, or a fault of its whole refused it."""

    RECEIVED = "received"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive as it stands; `received` and `refused` count members that have their answer."""

    id: UUID
    tenant: str
    is_of_officer: bool
    state: ArchiveState
    reading: Reading
    members: int
    received_at: datetime
    finished_at: datetime | None = None
    received: int = 0
    refused: int = 0

    @property
    def answered(self) -> int:
        """How many members have their answer."""
        return self.received + self.refused


@dataclass(frozen=True, slots=True)
class Member:
    """A member by its place in the archive, counted from 1, its name, and what became of it."""

    number: int
    name: str = field(repr=False)
    state: MemberState
    file: UUID | None = None
    code: str | None = None
    detail: str | None = None
    line: int | None = None
