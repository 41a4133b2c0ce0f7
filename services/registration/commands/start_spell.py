"""Start a spell of employment (Act 4 s.5)."""

from dataclasses import dataclass, replace
from datetime import date

from services.registration.commands.ask_about_pass import ask_about_known_pass
from services.registration.commands.confirm_spell import leave_to_confirm
from services.registration.commands.derive_membership import DeriveMembership, derive_membership
from services.registration.commands.let_ends_wait import let_end_of_stated_wait
from services.registration.commands.state_of_employer import let_end_wait
from services.registration.domain import subjects
from services.registration.domain.employer import Employer
from services.registration.domain.errors import EmployerHasEnded, PersonUnknown, SpellNamesNobody
from services.registration.domain.spell import Spell, Word, check_start
from services.registration.domain.work import NOT_STATED, Work
from services.registration.events.registration import spell_as_it_stands
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id
from shared.security.national_id import NationalId


@dataclass(frozen=True, repr=False)
class StartSpell:
    """`latest` is the last day on which a spell may start; `source` is the party that says so.

    `national_id` proves that the party knows the person; only officers need no proof. With the `name` it says who the
    person is, so that whoever knows both needs no number. `officer`: who of the organisation states it, whose word
    verifies it; None where an employer does. `stated_on` is the business day on which it was stated where that is not
    today.
    """

    person: int | None
    employer: int
    started_on: date
    latest: date
    source: str
    national_id: NationalId | None = None
    name: str | None = None
    officer: str | None = None
    stated_on: date | None = None
    work: Work = NOT_STATED

    @property
    def word(self) -> Word | None:
        """What the party's statement says of itself."""
        return None if self.officer is None else Word(granted=True, at=now(), source=self.source, officer=self.officer)


async def start_spell(command: StartSpell, uow: RegistrationUnitOfWork) -> Spell:
    """The new spell; raises EmployerUnknown, EmployerHasEnded, PersonUnknown, SpellOverlaps, or what is amiss."""
    employer = await uow.employers.hold(command.employer)
    # Before anything else about the person: a wrong proof and an unknown person take the same way out.
    person = await _whom(command, uow)
    await uow.spells.let_see(command.employer, person)
    await uow.persons.lock(person)
    await _check(command, person, employer, uow)
    is_first = not await uow.spells.has_any(person, command.employer)
    word, stated_on = command.word, command.stated_on or today()
    stated = Spell(new_id(), person, command.employer, 1, command.started_on, stated_on=stated_on, work=command.work)
    stated = replace(stated, verified=word is not None)
    spell = await uow.spells.start(stated, command.source, word)
    await let_end_of_stated_wait(spell, await uow.persons.stated_ends([person]), uow)
    await let_end_wait(employer, spell, uow)
    uow.publish(spell_as_it_stands(spell))
    # A file takes only lines of people with a spell: none can have come before their first one with the employer,
    # except for a spell that was forgotten with the database.
    if spell.confirmed is None and (not is_first or spell.revision > 1):
        await leave_to_confirm(spell, uow)
    await derive_membership(DeriveMembership(person), uow)
    await ask_about_known_pass(person, uow)
    # What the employer pushed of the person before waits for it.
    await uow.due.wake({subjects.employed(command.employer, person)})
    return spell


async def _check(command: StartSpell, person: int, employer: Employer, uow: RegistrationUnitOfWork) -> None:
    check_start(command.started_on, await uow.spells.born_on(person, today()), command.latest)
    if not employer.employs_on(command.started_on):
        raise EmployerHasEnded()


async def _whom(command: StartSpell, uow: RegistrationUnitOfWork) -> int:
    """The person that is meant; raises SpellNamesNobody or PersonUnknown."""
    person = command.person
    if command.national_id is not None and command.name is not None:
        behind = await uow.persons.behind(command.national_id, command.name, today())
        if person not in (None, behind):
            raise PersonUnknown()
        return behind
    if person is None:
        raise SpellNamesNobody()
    if command.national_id is not None:
        await uow.persons.prove(person, command.national_id)
    return person
