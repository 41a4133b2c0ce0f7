"""A claim: one event of one person as a notice states it, and how far its assessment has come."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.kernel.periods import Days, joined

OFFICERS = "organisation:"

# Why an officer is needed after a restore: the notice is to be sent again; or what is known now would pay less than
# what was published, and evidence may be missing.
LOST_SINCE_BACKUP = "lost_since_backup"
LESS_THAN_PUBLISHED = "less_than_published"
# How two officers close what nothing answers: an event that no rule decides, or one whose notice was lost for good.
DECIDED_OUTSIDE, NOT_SENT_AGAIN = "decided_outside", "not_sent_again"
# The notice and its evidence went with a database that was put back.
WITHOUT_NOTICE = frozenset((LOST_SINCE_BACKUP, NOT_SENT_AGAIN))

# Of a notice that joined: its sender had stated as much of the claim as it may, and what it states is not read.
STATED_TOO_MUCH = "statements_too_many"

# Who reported a claim of which only what was published is known: by whose word it was decided went with the database.
RECALLED = "recalled"

# Why everything about a death is refused that two officers found never to have been: by the name of the law's test.
NEVER_DIED = "the_person_has_died"


class ClaimState(StrEnum):
    """Where a claim stands."""

    AWAITING_IDENTITY = "awaiting_identity"
    """Who the person is, or whether the sender may speak of this person, is not known yet."""
    NO_RELATION = "no_relation"
    """Nothing that registration has published lets the sender speak of this person; the notice opens nothing."""
    ASSESSING = "assessing"
    """The person is known; a fact is still missing."""
    DECIDED = "decided"
    REFUSED = "refused"
    NEEDS_OFFICER = "needs_officer"
    """No automatic rule decides it: a person must look, and the reason is named."""
    CLOSED = "closed"
    """Two officers found that nothing of it is decided here; another notice of the event opens it again."""
    JOINED = "joined"
    """Another notice of the same event came first; its claim goes on with the evidence of both."""


class ClaimKind(StrEnum):
    """What is reported. A disease is decided by no rule yet."""

    ACCIDENT = "accident"
    DISEASE = "disease"
    INVALIDITY = "invalidity"
    DEATH = "death"


class Capacity(StrEnum):
    """As what a sender speaks whose relation to the person no event shows: a person looks at it."""

    DEPENDANT = "dependant"
    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"
    AGENT = "agent"
    PLATFORM = "platform"
    UNION_OFFICER = "union_officer"
    WELFARE = "welfare"
    OTHER = "other"
    """Any other person."""


# As these somebody speaks in the person's place, once two officers were shown that it does.
ACTS_FOR = (Capacity.GUARDIAN, Capacity.REPRESENTATIVE)
# And as these for itself, or for those whom a dead person leaves behind.
LEFT_BEHIND = (Capacity.DEPENDANT, *ACTS_FOR)


class Relation(StrEnum):
    """By what a sender may speak of a person. A notice without one opens, joins and bars nothing."""

    OFFICER = "officer"
    """An officer reported it, and another one confirmed it."""
    SHOWN = "shown"
    """Two officers were shown by documents that the sender may speak of the person."""
    EMPLOYER = "employer"
    FORMER_EMPLOYER = "former_employer"
    REFUSED_EMPLOYER = "refused_employer"
    """It was one of both by an employment that an officer has refused since."""
    HOSPITAL = "hospital"
    PERSON = "person"


@dataclass(frozen=True)
class Claim:
    """The claim as it stands; ``revision`` is that of its last decision, 0 before the first.

    ``caused_by`` is the claim about the event that brought this one about. ``tenant`` is the sender of the notice,
    ``reported_by`` who acted of it: until its ``relation`` is known, the claim holds what it stated and no more. It was
    received at an instant of the business clock; ``stored_at`` is the receipt by the database's clock, which watermarks
    are held against. ``joined_at_revision`` is the revision of the other claim when this one joined it, ``awaits`` are
    the kinds of those with whom its open questions are. ``decided_days`` are the days that the newest decision pays,
    ``waiting_days`` those certified that it keeps for a person to look at: another of the person is given neither.
    ``source_person`` is the number of which it was stated; ``person`` survives of that, where the two were merged.
    ``at_time`` is the time of the day as the notice states it, such as 22:40. ``acting_ended``: who reported it acted
    for the person, and its term has ended.
    """

    id: UUID
    notice: UUID
    tenant: str
    state: ClaimState
    kind: ClaimKind
    person: int | None
    id_token: str | None
    name_tokens: tuple[str, ...]
    capacity: Capacity | None
    employer: int | None
    happened_on: date
    place: str | None
    received_at: datetime
    stored_at: datetime
    revision: int
    caused_by: UUID | None = None
    relation: Relation | None = None
    reason: str | None = None
    joined_to: UUID | None = None
    joined_at_revision: int = 0
    awaits: tuple[str, ...] = ()
    decided_days: tuple[Days, ...] = ()
    waiting_days: tuple[Days, ...] = ()
    reported_by: str = ""
    source_person: int | None = None
    at_time: str | None = None
    acting_ended: bool = False

    @property
    def stated_of(self) -> int:
        """The number of which the claim was stated, under which all that is told of it goes; raises ValueError."""
        return self.insured if self.source_person is None else self.source_person

    @property
    def acted_for_by(self) -> str | None:
        """Who reported it as a guardian or representative, was shown to two officers to be one, and still is."""
        is_shown = self.relation is Relation.SHOWN and self.capacity in ACTS_FOR
        return self.tenant if is_shown and not self.acting_ended else None

    @property
    def claimed_by(self) -> str | None:
        """Who reported a death and was shown to two officers to claim what is owed after it, for itself or another."""
        is_shown = self.relation is Relation.SHOWN and self.capacity in LEFT_BEHIND and not self.acting_ended
        return self.tenant if is_shown and self.kind is ClaimKind.DEATH else None

    def is_of(self, party: str) -> bool:
        """Whether a party is the person whose claim it is, by either number."""
        return party in (f"person:{self.person}", f"person:{self.source_person}")

    @property
    def insured(self) -> int:
        """The person whose claim it is; raises ValueError while nobody has shown whose."""
        if self.person is None:
            raise ValueError(f"nobody knows whose claim {self.id} is")
        return self.person

    @property
    def held_days(self) -> tuple[Days, ...]:
        """The days that no other claim of the person is given."""
        return joined((*self.decided_days, *self.waiting_days))

    def opened(self, person: int, relation: Relation, source: int) -> "Claim":
        """As it stands once its sender may speak of the person: what was stated to find the person is dropped."""
        return replace(
            self,
            person=person,
            source_person=source,
            id_token=None,
            name_tokens=(),
            relation=relation,
            state=ClaimState.ASSESSING,
            reason=None,
        )

    @property
    def is_forgotten(self) -> bool:
        """Whether what was stated of it went with a database, and nothing has been decided since."""
        reasons = (self.reason or "").split(", ")
        return self.reason in WITHOUT_NOTICE or (self.reported_by == RECALLED and LESS_THAN_PUBLISHED in reasons)

    @property
    def by_officer(self) -> bool:
        """Whether the organisation itself reports it."""
        return self.tenant.startswith(OFFICERS)
