"""What a decision on an employment injury is made from: plain values, each with its id and revision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from services.claims.domain.contested import HeldDays
from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month

Revisions: TypeAlias = Mapping[tuple[str, str], int]
"""The revision at which each fact of another service is known here, by the kind and the id that a decision cites."""


@dataclass(frozen=True)
class Spell:
    """A spell of employment; ``last`` is None while it goes on.

    ``stated_on`` is the day on which its start was first stated, ``verified`` whether an officer stated or verified it.
    """

    id: UUID
    employer: int
    first: date
    last: date | None
    revision: int
    stated_on: date | None = None
    verified: bool = True

    def counts_for(self, event: date) -> bool:
        """Whether it may speak of an event of that day; one that is stated afterwards waits for an officer."""
        return self.verified or (self.stated_on is not None and self.stated_on <= event)

    def covers(self, day: date) -> bool:
        """Whether the person was employed on the day."""
        return self.first <= day and (self.last is None or day <= self.last)

    def touches(self, month: Month) -> bool:
        """Whether the person was employed on a day of the month."""
        return self.first <= month.last_day and (self.last is None or month.first_day <= self.last)


@dataclass(frozen=True)
class Membership:
    """The category of a scheme in which a person was on certain days; ``last`` is None while it goes on."""

    scheme: str
    category: str
    first: date
    last: date | None
    revision: int

    def covers(self, day: date) -> bool:
        """Whether the membership held on the day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class WageMonth:
    """The wage declared for a month by one employer, in sen."""

    employer: int
    month: Month
    wage: Sen
    revision: int

    @property
    def id(self) -> str:
        """The name under which a decision cites it; several lines of one employer and month share it."""
        return f"{self.employer}/{self.month}"


@dataclass(frozen=True)
class Certificate:
    """A doctor's certificate: the days of unfitness, or, for a final one, the first day of fitness."""

    id: UUID
    issued_on: date
    days: Days | None = None
    fit_from: date | None = None


@dataclass(frozen=True)
class InjuryFacts:
    """All that is known of one accident, and counts, as it is known here at ``known_to``.

    ``watermarks`` says up to when each topic had arrived here (rules M5), ``held`` which days other claims of
    the person have, ``revisions`` what had arrived, also of what no rule asks for now. ``joined_by_employer``: a notice
    of the employer of the day, or of an officer, joined the claim.
    """

    person: int
    person_revision: int
    born_on: date | None
    happened_on: date
    certificates: tuple[Certificate, ...]
    worked_with_wages: tuple[date, ...]
    spells: tuple[Spell, ...]
    memberships: tuple[Membership, ...]
    wages: tuple[WageMonth, ...]
    watermarks: Mapping[str, datetime]
    known_to: datetime
    held: tuple[HeldDays, ...] = ()
    revisions: Revisions = field(default_factory=dict)
    joined_by_employer: bool = False

    @property
    def counted_spells(self) -> tuple[Spell, ...]:
        """The employments that were stated before it happened, or that an officer stated or verified."""
        return tuple(spell for spell in self.spells if spell.counts_for(self.happened_on))

    @property
    def late_spells(self) -> tuple[Spell, ...]:
        """Those that were stated afterwards, and that no officer has verified."""
        return tuple(spell for spell in self.spells if not spell.counts_for(self.happened_on))

    @property
    def spells_on_the_day(self) -> tuple[Spell, ...]:
        """The employments that count and went on when it happened."""
        return tuple(spell for spell in self.counted_spells if spell.covers(self.happened_on))

    @property
    def category(self) -> str | None:
        """The category under Act 4 on the day; None when registration has published none."""
        held = [each for each in self.memberships if each.scheme == "act4" and each.covers(self.happened_on)]
        return held[0].category if held else None
