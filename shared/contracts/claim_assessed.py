"""Topic ``claim.assessed``: what claims decided. An event states the whole entitlement with its revision.

Never a difference: whoever missed a revision is right again with the next.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.envelope import Part, PersonEvent
from shared.contracts.topics import CLAIM_ASSESSED


class PayablePeriodV1(Part):
    """Consecutive payable days, first and last included, at one daily rate; amount = days × daily rate (sen)."""

    first: date
    """The first payable day."""
    last: date
    """The last payable day."""
    days: int
    """How many days that is."""
    daily_rate_sen: int
    """The rate of a day, in sen."""
    amount_sen: int
    """Days × daily rate, in sen."""


class EntitlementV1(Part):
    """One benefit of a claim: which, under which law, and for which days."""

    benefit: str
    """Which benefit, such as `temporary_disablement`."""
    law: str
    """Act and section, as they are shown."""
    periods: tuple[PayablePeriodV1, ...]
    """Everything that is owed, not what is new; no two overlap."""
    amount_sen: int
    """The sum of the periods, in sen."""


class AssessmentEvent(PersonEvent):
    """What every assessment states: the claim, its revision, and the decision record that proves it."""

    topic = CLAIM_ASSESSED

    claim: UUID
    """The claim that was decided."""
    revision: int
    """Of the decision, from 1: the higher one takes the place of all before."""
    scheme: str
    """Under which scheme, such as `act4`."""
    contingency: str
    """What happened, such as `employment_injury`."""
    happened_on: date
    """The day of it: the law of that day applies."""
    decided_at: datetime
    """When it was decided."""
    decision_hash: str
    """SHA-256 of the decision record's canonical bytes, in hexadecimal."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("claim", str(self.claim))


class ClaimDecidedV1(AssessmentEvent):
    """A claim is entitled; ``provisional`` while a wage month is rated by the last known class (rules F3)."""

    name: ClassVar[str] = "claim.decided"

    provisional: bool
    """Whether a wage month is still rated by the last known class."""
    entitlements: tuple[EntitlementV1, ...]
    """Every benefit of the claim."""

    @property
    def money_sen(self) -> int:
        return sum(entitlement.amount_sen for entitlement in self.entitlements)


class ClaimRefusedV1(AssessmentEvent):
    """A claim is refused: the test that failed, as a stable code, and its Act and section."""

    name: ClassVar[str] = "claim.refused"

    reason: str
    """The test that failed, as a stable code."""
    law: str
    """Its Act and section."""
