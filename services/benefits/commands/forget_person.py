"""Let go of the accounts of a person of whom registration keeps nothing any more; what was paid stands by number."""

from dataclasses import dataclass

from services.benefits.domain.parties import party_of
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.erasure_followed import BenefitsErasureFollowedV1
from shared.persistence.erased import Hold
from shared.persistence.following import Follower, Forgetting


@dataclass(frozen=True)
class ForgetPerson(Forgetting):
    """Of benefits."""


FOLLOWER = Follower(BenefitsErasureFollowedV1, ForgetPerson)


async def forget_person(command: ForgetPerson, uow: BenefitsUnitOfWork) -> None:
    """What is owed, money on its way, and what was paid less than seven years ago, comes first; it is looked at again
    each day."""
    if not await uow.erased_persons.is_whole(command.person):
        return
    party = party_of(command.person)
    await uow.payees.lock(party)
    hold = await _let_go(party, uow)
    await FOLLOWER.follow(command, hold, uow)


async def _let_go(party: str, uow: BenefitsUnitOfWork) -> Hold | None:
    """What comes first; None: nothing is kept any more."""
    hold = await uow.payees.open_with(party)
    if hold is not None:
        return hold
    erased = await uow.payees.erase(party)
    if erased:
        uow.decided("accounts_erased", party=party, accounts=erased)
    return await uow.payees.receives_for_another(party)
