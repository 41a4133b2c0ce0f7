"""What decisions are made from: plain values, each with its id and revision."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeAlias
from uuid import UUID

from services.claims.domain.contested import HeldDays
from shared.kernel.clock import CLOCK_DIFFERENCE, business_day
from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month
from shared.law.act4.increases.orders import Increase
from shared.law.decision import DecisionRecord, Source
from shared.law.fact_types import Fact
from shared.law.facts import Facts

NOTICE_RECEIVED = "notice received"

Revisions: TypeAlias = Mapping[tuple[str, str], int]
"""The revision at which each fact of another service is known here, by the kind and the id that a decision cites."""


@dataclass(frozen=True)
class Spell:
    """A spell of employment; ``last`` is None while it goes on.

    ``stated_on`` is the day on which its start was first stated, ``verified`` whether an officer stated or verified it;
    ``end_stated_on`` and ``end_verified`` are the same of its last day.
    """

    id: UUID
    employer: int
    first: date
    last: date | None
    revision: int
    stated_on: date | None = None
    verified: bool = True
    end_stated_on: date | None = None
    end_verified: bool = True

    def counts_for(self, event: date) -> bool:
        """Whether it may speak of an event of that day; one that is stated afterwards waits for an officer."""
        return self.verified or (self.stated_on is not None and self.stated_on <= event)

    def covers(self, day: date) -> bool:
        """Whether the person was employed on the day."""
        return self.first <= day and (self.last is None or day <= self.last)

    def ended_late_for(self, event: date) -> bool:
        """Whether it went on at an event of that day but for an end that its employer alone stated on it or later."""
        is_late = self.end_stated_on is not None and self.end_stated_on >= event and not self.end_verified
        return is_late and self.first <= event and not self.covers(event)

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
class StatedChoice:
    """What was stated of taking part in SKBBK (`release`, `return`), and as of which day it was filed.

    ``stated_at`` is when it reached registration, ``stated_by`` the kind of party that stated it.
    """

    kind: str
    filed_on: date
    stated_at: datetime
    stated_by: str = ""

    @property
    def stated_on(self) -> date:
        """The business day on which it was stated: a paper notice may be entered long after it was filed."""
        return business_day(self.stated_at)


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


def is_line_of_any(line: WageMonth, spells: Iterable[Spell]) -> bool:
    """Whether one of these employments was with the employer of a line, in its month."""
    return any(each.employer == line.employer and each.touches(line.month) for each in spells)


@dataclass(frozen=True)
class Certificate:
    """A doctor's certificate: the days of unfitness, or, for a final one, the first day of fitness."""

    id: UUID
    issued_on: date
    days: Days | None = None
    fit_from: date | None = None


@dataclass(frozen=True)
class Circumstances:
    """In which circumstances the event happened, as the statement that counts has it; ``evidence`` is None where a
    database was put back and only the published accident is known.
    """

    place: str
    interrupted: bool = False
    outside_malaysia: bool = False
    evidence: UUID | None = None


@dataclass(frozen=True)
class Statement:
    """What officers let count beside days: its members as they were stated, the evidence that a decision cites, and
    when it was stated.
    """

    kind: str
    stated: Mapping[str, Any]
    evidence: UUID
    stated_at: datetime | None = None

    @property
    def source(self) -> Source:
        """As a decision cites it."""
        return Source(self.kind, str(self.evidence), 1)

    def says(self, *, default: str = "no") -> bool:
        """Of a finding of yes or no: which, as the law reads it; ``default`` is what the law takes a blank for."""
        fact = Fact("found", "yes_no", "what was found", default=default)
        return Facts((fact,), {"found": str(self.stated["found"])}).says("found")

    def written(self, **names: str) -> dict[str, str]:
        """The members that are stated, by what the law's facts are called: `written(born="born on")`."""
        return {fact: str(self.stated[name]) for name, fact in names.items() if self.stated.get(name) is not None}


@dataclass(frozen=True)
class Cause:
    """The event that brought this one about: its claim, its day, and whether it was found an employment injury.

    ``found`` is None while that is not settled; ``is_lost``: nothing settles it any more, unless its notice is sent
    again; the rest is what counts of its evidence.
    """

    claim: UUID
    revision: int
    happened_on: date
    found: bool | None = None
    circumstances: Circumstances = Circumstances("")
    worked_with_wages: tuple[date, ...] = ()
    findings: Mapping[str, Statement] = field(default_factory=dict)
    is_lost: bool = False


@dataclass(frozen=True)
class OfAnother:
    """Another claim of the person: its event, and the records that stand of it by question, none before a decision.

    ``is_lost``: its notice went with a database that was put back, or two officers closed it: it decides nothing.
    """

    claim: UUID
    revision: int
    event: str
    records: Mapping[str, DecisionRecord]
    is_lost: bool = False


@dataclass(frozen=True)
class Neighbour:
    """A claim about an accident of the same person on the day before or after, that joined no other one."""

    claim: UUID
    happened_on: date
    is_decided: bool


@dataclass(frozen=True)
class Death:
    """The day of a person's death, and what states it: a claim, by more than one party's word, or a public register."""

    day: date
    source: Source


@dataclass(frozen=True)
class Orders:
    """The orders that raise a pension, of those that count, and the ids of all that are known, also of those that were
    replaced."""

    standing: tuple[Increase, ...] = ()
    known: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Known:
    """All that is known of one event of a person, and counts, as it is known here at ``known_to``.

    The notice came at ``stored_at``; ``watermarks`` says up to when each topic had arrived here (rules M5), ``held``
    which days other claims of the person have, ``revisions`` what had arrived, also of what no rule asks for now;
    ``lines`` are the months that were declared, those without wages too. ``joined_by_employer``: a notice of the
    employer of the day, or of officers, joined the claim. ``findings`` are by the names of the law's facts, the other
    ``statements`` by their kind. ``died_on`` is the day of the person's death by more than one party's word,
    ``death`` the claim about it, ``death_stated`` whether anybody stated one, ``other_deaths`` the days of other
    deaths that were reported, ``other_losses`` whether the claim of an earlier event of the person has a permanent
    loss, ``losses_said_at`` when anything was said of such a loss last, ``choices`` what was stated of taking part
    in SKBBK. ``others`` are the person's other claims, where a question reads them, ``deaths`` those of whom it
    left behind, by party. ``received_on`` is the day of the first notice, also of one that joined later;
    ``is_foreign``: the person is a foreign worker, of whom invalidity is insured from a later day.
    ``numbers`` are all numbers of the person, where two were merged, ``person`` first.
    ``cause_not_ruled``: a notice names as its cause an event of a kind that no rule decides. ``senders`` are those
    whose notices count, ``neighbours`` the person's accidents of adjacent days. ``increases`` are the orders that raise
    a pension which the person may have had, of a death.
    """

    person: int
    person_revision: int
    born_on: date | None
    happened_on: date
    circumstances: Circumstances
    certificates: tuple[Certificate, ...]
    worked_with_wages: tuple[date, ...]
    spells: tuple[Spell, ...]
    memberships: tuple[Membership, ...]
    lines: tuple[WageMonth, ...]
    watermarks: Mapping[str, datetime]
    known_to: datetime
    stored_at: datetime
    received_on: date = date.min
    findings: Mapping[str, Statement] = field(default_factory=dict)
    statements: Mapping[str, tuple[Statement, ...]] = field(default_factory=dict)
    cause: Cause | None = None
    died_on: date | None = None
    death: UUID | None = None
    death_stated: bool = False
    other_deaths: tuple[date, ...] = ()
    other_losses: bool = False
    losses_said_at: datetime | None = None
    others: tuple[OfAnother, ...] = ()
    deaths: Mapping[str, Death] = field(default_factory=dict)
    held: tuple[HeldDays, ...] = ()
    revisions: Revisions = field(default_factory=dict)
    joined_by_employer: bool = False
    choices: tuple[StatedChoice, ...] = ()
    numbers: tuple[int, ...] = ()
    cause_not_ruled: bool = False
    is_foreign: bool = False
    senders: tuple[str, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    increases: tuple[Increase, ...] = ()

    def of_cause(self) -> "Known":
        """The same, asked about the event that brought this one about: its day, circumstances, wages and findings."""
        cause = self.cause
        if cause is None:
            return self
        return replace(
            self,
            happened_on=cause.happened_on,
            circumstances=cause.circumstances,
            worked_with_wages=cause.worked_with_wages,
            findings={**cause.findings, **self.findings},
        )

    def of_notice(self) -> "Known":
        """The same, asked on the day of the notice, also as two officers found it."""
        found = self.findings.get(NOTICE_RECEIVED)
        day = self.received_on if found is None else date.fromisoformat(str(found.stated["found"]))
        return replace(self, happened_on=day, received_on=day)

    @cached_property
    def wages(self) -> tuple[WageMonth, ...]:
        """The months declared before that of the event, with wages or without, oldest first."""
        month = Month.of(self.happened_on)
        return tuple(each for each in self.lines if each.month < month)

    @property
    def has_refused_spells(self) -> bool:
        """Whether an employment was published that counts for nothing, since an officer refused it."""
        counted = {str(spell.id) for spell in self.spells}
        return any(kind == "spell" and id_ not in counted for kind, id_ in self.revisions)

    @property
    def counted_spells(self) -> tuple[Spell, ...]:
        """The employments that were stated before it happened, or that an officer stated or verified."""
        return tuple(spell for spell in self.spells if spell.counts_for(self.happened_on))

    @property
    def late_spells(self) -> tuple[Spell, ...]:
        """Those that were stated afterwards, and that no officer has verified."""
        return tuple(spell for spell in self.spells if not spell.counts_for(self.happened_on))

    @cached_property
    def spells_on_the_day(self) -> tuple[Spell, ...]:
        """The employments that count and went on when it happened."""
        return tuple(spell for spell in self.counted_spells if spell.covers(self.happened_on))

    def has_arrived(self, topic: str) -> bool:
        """Whether everything that the topic's owner knew when the notice came has arrived here (rules M5)."""
        until = self.watermarks.get(topic)
        return until is not None and until >= self.stored_at + CLOCK_DIFFERENCE

    def category_of(self, scheme: str) -> str | None:
        """The category under a scheme on the day; None when registration has published none."""
        held = (each for each in self.memberships if each.scheme == scheme and each.covers(self.happened_on))
        return next((each.category for each in held), None)

    @property
    def speaks_for_cover(self) -> bool:
        """Whether anything known speaks for cover on the day."""
        return bool(self.spells_on_the_day) and self.category_of("act4") is not None
