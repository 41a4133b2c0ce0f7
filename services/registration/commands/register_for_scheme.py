"""Register a person for a scheme that people join of themselves (Act 789 s.11; Act 838 s.14)."""

from dataclasses import dataclass
from datetime import date

from services.registration.commands.state_scheme_cover import StateSchemeCover, state_scheme_cover
from services.registration.domain.errors import PersonErased, PersonUnknown, RegistrationNamesNobody
from services.registration.domain.scheme_registration import (
    Choice,
    SchemeRegistration,
    check_choice,
    check_days,
    check_joining,
    check_registrar,
    registration_id,
)
from services.registration.domain.schemes import scheme_of
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.law.book import LawOn, book
from shared.security.national_id import NationalId


@dataclass(frozen=True, repr=False)
class RegisterForScheme:
    """Whom, for what, since when, and the party that says so; `repr` would show a name.

    `person` is for officers and the person itself; anybody else proves by national id and name that it knows the
    person. `first_on` None: today, or as it was stated before.
    """

    choice: Choice
    tenant: str
    officer: str | None = None
    person: int | None = None
    national_id: NationalId | None = None
    name: str | None = None
    first_on: date | None = None

    @property
    def is_of_oneself(self) -> bool:
        """Whether a person speaks of itself."""
        return self.tenant.startswith("person:") and self.national_id is None


async def register_for_scheme(command: RegisterForScheme, uow: RegistrationUnitOfWork) -> SchemeRegistration:
    """The registration as it stands; the same again changes nothing, and another class counts from the next payment.

    Raises SchemeUnknown, RegistrarNotAllowed, what is wrong with the choice or the days, RegistrationNamesNobody,
    PersonUnknown, PersonErased, MayNotJoin.
    """
    law, scheme = book().on(today(), today()), scheme_of(command.choice.scheme)
    kind, is_officer = command.tenant.partition(":")[0], command.officer is not None
    check_registrar(scheme, kind, is_person=command.is_of_oneself, is_officer=is_officer)
    check_choice(scheme, command.choice, law)
    check_days(command.first_on or today(), None, today())
    person = await _whom(command, uow)
    if person not in await uow.scheme_registrations.hold([person]):
        raise PersonErased() if command.is_of_oneself or is_officer else PersonUnknown()
    await _check_joining(person, command, law, uow)
    return await _state(person, command, uow)


async def _whom(command: RegisterForScheme, uow: RegistrationUnitOfWork) -> int:
    """The person that is meant; raises RegistrationNamesNobody or PersonUnknown, alike of who is not registered."""
    if command.national_id is not None and command.name is not None:
        behind = await uow.persons.behind(command.national_id, command.name, today())
        if command.person not in (None, behind):
            raise PersonUnknown()
        return behind
    if command.is_of_oneself:
        own = int(command.tenant.partition(":")[2])
        if command.person is not None and command.person not in await uow.person_merges.numbers_of(own):
            raise PersonUnknown()
        return command.person or own
    if command.person is None or command.officer is None:
        raise RegistrationNamesNobody()
    return command.person


async def _check_joining(person: int, command: RegisterForScheme, law: LawOn, uow: RegistrationUnitOfWork) -> None:
    scheme, day = scheme_of(command.choice.scheme), law.in_force
    check_joining(scheme, await uow.scheme_registrations.joining(person, scheme.code, day), day, law)


async def _state(person: int, command: RegisterForScheme, uow: RegistrationUnitOfWork) -> SchemeRegistration:
    id_ = registration_id(person, command.choice, command.tenant)
    stands = (await uow.scheme_registrations.named([id_])).get(id_, [])[-1:]
    before = stands[0].first_on if stands and stands[0].last_on is None else today()
    first_on = command.first_on or before
    said = SchemeRegistration(id_, person, command.tenant, command.choice, first_on, None, now(), command.officer)
    if stands and stands[0].says_the_same(said):
        return stands[0]
    await uow.scheme_registrations.add(said)
    await state_scheme_cover(StateSchemeCover(person, said.choice.scheme, said.choice.activity), uow)
    return said
