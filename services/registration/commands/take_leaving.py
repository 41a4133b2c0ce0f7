"""An employer pushes that somebody left: end the spell, or leave its end to an officer (decision 41)."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.registration.commands.end_spell import EndSpell, end_spell
from services.registration.commands.take_hire import KNOWN_ALREADY, REFUSED, REFUSED_MESSAGE
from services.registration.domain import subjects
from services.registration.domain.employer import tenant_of
from services.registration.domain.errors import PersonUnknown, SpellAlreadyEnded
from services.registration.domain.spell import Spell
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.inbound.event import Outcome, accepted, parked, refused
from shared.kernel.clock import today
from shared.security.national_id import IdKind, NationalId

NOT_STATED = "employment_not_stated"
NOT_STATED_MESSAGE = (
    "No employment of this person with you is stated yet: push employee.hired, or check number and name."
)


@dataclass(frozen=True, repr=False)
class TakeLeaving:
    """Who left, as the employer states it; `repr` would show personal data."""

    employer: int
    id_kind: IdKind
    id_number: str
    name: str
    ended_on: date

    @property
    def national_id(self) -> NationalId:
        """The person's."""
        return NationalId(self.id_kind, self.id_number)


@dataclass(frozen=True)
class DayBounds:
    """How far ahead and how far back an employer alone may end a spell, in days."""

    ahead: int
    back: int


async def take_leaving(
    command: TakeLeaving, received_on: date, bounds: DayBounds, uow: RegistrationUnitOfWork
) -> Outcome:
    """The spell and its end, or what it waits for; raises SpellAlreadyEnded, or what is wrong with the day."""
    try:
        person = await uow.persons.behind(command.national_id, command.name, today())
    except PersonUnknown:
        index = uow.keys.waiting.of(command.national_id.number).hex()
        return parked(NOT_STATED, NOT_STATED_MESSAGE, subjects.registered(index))
    spells = await uow.spells.between(command.employer, person)
    spell = next((each for each in reversed(spells) if each.started_on <= command.ended_on), None)
    if spell is not None and spell.refused:
        return refused(REFUSED, REFUSED_MESSAGE)
    if spell is None:
        return parked(NOT_STATED, NOT_STATED_MESSAGE, subjects.employed(command.employer, person))
    if spell.ended_on is not None:
        return _ended_already(spell, command.ended_on)
    latest, earliest = received_on + timedelta(days=bounds.ahead), received_on - timedelta(days=bounds.back)
    source = tenant_of(command.employer)
    ending = EndSpell(spell.id, command.ended_on, latest, source, earliest, stated_on=received_on)
    ended, waiting = await end_spell(ending, uow)
    result = {"spell": str(ended.id), "ended_on": str(command.ended_on)}
    return accepted(result, *([] if waiting is None else [waiting.reason.value]))


def _ended_already(spell: Spell, ended_on: date) -> Outcome:
    if spell.ended_on != ended_on:
        raise SpellAlreadyEnded("An officer corrects the last day of an employment that has ended.")
    return accepted({"spell": str(spell.id), "ended_on": str(ended_on)}, KNOWN_ALREADY)
