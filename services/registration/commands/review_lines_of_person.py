"""Have all looked at that lines of a person decide, where its numbers are one from now on, or are no more."""

from dataclasses import dataclass

from services.registration.commands.follow_enforcement import FollowEnforcement
from services.registration.commands.review_posted_lines import ReviewPostedLines
from services.registration.commands.review_released_lines import ReviewReleasedLines
from services.registration.domain.enforcement import ASSESSMENT
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class ReviewLinesOfPerson:
    """The person, by any number."""

    person: int


async def review_lines_of_person(command: ReviewLinesOfPerson, uow: RegistrationUnitOfWork) -> None:
    """What was posted by another birth, residence, spell or release, and what was paid of it; what was assessed of one
    number and declared of another."""
    await uow.due.at(ReviewPostedLines(command.person), now())
    await uow.due.at(ReviewReleasedLines(command.person), now())
    for assessment in await uow.assessments.confirmed_of(command.person):
        await uow.due.at(FollowEnforcement(ASSESSMENT, str(assessment)), now())
