"""Topic ``registration``: who is registered, who works for whom, and what they are covered by.

Every event states its subject whole, with the revision that registration gave it; the higher revision wins.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.contracts.envelope import Event, Part, PersonEvent
from shared.contracts.topics import REGISTRATION


class Residence(StrEnum):
    """The standing that decides which schemes a person can be a member of (Act 4 s.2; Act 800 First Schedule)."""

    CITIZEN = "citizen"
    PERMANENT_RESIDENT = "permanent_resident"
    FOREIGN_WORKER = "foreign_worker"


class PersonRegisteredV1(PersonEvent):
    """A person was registered, or what is known of the person changed.

    ``id_tokens`` are keyed hashes of the person's national ids: another service that is handed a national id by a
    partner hashes it the same way, matches it here, and drops it. ``name_tokens`` are keyed hashes of the ways in which
    the person's name may be read, matched in the same way by ``shared.security.names``; absent from events of before
    there were any.
    """

    topic = REGISTRATION
    name: ClassVar[str] = "person.registered"

    revision: int
    id_tokens: tuple[str, ...]
    born_on: date
    residence: Residence
    registered_at: datetime
    name_tokens: tuple[str, ...] = ()


class EmployerRegisteredV1(Event):
    """An employer was registered (Act 4 s.4)."""

    topic = REGISTRATION
    name: ClassVar[str] = "employer.registered"

    employer: int
    revision: int
    registered_at: datetime

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("employer", str(self.employer))

    @property
    def key(self) -> str:
        return f"employer:{self.employer}"


class SpellEvent(PersonEvent):
    """What every event about an employment spell states: the whole spell."""

    topic = REGISTRATION

    spell: UUID
    employer: int
    revision: int
    started_on: date
    ended_on: date | None = None
    confirmed_month: str | None = None


class SpellStartedV1(SpellEvent):
    """A spell of employment under a contract of service began (Act 4 s.5)."""

    name: ClassVar[str] = "spell.started"


class SpellEndedV1(SpellEvent):
    """A spell of employment ended; ``ended_on`` is its last day."""

    name: ClassVar[str] = "spell.ended"

    ended_on: date


class SpellConfirmedV1(SpellEvent):
    """The first contribution of a spell arrived: the proof that the employment is real.

    ``confirmed_month`` is the wage month (``YYYY-MM``), ``wage_sen`` the wage declared for it.
    """

    name: ClassVar[str] = "spell.confirmed"

    confirmed_month: str
    wage_sen: int


class MembershipPeriodV1(Part):
    """Days in one category; ``last`` is absent while the membership goes on."""

    category: str
    first: date
    last: date | None = None


class MembershipChangedV1(PersonEvent):
    """A person's whole membership of a scheme: in which category and on which days (Act 4 s.6).

    Derived by registration from birth, residence and spells; ``revision`` counts per person and scheme.
    """

    topic = REGISTRATION
    name: ClassVar[str] = "membership.changed"

    scheme: str
    revision: int
    periods: tuple[MembershipPeriodV1, ...]
