"""Read cover: on a day, as known now or at an instant."""

from datetime import date, datetime, timedelta

from services.registration.domain.cover import Cover, cover_on
from services.registration.domain.errors import KnownAtTooLate
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import business_day, now
from shared.law.book import book

# Longer than a transaction that states a fact lives: the order of stamps is not that of commits.
SETTLED_AFTER = timedelta(minutes=1)


def must_be_settled(known_at: datetime | None) -> None:
    """Raises KnownAtTooLate of an instant by which not all that was stated is committed."""
    if known_at is not None and known_at > now() - SETTLED_AFTER:
        raise KnownAtTooLate()


async def find_cover(
    person: int, day: date, known_at: datetime | None, looker: Viewer, uow: RegistrationUnitOfWork
) -> Cover:
    """A person's cover; raises PersonUnknown, PersonErased, KnownAtTooLate. An employer is told of its own spells."""
    must_be_settled(known_at)
    known = await uow.cover.known(person, day, known_at, looker)
    if known.born_on is None:
        # Nothing is known by then, or nothing is kept any more.
        await uow.persons.see(person, looker)
    return cover_on(day, known, book().on(day, business_day(known_at or now())))
