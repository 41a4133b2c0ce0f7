"""Topic ``accident.reported``: every kind of notice, once the person is known.

A notice about somebody whose registration has not arrived yet waits inside claims and is published when it is woken.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.contracts.envelope import Number, PersonEvent
from shared.contracts.topics import ACCIDENT_REPORTED


class AccidentPlace(StrEnum):
    """In which circumstances the accident happened (Act 4 ss.2(6), 24, 25)."""

    AT_WORK = "at_work"
    COMMUTING = "commuting"
    JOURNEY_FOR_EMPLOYMENT = "journey_for_employment"
    AUTHORISED_BREAK = "authorised_break"
    EMERGENCY_AT_PREMISES = "emergency_at_premises"
    EMPLOYER_ACTIVITY = "employer_activity"
    """At an activity of the employer, such as a tournament: a person decides whether it arose out of employment."""
    OTHER = "other"
    """Outside all of these (s.2(14A), s.44C)."""


class AccidentReportedV1(PersonEvent):
    """An accident was reported and a claim opened for it."""

    topic = ACCIDENT_REPORTED
    name: ClassVar[str] = "accident.reported"

    claim: UUID
    """The claim that the notice opened."""
    notice: UUID
    """The notice, as its sender knows it."""
    revision: int
    """Of the notice: the higher one counts."""
    employer: Number | None = None
    """The employer that the notice names, by its number: over REST `E`, nine digits and a check character."""
    happened_on: date
    """The day of the accident, in Kuala Lumpur."""
    place: AccidentPlace
    """In which circumstances it happened."""
    received_at: datetime
    """When the notice was received."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("claim", str(self.claim))
