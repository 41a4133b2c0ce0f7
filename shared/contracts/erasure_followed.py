"""How a service follows an erasure: it has let go of the person, or says what comes first.

A topic has one writer, so each service that follows `person.erased` tells it on a topic of its own, in a class that
names it; the shape is one.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.contracts.envelope import PersonEvent
from shared.contracts.topics import BENEFITS_ERASURE, CLAIMS_ERASURE, JOBS_ERASURE, REHAB_ERASURE

_CODE = "^[a-z][a-z0-9_]*$"


class Following(StrEnum):
    """How far a service is with a person of whom registration keeps nothing any more."""

    HELD = "held"
    """Something comes first; it looks again each day."""
    FORGOTTEN = "forgotten"
    """It keeps nothing that leads to the person."""


class ErasureFollowedV1(PersonEvent):
    """A service has let go of a person of whom all was erased, or says what comes first, who ends it and by when.

    What was forgotten may be held again: an account that is entered for an erased number is kept as any other is.
    """

    erasure: UUID
    """Which erasure it follows."""
    revision: int = Field(gt=0)
    """Of how the service follows the person, from 1: the higher one counts."""
    state: Following
    """How far it is."""
    reason: str | None = Field(default=None, pattern=_CODE, max_length=100)
    """What comes first, as a stable code such as `claim_open`; absent once it is forgotten."""
    owner: str | None = Field(default=None, min_length=1, max_length=100)
    """Who ends that, such as `service:claims`; absent once it is forgotten."""
    until: date | None = None
    """By when: later than that somebody must look; absent once it is forgotten."""
    since: datetime
    """Since when it is so."""

    @model_validator(mode="after")
    def _is_held_for_a_reason(self) -> Self:
        said = {value is not None for value in (self.reason, self.owner, self.until)}
        if said != {self.state is Following.HELD}:
            raise ValueError("what is held has a reason, an owner and a deadline, and nothing else has")
        return self


class ClaimsErasureFollowedV1(ErasureFollowedV1):
    """Claims follows: an open claim comes first."""

    topic = CLAIMS_ERASURE
    name: ClassVar[str] = "claims.erasure.followed"


class BenefitsErasureFollowedV1(ErasureFollowedV1):
    """Benefits follows: money on its way comes first, and what was paid in the last seven years keeps its account."""

    topic = BENEFITS_ERASURE
    name: ClassVar[str] = "benefits.erasure.followed"


class RehabErasureFollowedV1(ErasureFollowedV1):
    """Rehab follows: who is expected or treated comes first."""

    topic = REHAB_ERASURE
    name: ClassVar[str] = "rehab.erasure.followed"


class JobsErasureFollowedV1(ErasureFollowedV1):
    """Jobs follows: nothing comes first."""

    topic = JOBS_ERASURE
    name: ClassVar[str] = "jobs.erasure.followed"
