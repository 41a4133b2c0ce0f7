"""A claim: one accident of one person, and how far its assessment has come."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class ClaimState(StrEnum):
    """Where a claim stands."""

    AWAITING_IDENTITY = "awaiting_identity"
    """The person is not known to registration yet, as far as this service has heard."""
    ASSESSING = "assessing"
    """The person is known; a fact is still missing."""
    DECIDED = "decided"
    REFUSED = "refused"
    NEEDS_OFFICER = "needs_officer"
    """No automatic rule decides it: a person must look, and the reason is named."""
    JOINED = "joined"
    """Another notice of the same accident came first; its claim goes on with the evidence of both."""


@dataclass(frozen=True)
class Claim:
    """The claim as it stands; ``revision`` is that of its last decision, 0 before the first.

    It was received at an instant of the business clock. ``stored_at`` is the receipt by the database's clock, which
    watermarks are held against.
    """

    id: UUID
    notice: UUID
    state: ClaimState
    person: int | None
    id_token: str | None
    employer: int | None
    happened_on: date
    place: str
    worked_with_wages: tuple[date, ...]
    received_at: datetime
    stored_at: datetime
    revision: int
    reason: str | None = None
    joined_to: UUID | None = None
