"""Have all claims and treatments asked again of a person whose numbers were merged or split."""

from dataclasses import dataclass

from services.claims.commands.assess_claim import AssessClaim
from services.claims.commands.settle_bills_of_person import SettleBillsOfPerson
from services.claims.domain import subjects
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class FollowPerson:
    """A number that was merged or split."""

    person: int


async def follow_person(command: FollowPerson, uow: ClaimsUnitOfWork) -> None:
    """Each claim that was stated of one of its numbers, also of one that was one with it once."""
    for claim in await uow.claims.of_numbers_once(command.person):
        await uow.due.at(AssessClaim(claim), now())
    # Bills are settled together with those of all numbers, and an accident may be noticed under another one.
    numbers = await uow.known_persons.numbers_once_of(command.person)
    await uow.due.wake({subjects.medical(number) for number in numbers})
    treated = await uow.medical_bills.treated_among(numbers)
    await uow.due.all_at([SettleBillsOfPerson(number) for number in treated], now())
