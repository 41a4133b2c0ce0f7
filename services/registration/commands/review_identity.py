"""Look at who a person is: whether somebody else looks like the same, and whether birth and MyKad agree."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from services.registration.commands.ask_of_correction import AskOfCorrection, ask_of_correction
from services.registration.commands.ask_of_erasure import AskOfErasure
from services.registration.commands.review_duplicate import ReviewDuplicate, review_duplicate
from services.registration.domain.correction import (
    REGISTRATION,
    Attribute,
    Correction,
    Days,
    Reason,
    StatedBy,
    What,
    birth_by_id,
)
from services.registration.domain.duplicate import DuplicateReason
from services.registration.domain.erasure import Erasure, ErasureReason
from services.registration.domain.errors import PersonErased
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import derived_id
from shared.security.national_id import IdKind

# Whoever has more people of one name and one day of birth looks at the first of them first.
_MOST_ALIKE = 20


@dataclass(frozen=True)
class ReviewIdentity:
    """The person."""

    person: int


async def review_identity(command: ReviewIdentity, uow: RegistrationUnitOfWork) -> None:
    """Ask officers about each pair that looks like one, and of a birth that is not the one in the id: it stands.

    Whoever is erased by then looks like nobody.
    """
    with suppress(PersonErased):
        await uow.persons.lock(command.person)
        await _review(command.person, uow)


async def _review(person: int, uow: RegistrationUnitOfWork) -> None:
    if await uow.erasures.is_registered_again(person):
        await _ask_of_erasure(person, uow)
    for other in await uow.duplicates.like(person, _MOST_ALIKE):
        await review_duplicate(ReviewDuplicate(person, other, DuplicateReason.SAME_NAME_AND_BIRTH), uow)
    if await uow.person_facts.is_birth_decided(person):
        return
    born_on = await uow.spells.born_on(person, today())
    for number in await uow.national_ids.mykads(person):
        told = birth_by_id(IdKind.MYKAD, number, born_on)
        if told is not None:
            await _ask(person, born_on, told, uow)


async def _ask_of_erasure(person: int, uow: RegistrationUnitOfWork) -> None:
    """Of who was erased before a restore, and is sent again after it: nobody knows whether it has come back."""
    why = (REGISTRATION, None, ErasureReason.REGISTERED_BY_MISTAKE, None)
    numbers = await uow.person_merges.numbers_of(person)
    said = Erasure(derived_id("erased_before", person), person, *why, stated_at=now(), numbers=numbers)
    await uow.erasures.state(said)
    await uow.due.at(AskOfErasure(str(said.id)), now())
    uow.decided("registered_who_was_erased", person=person, erasure=str(said.id))


async def _ask(person: int, born_on: date, told: date, uow: RegistrationUnitOfWork) -> None:
    """Once for a birth: what was refused is not asked again."""
    said = Correction(
        id=derived_id(Reason.BIRTH_DIFFERS_FROM_ID, person, born_on),
        person=person,
        what=What.FACT,
        attribute=Attribute.BORN_ON,
        days=Days(),
        value=told.isoformat(),
        about=None,
        reason=Reason.BIRTH_DIFFERS_FROM_ID,
        evidence=None,
        by=StatedBy(REGISTRATION, now()),
    )
    if await uow.corrections.add(said):
        await ask_of_correction(AskOfCorrection(str(said.id)), uow)
