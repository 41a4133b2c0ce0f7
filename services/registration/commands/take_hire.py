"""An employer pushes that it hired somebody: register the person where nobody is, and start the spell."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.registration.commands.register_person import RegisterPerson, register_person
from services.registration.commands.start_spell import StartSpell, start_spell
from services.registration.domain.employer import tenant_of
from services.registration.domain.errors import (
    NationalIdOfAnotherKind,
    NationalIdRegistered,
    PersonUnclear,
    PersonUnknown,
)
from services.registration.domain.spell import Spell
from services.registration.domain.work import NOT_STATED, KindOfWork, Work
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.contracts.registration import Residence
from shared.inbound.event import Outcome, accepted, refused
from shared.kernel.clock import today
from shared.kernel.identifiers import person_id
from shared.kernel.money import Sen
from shared.security.national_id import IdKind, NationalId

KNOWN_ALREADY, BIRTH_DIFFERS = "known_already", "born_on_differs"
# The spell is known with another kind of work: a correction of the spell states it otherwise.
WORK_DIFFERS = "kind_of_work_differs"
REFUSED = "employment_refused"
REFUSED_MESSAGE = "An officer found that this employment did not begin as it was stated: an officer takes it up again."
# A public register states that the person died before the day: it is taken, and cover is doubted.
AFTER_DEATH = "after_death"


@dataclass(frozen=True, repr=False)
class TakeHire:
    """Who was hired, as the employer states it; `repr` would show personal data."""

    employer: int
    id_kind: IdKind
    id_number: str
    name: str
    born_on: date
    residence: Residence
    address: str | None
    started_on: date
    kind_of_work: KindOfWork | None = None
    spouse_of_employer: bool = False
    allowance_sen: Sen | None = None

    @property
    def work(self) -> Work:
        """How the person works for the employer, as far as it says so."""
        return Work(self.kind_of_work, self.spouse_of_employer, self.allowance_sen)

    @property
    def national_id(self) -> NationalId:
        """The person's."""
        return NationalId(self.id_kind, self.id_number)


async def take_hire(command: TakeHire, received_on: date, days_ahead: int, uow: RegistrationUnitOfWork) -> Outcome:
    """The person's number and the spell; raises PersonUnclear, SpellOverlaps, or what is wrong with a day."""
    person, is_new = await _person(command, uow)
    spells = await uow.spells.between(command.employer, person)
    known = next((each for each in spells if each.started_on == command.started_on), None)
    if known is not None:
        return refused(REFUSED, REFUSED_MESSAGE) if known.refused else _known_already(command, known)
    latest = received_on + timedelta(days=days_ahead)
    stated = StartSpell(
        person,
        command.employer,
        command.started_on,
        latest,
        tenant_of(command.employer),
        command.national_id,
        command.name,
        stated_on=received_on,
        work=command.work,
    )
    spell = await start_spell(stated, uow)
    result = {"person": person_id(person), "spell": str(spell.id), "started_on": str(spell.started_on)}
    differs = not is_new and await uow.spells.born_on(person, today()) != command.born_on
    died_on = await uow.persons.died_on(person)
    is_late = died_on is not None and died_on < command.started_on
    return accepted(result, *([BIRTH_DIFFERS] if differs else ()), *([AFTER_DEATH] if is_late else ()))


def _known_already(command: TakeHire, known: Spell) -> Outcome:
    says_otherwise = command.work not in (NOT_STATED, known.work)
    warned = (KNOWN_ALREADY, *([WORK_DIFFERS] if says_otherwise else ()))
    return accepted({"person": person_id(known.person), "spell": str(known.id)}, *warned)


async def _person(command: TakeHire, uow: RegistrationUnitOfWork) -> tuple[int, bool]:
    """Who bears this national id and name, and whether nobody did until now."""
    await uow.employers.get(command.employer)
    try:
        return await uow.persons.behind(command.national_id, command.name, today()), False
    except PersonUnknown:
        source = tenant_of(command.employer)
    facts = (command.born_on, command.residence, command.address)
    try:
        return await register_person(RegisterPerson(command.name, command.national_id, *facts, source), uow), True
    except (NationalIdRegistered, NationalIdOfAnotherKind):
        raise PersonUnclear() from None
