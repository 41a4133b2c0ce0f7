"""Topic ``claims.matter``: what parties filed with claims, and the client charter's clocks, each stated whole.

Nobody reacts to it: claims itself knows by it again what it answered, after its database was put back. It holds ids,
codes, days, and the numbers of documents; which officers acted is sealed, and claims alone opens it.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import Event, Number, Part, Revision
from shared.contracts.topics import CLAIMS_MATTER

_CODE = "^[a-z][a-z0-9_]*$"
_PARTY = "^[a-z_]+:[0-9]{1,18}$"
_HASH = "^[0-9a-f]{64}$"
_LONGEST_NUMBER = 100


class ClaimsMatterV1(Event):
    """A matter of a party: the higher revision counts."""

    party: str = Field(pattern=_PARTY)
    """Whose it is, as kind and number: `person:12`; of a clock whom its claim is about, or who sent its notice."""
    revision: int = Field(gt=0)
    """Of the matter, from 1."""

    @property
    def key(self) -> str:
        return self.party


class AppealStatedV1(ClaimsMatterV1):
    """How an appeal stands, and of which answer of which claim it is."""

    topic = CLAIMS_MATTER
    name: ClassVar[str] = "appeal.stated"

    appeal: UUID
    """The appeal."""
    claim: UUID
    """The claim that is appealed."""
    person: Number
    """Whom the claim is about."""
    event: str = Field(pattern=_CODE, max_length=100)
    """What happened to the person, such as `accident`."""
    happened_on: date
    """When."""
    by_officer: bool
    """Whether an officer typed it for the party."""
    forum: str = Field(pattern=_CODE, max_length=100)
    """Who hears it."""
    ground: str = Field(pattern=_CODE, max_length=100)
    """What of the answer is appealed."""
    question: str = Field(pattern=_CODE, max_length=100)
    """The benefit."""
    of_revision: Revision
    """The revision of the claim whose answer it is."""
    record: str | None = Field(default=None, pattern=_HASH)
    """SHA-256 of the record that is appealed; absent where nothing is decided by an assessment yet."""
    reason: str = Field(pattern=_CODE, max_length=100)
    """Why it was refused, else its outcome."""
    filed_at: datetime
    """When it was filed."""
    state: str = Field(pattern=_CODE, max_length=100)
    """Where it stands."""
    changed_at: datetime
    """Since when."""
    about: UUID | None = None
    """The appeal whose order is appealed."""
    board_case: UUID | None = None
    """The case before the Appellate Medical Board that it is."""
    board: str | None = Field(default=None, pattern=_CODE, max_length=100)
    """Of that case: which board."""
    board_question: str | None = Field(default=None, pattern=_CODE, max_length=100)
    """Of that case: what the board is asked."""
    board_about: UUID | None = None
    """Of that case: the case whose decision it is asked of."""
    represented_by: str | None = Field(default=None, pattern=_CODE, max_length=100)
    """Who speaks for the party."""
    authority: str | None = Field(default=None, max_length=_LONGEST_NUMBER)
    """By which letter: its number."""
    late_for: str | None = Field(default=None, pattern=_CODE, max_length=100)
    """On which grounds it comes after the limit."""
    last_day: date | None = None
    """The limit."""
    answer: str | None = Field(default=None, max_length=_LONGEST_NUMBER)
    """The number of the document in which the organisation answers."""
    heard_on: date | None = None
    """When its forum heard it."""
    outcome: str | None = Field(default=None, pattern=_CODE, max_length=100)
    """What became of the decision."""
    ordered_on: date | None = None
    """When that was ordered."""
    reference: str | None = Field(default=None, max_length=_LONGEST_NUMBER)
    """The number of the order."""
    document: str | None = Field(default=None, max_length=_LONGEST_NUMBER)
    """The number of the document in which it stands."""
    is_ordered: bool = False
    """Whether the order states anything that counts as evidence of the claim; what it states is not said here."""
    ended_at: datetime | None = None
    """When it ended; absent while it is open."""
    officers_sealed: str
    """Who typed it, proposed and approved, sealed: claims alone opens it."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("appeal", str(self.appeal))


class ComplaintStatedV1(ClaimsMatterV1):
    """How a complaint stands."""

    topic = CLAIMS_MATTER
    name: ClassVar[str] = "complaint.stated"

    complaint: UUID
    """The complaint."""
    by_officer: bool
    """Whether an officer typed it for the party."""
    kind: str = Field(pattern=_CODE, max_length=100)
    """What is complained of."""
    claim: UUID | None = None
    """The claim that it is about; absent where it is about none."""
    document: str | None = Field(default=None, max_length=_LONGEST_NUMBER)
    """The number of the letter in which it stands at length."""
    filed_at: datetime
    """When it was filed."""
    state: str = Field(pattern=_CODE, max_length=100)
    """Where it stands."""
    found: str | None = Field(default=None, pattern=_CODE, max_length=100)
    """What two officers found of it."""
    ended_at: datetime | None = None
    """When it ended; absent while it is open."""
    officers_sealed: str
    """Who typed it, of whom it is, who proposed and approved its answer, sealed: claims alone opens it."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("complaint", str(self.complaint))


class ClockStopV1(Part):
    """The clock stood."""

    stands_for: str = Field(pattern=_CODE, max_length=100)
    """For what."""
    stopped_at: datetime
    """Since when."""
    resumed_at: datetime | None = None
    """Until when; absent while it stands."""


class OfficersStopV1(Part):
    """Officers had stopped a task about it: whole days in between are taken out."""

    stopped_on: date
    """From which day."""
    resumed_on: date | None = None
    """Until which day, which is to come where it ends by itself; absent while it stands."""


class CharterClockStatedV1(ClaimsMatterV1):
    """How a clock of the client charter stands."""

    topic = CLAIMS_MATTER
    name: ClassVar[str] = "charter_clock.stated"

    claim: UUID
    """The claim."""
    of: str = Field(pattern=_CODE, max_length=100)
    """What of it the clock is of: a benefit, or a step such as `board_invitation`."""
    number: int = Field(gt=0)
    """Which clock of that it is, from 1."""
    promise: str = Field(pattern=_CODE, max_length=100)
    """The promise, as the charter names it."""
    days: int = Field(gt=0)
    """So many working days are promised."""
    complete_at: datetime
    """When the file was complete."""
    due_at: datetime | None = None
    """The end of the last day in time; absent while it stands."""
    stops: tuple[ClockStopV1, ...] = Field(default=(), max_length=10_000)
    """When it stood, and for what."""
    officers_stops: tuple[OfficersStopV1, ...] = Field(default=(), max_length=10_000)
    """When officers had stopped a task about it."""
    predicted_at: datetime | None = None
    """When it was foreseen that it would be missed."""
    missed_at: datetime | None = None
    """When it was missed."""
    ended_at: datetime | None = None
    """When it was over; absent while it is not."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("charter_clock", f"{self.claim}/{self.of}/{self.number}")
