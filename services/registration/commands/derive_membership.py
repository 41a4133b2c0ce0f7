"""Derive a person's membership again, in the transaction that changed what it rests on."""

from dataclasses import dataclass

from services.registration.domain.membership import SCHEME, membership
from services.registration.events.registration import membership_changed
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.law.book import book


@dataclass(frozen=True)
class DeriveMembership:
    """The person, whom the transaction holds."""

    person: int


async def derive_membership(command: DeriveMembership, uow: RegistrationUnitOfWork) -> None:
    """Store and publish the membership if it changed."""
    person, day = command.person, today()
    born_on = await uow.spells.born_on(person, day)
    periods = membership(born_on, await uow.spells.employed(person), book().on(day, day))
    revision = await uow.memberships.keep(person, SCHEME, periods)
    if revision is not None:
        uow.publish(membership_changed(person, SCHEME, revision, periods))
