"""What a partner reads on the topic of its answers: how an event that it pushed stands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

TYPE = "event.answered"
LONGEST_ID, LONGEST_SOURCE, LONGEST_TYPE = 200, 500, 100


class EventAnswered(BaseModel):
    """How an event stands; told when it was worked off, and each time that it stands otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: UUID | None = Field(default=None, description="Our number of it; absent of what is not kept")
    id: str | None = Field(default=None, max_length=LONGEST_ID, description="As it was sent, where that can be read")
    source: str | None = Field(default=None, max_length=LONGEST_SOURCE, description="As it was sent, likewise")
    type: str | None = Field(default=None, max_length=LONGEST_TYPE, description="As it was sent, likewise")
    offset: int | None = Field(default=None, ge=0, description="Where the record stands that is answered at once")
    state: Literal["accepted", "warned", "refused", "parked"] = Field(description="As GET /v1/events/{event} says")
    reason: str | None = Field(default=None, max_length=64, description="Why it was refused or waits: a stable code")
    message: str | None = Field(default=None, max_length=1000, description="The same in words")
    errors: tuple[Mapping[str, Any], ...] = Field(default=(), description="The bad members of the data")
    warnings: tuple[str, ...] = Field(default=(), description="What is to be looked at though it was taken")
    result: Mapping[str, Any] = Field(default={}, description="What came of it, by its type")
    received_at: datetime | None = Field(default=None, description="Absent of what is not kept")
    answered_at: datetime | None = Field(default=None, description="When it first stood otherwise than received")
    parked_until: datetime | None = Field(default=None, description="Of one that waits: after this it is refused")
