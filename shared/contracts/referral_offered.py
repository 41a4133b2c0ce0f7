"""Topic ``claims.referral``: who was offered to be referred to welfare or health, and what became of it.

An offer is stated whole each time, with its revision. It says no more than a receiver needs: whom, to whom, since when,
and that every scheme refused or what is owed falls short; nothing of what happened, and nothing of anybody's health.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import PersonEvent
from shared.contracts.topics import CLAIMS_REFERRAL


class ReferredTo(StrEnum):
    """Whose service would take the person."""

    WELFARE = "welfare"
    HEALTH = "health"


class OfferedFor(StrEnum):
    """Why a referral is offered."""

    REFUSED_BY_EVERY_SCHEME = "refused_by_every_scheme"
    FALLS_SHORT = "falls_short"
    """A benefit that goes on is refused, and nothing that goes on is owed."""


class ReferralEndedFor(StrEnum):
    """Why an offer is over."""

    DECLINED = "declined"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    """Who had accepted lets nobody be told any more."""
    LAPSED = "lapsed"
    """Something is owed by now, or another claim of the event stands."""


class ReferralV1(PersonEvent):
    """An offer to somebody: the person whose claim it is, or of a death one who reported it."""

    offer: UUID
    """The offer: the same for ever of a claim, a person and a receiver."""
    claim: UUID
    """The claim that was refused or falls short."""
    revision: int = Field(gt=0)
    """Of the offer, from 1: the higher one counts."""
    receiver: ReferredTo
    """To whom."""
    offered_for: OfferedFor
    """Why."""
    offered_at: datetime
    """When it was offered."""


class ReferralOfferedV1(ReferralV1):
    """A referral is offered; nobody outside is told until the person consents."""

    topic = CLAIMS_REFERRAL
    name: ClassVar[str] = "referral.offered"


class ReferralAcceptedV1(ReferralV1):
    """The person, or who acts for it, consents: the receiver is told."""

    topic = CLAIMS_REFERRAL
    name: ClassVar[str] = "referral.accepted"

    accepted_at: datetime
    """When."""


class ReferralEndedV1(ReferralV1):
    """The offer is over; a receiver that was told lets go of it."""

    topic = CLAIMS_REFERRAL
    name: ClassVar[str] = "referral.ended"

    ended_at: datetime
    """When."""
    ended_for: ReferralEndedFor
    """Why."""
