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
    last: date
    days: int
    daily_rate_sen: int
    amount_sen: int


class EntitlementV1(Part):
    """One benefit of a claim: which, under which law, and for which days."""

    benefit: str
    law: str
    periods: tuple[PayablePeriodV1, ...]
    amount_sen: int


class AssessmentEvent(PersonEvent):
    """What every assessment states: the claim, its revision, and the decision record that proves it."""

    topic = CLAIM_ASSESSED

    claim: UUID
    revision: int
    scheme: str
    contingency: str
    happened_on: date
    decided_at: datetime
    decision_hash: str

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("claim", str(self.claim))


class ClaimDecidedV1(AssessmentEvent):
    """A claim is entitled; ``provisional`` while a wage month is rated by the last known class (rules F3)."""

    name: ClassVar[str] = "claim.decided"

    provisional: bool
    entitlements: tuple[EntitlementV1, ...]

    @property
    def money_sen(self) -> int:
        return sum(entitlement.amount_sen for entitlement in self.entitlements)


class ClaimRefusedV1(AssessmentEvent):
    """A claim is refused: the test that failed, as a stable code, and its Act and section."""

    name: ClassVar[str] = "claim.refused"

    reason: str
    law: str
