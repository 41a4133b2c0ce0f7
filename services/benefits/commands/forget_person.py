"""Let go of the accounts of a person of whom registration keeps nothing any more; what was paid stands by number."""

from dataclasses import dataclass
from datetime import timedelta

from services.benefits.domain.parties import party_of
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now

_LOOK_AGAIN = timedelta(days=1)


@dataclass(frozen=True)
class ForgetPerson:
    """The person's number."""

    person: int


async def forget_person(command: ForgetPerson, uow: BenefitsUnitOfWork) -> None:
    """Money on its way, and what was paid less than seven years ago, comes first; it looks again each day."""
    if not await uow.erased_persons.is_whole(command.person):
        return
    party = party_of(command.person)
    await uow.payees.lock(party)
    if await uow.payees.is_open_with(party):
        uow.decided("erasure_held", person=command.person, why="paid_lately")
        await uow.due.at(command, now() + _LOOK_AGAIN)
        return
    erased = await uow.payees.erase(party)
    await uow.erased_persons.forget(command.person)
    uow.decided("person_forgotten", person=command.person, accounts=erased)
