"""Read persons, as the looker may see them."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime

from services.registration.domain.errors import PersonUnknown
from services.registration.domain.person import Person
from services.registration.queries.person_merges import find_survivor
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today


async def find_person(
    number: int, looker: Viewer, at: date | None, known_at: datetime | None, uow: RegistrationUnitOfWork
) -> Person:
    """A person on a day, today where none is named, as known now or by an instant; raises PersonUnknown.

    Whatever is asked, an employer is told the name that is borne, and none of before. A number that was merged by then
    is answered with what is known of the one that survives; whoever does not see that one since a split, with its own.
    """
    survivor = await find_survivor(number, known_at, uow)
    if survivor != number and known_at is not None:
        await uow.persons.see(number, looker)
        survivor = survivor if await _sees(survivor, looker, uow) else number
    found = await _of_number(survivor, looker, at or today(), known_at, uow)
    return found if survivor == number else replace(found, number=number, merged_into=survivor)


async def _sees(number: int, looker: Viewer, uow: RegistrationUnitOfWork) -> bool:
    with suppress(PersonUnknown):
        await uow.persons.see(number, looker)
        return True
    return False


async def _of_number(
    number: int, looker: Viewer, day: date, known_at: datetime | None, uow: RegistrationUnitOfWork
) -> Person:
    if known_at is None:
        found = await uow.persons.get(number, looker, day)
    else:
        found = await uow.persons.as_known(number, looker, day, known_at)
    if looker.employer is None:
        return found
    return replace(found, name=(await uow.persons.get(number, looker, today())).name)


async def list_persons(after: int, limit: int, looker: Viewer, uow: RegistrationUnitOfWork) -> list[Person]:
    """Persons by number, after one."""
    return await uow.persons.page(after, limit, looker, today())
