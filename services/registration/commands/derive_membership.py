"""Derive a person's membership again, in the transaction that changed what it rests on."""

from services.registration.commands.statements import membership_changed
from services.registration.domain.membership import SCHEME, membership
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.law.book import book


async def derive_membership(person: int, uow: RegistrationUnitOfWork) -> None:
    """Store and announce the membership if it changed; the caller holds the person."""
    day = today()
    born_on = await uow.spells.born_on(person, day)
    periods = membership(born_on, await uow.spells.employed(person), book().on(day, day))
    revision = await uow.memberships.keep(person, SCHEME, periods)
    if revision is not None:
        uow.publish(membership_changed(person, SCHEME, revision, periods))
