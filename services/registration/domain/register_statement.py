"""What public registers push: a death, a marriage, a birth, the end of a company or of a pass."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.registration.domain.errors import RegisterStatementNotOfRegister
from services.registration.domain.relation import Named, Relation, RelationKind, canonical
from shared.kernel.identifiers import derived_id

# How long a statement waits for somebody whom it names to be registered (assumed; no source says).
WAITS = timedelta(days=2 * 365)


class Register(StrEnum):
    """A public register that is a party of its own."""

    NATIONAL_REGISTRATION = "national_registration"
    COMPANIES = "companies"
    IMMIGRATION = "immigration"


class RegisterKind(StrEnum):
    """What a register states."""

    PERSON_DIED = "person_died"
    PERSON_ALIVE = "person_alive"
    MARRIAGE = "marriage"
    BIRTH = "birth"
    COMPANY_ENDED = "company_ended"
    PASS_ENDED = "pass_ended"  # noqa: S105 - a foreign worker's pass


STATES = {
    Register.NATIONAL_REGISTRATION: frozenset(
        {RegisterKind.PERSON_DIED, RegisterKind.PERSON_ALIVE, RegisterKind.MARRIAGE, RegisterKind.BIRTH}
    ),
    Register.COMPANIES: frozenset({RegisterKind.COMPANY_ENDED}),
    Register.IMMIGRATION: frozenset({RegisterKind.PASS_ENDED}),
}


class RegisterStatementState(StrEnum):
    """How far a statement has come."""

    RECEIVED = "received"
    APPLIED = "applied"
    WAITING = "waiting"
    PARKED = "parked"
    DISMISSED = "dismissed"


class ParkedFor(StrEnum):
    """Why a statement counts for nothing: until somebody whom it names is registered, or two officers have looked."""

    NOBODY = "matches_nobody"
    SEVERAL = "matches_several"
    NAME_DIFFERS = "name_differs"
    CONTRADICTS = "contradicts_what_is_known"


@dataclass(frozen=True, slots=True, repr=False)
class Bearer:
    """A human being as a register names it."""

    kind: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class RegisterStatement:
    """A statement as it was sent, and what became of it; `persons` are those it was found to be about, by bearer.

    Of one that names somebody who was erased its id is known, and what it says of others who are registered.
    """

    tenant: str
    reference: str = field(repr=False)
    kind: RegisterKind
    day: date | None
    bearers: tuple[Bearer, ...]
    received_at: datetime
    child: Named | None = field(default=None, repr=False)
    company: str | None = None
    state: RegisterStatementState = RegisterStatementState.RECEIVED
    reason: ParkedFor | None = None
    persons: tuple[int | None, ...] = ()
    # Who found by hand whom it is about, and who let it count.
    officers: tuple[str, str] | None = None
    erased_id: UUID | None = None

    @property
    def id(self) -> UUID:
        """The same wherever and whenever the register states it."""
        return self.erased_id or derived_id("register statement", self.tenant, self.reference)

    @property
    def is_erased(self) -> bool:
        """Whether somebody whom it named was erased since."""
        return self.erased_id is not None

    @property
    def names(self) -> list[str]:
        """Whom it names, in its order; a child last."""
        child = [] if self.child is None or self.child.name is None else [self.child.name]
        return [*(each.name for each in self.bearers), *child]

    def says_the_same(self, other: "RegisterStatement") -> bool:
        """Whether another one of this reference says nothing else, as far as what this one says is kept."""
        if (self.kind, self.day, self.company) != (other.kind, other.day, other.company):
            return False
        return self.is_erased or _texts(self) == _texts(other)

    @property
    def waits_until(self) -> datetime:
        """How long it waits for somebody to be registered."""
        return self.received_at + WAITS

    def settled(self, persons: Sequence[int | None], reason: ParkedFor | None, at: datetime) -> "RegisterStatement":
        """As it stands once it was looked at: who is not registered is waited for, without any officer."""
        state = RegisterStatementState.APPLIED if reason is None else RegisterStatementState.PARKED
        if reason is ParkedFor.NOBODY:
            is_over = at >= self.waits_until
            state = RegisterStatementState.DISMISSED if is_over else RegisterStatementState.WAITING
        return replace(self, persons=tuple(persons), reason=reason, state=state)


def check_register(register: Register | None, kind: RegisterKind) -> None:
    """Raises RegisterStatementNotOfRegister for a party that is no register, or that another one's statement comes
    from."""
    if register is None or kind not in STATES[register]:
        raise RegisterStatementNotOfRegister()


def relations_of(statement: RegisterStatement, ids: Sequence[UUID]) -> list[Relation]:
    """The family relations that a marriage or a birth states, of whoever of them is registered."""
    if statement.day is None:
        return []
    people = list(zip(statement.persons, statement.bearers, strict=True))
    if statement.kind is RegisterKind.BIRTH:
        # Who is named twice is one parent.
        parents = list(dict.fromkeys(person for person, _ in people if person is not None))
        return [
            Relation(id_, parent, None, RelationKind.CHILD, statement.day, None, named=statement.child)
            for id_, parent in zip(ids, parents, strict=False)
        ]
    (one, of_one), (other, of_other) = people
    if one is None:
        one, other, of_other = other, None, of_one
    if one is None:
        return []
    named = Named(of_other.name, None) if other is None else None
    return [canonical(Relation(ids[0], one, other, RelationKind.SPOUSE, statement.day, None, named=named))]


def facts_of_statement(statement: RegisterStatement) -> dict[str, str | int]:
    """What officers look at: codes, days and numbers; who it names they read in the statement itself."""
    found = [person for person in statement.persons if person is not None]
    facts: dict[str, str | int] = {"kind": statement.kind.value, "register": statement.tenant, "people": len(found)}
    if statement.day is not None:
        facts["day"] = statement.day.isoformat()
    return facts | {f"person_{place}": person for place, person in enumerate(found, start=1)}


def _texts(statement: RegisterStatement) -> tuple[object, ...]:
    child = None if statement.child is None else (statement.child.name, statement.child.born_on)
    return (child, *((each.kind, each.number, each.name) for each in statement.bearers))
