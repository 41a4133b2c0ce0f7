"""Look at the posted lines of a person whose birth or residence is known otherwise than when they were posted."""

from contextlib import suppress
from dataclasses import dataclass

from services.registration.domain.errors import PersonErased
from services.registration.domain.line_difference import difference
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class ReviewPostedLines:
    """The person, by any number."""

    person: int


async def review_posted_lines(command: ReviewPostedLines, uow: RegistrationUnitOfWork) -> None:
    """Keep of which lines of any number something else is due by now: whoever sends the month again settles it.

    Of whom nothing is kept nothing is due otherwise.
    """
    with suppress(PersonErased):
        await uow.persons.lock(command.person)
        await _review(command.person, uow)


async def _review(person: int, uow: RegistrationUnitOfWork) -> None:
    for number in await uow.person_merges.numbers_of(person):
        posted = await uow.line_differences.posted(number, now())
        found = [each for each in map(difference, posted) if each is not None]
        await uow.line_differences.keep(number, found, now())
        uow.decided("lines_differ", person=number, lines=len(found))
