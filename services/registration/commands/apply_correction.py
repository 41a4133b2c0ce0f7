"""Let a correction count: what is known of the person changes, is published, and what depends on it follows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.registration.commands.ask_of_correction import AskOfCorrection
from services.registration.commands.derive_membership import DeriveMembership, derive_membership
from services.registration.commands.review_identity import ReviewIdentity
from services.registration.commands.review_posted_lines import ReviewPostedLines
from services.registration.domain import subjects
from services.registration.domain.correction import CONTACT, Attribute, Correction, State, What
from services.registration.domain.errors import (
    BirthAfterDeath,
    BirthAfterEmployment,
    FactNeeded,
    FactUnknown,
    NationalIdOfAnother,
)
from services.registration.events.registration import person_registered
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.security.national_id import NationalId


@dataclass(frozen=True, repr=False)
class ApplyCorrection:
    """What is stated of a person that the transaction holds, and on whose word it counts."""

    said: Correction


async def apply_correction(command: ApplyCorrection, uow: RegistrationUnitOfWork) -> Correction:
    """Let it count; raises FactNeeded where nobody would know who that is any more, or why it cannot be so."""
    said, at = command.said, now()
    counting = replace(said, state=State.COUNTS)
    meant = replace(counting, person=await uow.corrections.person_meant(said))
    for person in await _EFFECTS[said.what](meant, at, uow):
        await _tell(person, said, uow)
        await _follow(replace(meant, person=person), uow)
    await uow.corrections.end(counting, at)
    for waiting in await uow.corrections.waiting(await uow.person_merges.numbers_of(said.person)):
        await uow.due.at(AskOfCorrection(str(waiting)), now())
    return counting


async def _tell(person: int, said: Correction, uow: RegistrationUnitOfWork) -> None:
    if not await uow.person_facts.is_whole(person):
        raise FactNeeded()
    if said.attribute is Attribute.BORN_ON:
        await check_birth(person, await uow.spells.born_on(person, today()), uow)
    await uow.persons.raise_revision(person)
    uow.publish(person_registered(await uow.persons.told(person, today())))


async def check_birth(person: int, born_on: date, uow: RegistrationUnitOfWork) -> None:
    """Raises BirthAfterEmployment, BirthAfterDeath."""
    first, died_on = await uow.person_facts.first_employed(person), await uow.persons.died_on(person)
    if first is not None and first < born_on:
        raise BirthAfterEmployment()
    if died_on is not None and died_on < born_on:
        raise BirthAfterDeath()


async def _follow(said: Correction, uow: RegistrationUnitOfWork) -> None:
    """Memberships, what was posted, and who looks like whom."""
    if said.decides_cover:
        await derive_membership(DeriveMembership(said.person), uow)
        await uow.due.at(ReviewPostedLines(said.person), now())
    if said.attribute not in CONTACT:
        await uow.due.at(ReviewIdentity(said.person), now())


async def _add_fact(said: Correction, _at: datetime, uow: RegistrationUnitOfWork) -> list[int]:
    await uow.person_facts.add(said)
    return [said.person]


async def _take_back(said: Correction, _at: datetime, uow: RegistrationUnitOfWork) -> list[int]:
    """With what a merge kept of it for the number that survives."""
    if await uow.person_facts.attribute_of(said.person, int(said.about or 0)) != said.attribute:
        raise FactUnknown()
    await uow.person_facts.add(said)
    return [said.person, *await uow.person_facts.take_back_copies(said)]


async def _add_id(said: Correction, at: datetime, uow: RegistrationUnitOfWork) -> list[int]:
    stated = NationalId.of(*said.id_stated)
    if await uow.national_ids.other_bearer(said.person, stated) is not None:
        raise NationalIdOfAnother()
    shares_digits = bool(await uow.national_ids.bearers(stated.number))
    await uow.national_ids.add(said, stated, at, shares_digits=shares_digits)
    # What was pushed about this number waits for whoever bears it.
    await uow.due.wake({subjects.registered(uow.keys.waiting.of(stated.number).hex())})
    return [said.person]


async def _withdraw_id(said: Correction, at: datetime, uow: RegistrationUnitOfWork) -> list[int]:
    await uow.national_ids.withdraw(said.person, UUID(said.about or ""), at)
    return [said.person]


# Each says of which numbers it changed what is known.
_Effect = Callable[[Correction, datetime, RegistrationUnitOfWork], Awaitable[list[int]]]
_EFFECTS: dict[What, _Effect] = {
    What.FACT: _add_fact,
    What.RETRACTION: _take_back,
    What.NATIONAL_ID: _add_id,
    What.WITHDRAWAL: _withdraw_id,
}
