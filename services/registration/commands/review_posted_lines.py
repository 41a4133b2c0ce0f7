"""Look at the posted lines of a person whose birth or residence is known otherwise than when they were posted."""

from dataclasses import dataclass

from services.registration.domain.line_difference import difference
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class ReviewPostedLines:
    """The person."""

    person: int


async def review_posted_lines(command: ReviewPostedLines, uow: RegistrationUnitOfWork) -> None:
    """Keep of which lines something else is due by now: whoever sends the month again settles it."""
    await uow.persons.lock(command.person)
    posted = await uow.line_differences.posted(command.person, now())
    found = [each for each in map(difference, posted) if each is not None]
    await uow.line_differences.keep(command.person, found, now())
    uow.decided("lines_differ", person=command.person, lines=len(found))
