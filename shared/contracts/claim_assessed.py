"""Topic ``claim.assessed``: what claims decided. An event states everything that stands, with its revision.

Never a difference: whoever missed a revision is right again with the next.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Self, TypeAlias
from uuid import UUID

from pydantic import Field, WithJsonSchema, model_validator

from shared.contracts.envelope import MOST_MONEY_SEN, Part, PersonEvent, StatedSen
from shared.contracts.topics import CLAIM_ASSESSED

_DAY = timedelta(days=1)
# Of one term for a day, a month or once. The published schemas leave it unsaid (see envelope.py).
MOST_SEN = 10**12


class Fund(StrEnum):
    """The fund that bears a benefit."""

    EMPLOYMENT_INJURY = "employment_injury"
    NON_EMPLOYMENT_INJURY = "non_employment_injury"
    INVALIDITY = "invalidity"
    EMPLOYMENT_INSURANCE = "employment_insurance"
    SELF_EMPLOYED = "self_employed"
    HOUSEWIVES = "housewives"


class Per(StrEnum):
    """How often the amount of a term is owed."""

    DAY = "day"
    MONTH = "month"
    ONCE = "once"


class TermV1(Part):
    """An amount that is owed for each day or month from a first to a last day, which may be open, or once on a day.

    A month is a whole one: what is owed for a broken month is a term `once`, which the law has worked out.
    """

    per: Per
    """For what the amount is owed."""
    sen: int = Field(gt=0)
    """For each day or month, or once, in sen."""
    first: date
    """The first day; of a term `month` the first of a month, of a term `once` the day on which it is owed."""
    last: date | None = None
    """The last day, of a term `month` the last of a month; absent while it is open, and of a term `once`."""

    @model_validator(mode="after")
    def _days_are_those_of_its_kind(self) -> Self:
        if self.sen > MOST_SEN:
            raise ValueError("an amount is out of bounds")
        if self.last is not None and self.last < self.first:
            raise ValueError("a term ends on its first day or later")
        if self.per is Per.ONCE and self.last not in (None, self.first):
            raise ValueError("a term `once` has one day, its first")
        if self.per is Per.MONTH and not self._is_of_whole_months:
            raise ValueError("a term `month` begins on the first of a month and ends on the last of one")
        return self

    @property
    def _is_of_whole_months(self) -> bool:
        return self.first.day == 1 and (self.last is None or (self.last + _DAY).day == 1)

    @property
    def money_sen(self) -> int:
        """What it adds up to in sen: zero while it is open."""
        if self.per is Per.ONCE:
            return self.sen
        if self.last is None:
            return 0
        if self.per is Per.MONTH:
            years, months = self.last.year - self.first.year, self.last.month - self.first.month
            return self.sen * (12 * years + months + 1)
        return self.sen * ((self.last - self.first).days + 1)


def check_worth(terms: Iterable[TermV1]) -> None:
    """Raise ValueError where the terms that have an end add up to more than one entitlement can be worth."""
    if sum(term.money_sen for term in terms) > MOST_MONEY_SEN:
        raise ValueError("the terms add up to more than is owed to anybody")


class EntitlementV1(Part):
    """One benefit that one party is entitled to: under which law, from which fund, and on which terms."""

    scheme: str
    """The Act, such as `act4`."""
    benefit: str
    """Which benefit, unique under its scheme, such as `temporary_disablement`."""
    fund: Fund
    """The fund that bears it."""
    law: str
    """Act and section, as they are shown."""
    party: str = Field(pattern="^[a-z_]+:[0-9]+$")
    """Who is paid, as kind and number: `person:12`."""
    decision_hash: str
    """SHA-256 of the decision record's canonical bytes, in hexadecimal."""
    provisional: bool
    """Whether a fact that is to come may change the amounts, as a wage month that is rated by the last known class."""
    terms: tuple[TermV1, ...]
    """Everything that is owed, not what is new; of the terms by the day no two overlap, nor of those by the month."""
    whole_sen: StatedSen | None = None
    """Of a benefit that several share: what all of it comes to by the month, in sen; absent of any other."""
    average_sen: StatedSen | None = None
    """Of a benefit that work suspends: the average monthly wage by which it is rated, in sen; absent of any other."""

    @model_validator(mode="after")
    def _can_be_kept(self) -> Self:
        check_worth(self.terms)
        return self


class RefusalV1(Part):
    """One benefit that is refused: the test that failed, as a stable code, and its Act and section."""

    scheme: str
    """The Act, such as `act4`."""
    benefit: str
    """Which benefit, unique under its scheme."""
    reason: str
    """The test that failed, as a stable code."""
    law: str
    """Act and section of the test, as they are shown."""
    decision_hash: str
    """SHA-256 of the decision record's canonical bytes, in hexadecimal."""


class PendingV1(Part):
    """One benefit that is neither owed nor refused yet: why, and with whom it rests."""

    scheme: str
    """The Act, such as `act4`."""
    benefit: str
    """Which benefit, unique under its scheme."""
    reason: str
    """Why, as a stable code."""
    waits_for: str
    """Who is to act: `officer:` and a queue, a party such as `employer:7`, or `topic:` and what is still to arrive."""
    since: datetime
    """Since when it waits."""
    until: datetime | None = None
    """Until when it waits at most; absent where it has no end."""


class ClaimAssessedV1(PersonEvent):
    """How a claim stands: what is owed to whom, what is refused, and what is pending and with whom."""

    topic = CLAIM_ASSESSED
    name: ClassVar[str] = "claim.assessed"

    claim: UUID
    """The claim that was assessed."""
    revision: int
    """Of the assessment, from 1: the higher one takes the place of all before."""
    event: str
    """The kind of what happened: `accident`, `disease`, `death` or `invalidity`."""
    happened_on: date
    """The day of it."""
    decided_at: datetime
    """When it was decided."""
    revision_hash: str
    """SHA-256 over the ordered list of the hashes of its decision records, in hexadecimal."""
    entitlements: tuple[EntitlementV1, ...]
    """Everything that is owed under the claim; a party has each benefit once."""
    refusals: tuple[RefusalV1, ...]
    """Every benefit that is refused."""
    pending: tuple[PendingV1, ...] = ()
    """Every benefit that is neither owed nor refused yet."""
    death_on: date | None = None
    """The day on which the person died, where the claim is about a death or one followed; absent otherwise."""
    superseded_by: UUID | None = None
    """The claim that takes this one's place; absent while it stands."""

    @model_validator(mode="after")
    def _a_party_has_each_benefit_once(self) -> Self:
        if len({(each.scheme, each.benefit, each.party) for each in self.entitlements}) != len(self.entitlements):
            raise ValueError("a party is entitled to a benefit twice")
        return self

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("claim", str(self.claim))

    @property
    def rows(self) -> int:
        return max(1, len(self.entitlements))

    @property
    def money_sen(self) -> int:
        """What all terms that have an end add up to, in sen."""
        return sum(term.money_sen for each in self.entitlements for term in each.terms)


Advice: TypeAlias = Annotated[str, Field(max_length=40), WithJsonSchema({"type": "string"})]
"""What a board advises: a word of a list that may grow."""


class RehabilitationAdvisedV1(PersonEvent):
    """A board advised rehabilitation in what it found of a claim; nothing of what it found else is in it."""

    topic = CLAIM_ASSESSED
    name: ClassVar[str] = "rehabilitation.advised"

    claim: UUID
    """The claim that was before the board."""
    case: UUID
    """The case before the board."""
    revision: int
    """Of the case: what is decided of it stands."""
    happened_on: date
    """The day of the event of the claim."""
    sat_on: date
    """The day on which the board sat."""
    advice: tuple[Advice, ...]
    """What it advises: `physical`, `vocational`, `return_to_work`, `prosthesis`, `dialysis`."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("board_case", str(self.case))
