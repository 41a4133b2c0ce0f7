"""Start a spell of employment (Act 4 s.5)."""

from dataclasses import dataclass
from datetime import date

from services.registration.commands.confirm_spell import leave_to_confirm
from services.registration.commands.derive_membership import DeriveMembership, derive_membership
from services.registration.domain.spell import Spell, check_start
from services.registration.events.registration import spell_started
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.security.national_id import NationalId


@dataclass(frozen=True)
class StartSpell:
    """`latest` is the last day on which a spell may start; `source` is the party that says so.

    `national_id` proves that the party knows the person; only officers need no proof.
    """

    person: int
    employer: int
    started_on: date
    latest: date
    source: str
    national_id: NationalId | None = None


async def start_spell(command: StartSpell, uow: RegistrationUnitOfWork) -> Spell:
    """The new spell; raises EmployerUnknown, PersonUnknown, SpellOverlaps, or what is wrong with the day."""
    await uow.employers.get(command.employer)
    # Before anything else about the person: a wrong proof and an unknown person take the same way out.
    if command.national_id is not None:
        await uow.persons.prove(command.person, command.national_id)
    await uow.spells.let_see(command.employer, command.person)
    await uow.persons.lock(command.person)
    check_start(command.started_on, await uow.spells.born_on(command.person, today()), command.latest)
    is_first = not await uow.spells.has_any(command.person, command.employer)
    spell = await uow.spells.start(command.person, command.employer, command.started_on, command.source)
    uow.publish(spell_started(spell))
    # A file takes only lines of people with a spell: none can have come before their first one with the employer.
    if not is_first:
        await leave_to_confirm(spell, uow)
    await derive_membership(DeriveMembership(command.person), uow)
    return spell
