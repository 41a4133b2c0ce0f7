"""Derive a person's memberships again, in the transaction that changed what they rest on."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time

from services.registration.commands.review_released_lines import ReviewReleasedLines
from services.registration.domain import employment_insurance, skbbk
from services.registration.domain import membership as act4
from services.registration.domain.errors import PersonUnknown
from services.registration.events.registration import membership_changed
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import BUSINESS_ZONE, now, today
from shared.law.act4.skbbk.rules import known_later
from shared.law.book import LawOn, book


@dataclass(frozen=True)
class DeriveMembership:
    """The person, whom the transaction holds."""

    person: int


@dataclass(frozen=True)
class DeriveAgain:
    """The same, for a person whom nobody holds yet."""

    person: int


async def derive_membership(command: DeriveMembership, uow: RegistrationUnitOfWork) -> None:
    """Store and publish each membership that changed: of a number that was merged, the one of the survivor."""
    survivor, *merged = await uow.person_merges.numbers_of(command.person)
    if survivor != command.person:
        # Held already with the number that was named, unless they were made one while it was waited for.
        await uow.persons.lock(survivor)
    for number in merged:
        await _leave_none(number, uow)
    await _derive(survivor, uow)


async def _leave_none(person: int, uow: RegistrationUnitOfWork) -> None:
    """What a merged number was a member of is the survivor's now."""
    for scheme in (act4.SCHEME, skbbk.SCHEME, employment_insurance.SCHEME):
        revision = await uow.memberships.keep(person, scheme, (), ())
        if revision is not None:
            uow.publish(membership_changed(person, scheme, revision, (), ()))


async def _derive(person: int, uow: RegistrationUnitOfWork) -> None:
    day = today()
    law = book().on(day, day)
    standing = await uow.skbbk_statements.standing(person)
    born_on = await uow.spells.born_on(person, day)
    for scheme, days, said in (
        (act4.SCHEME, act4.membership(born_on, standing.spells, law, standing.residences), ()),
        (skbbk.SCHEME, skbbk.skbbk_membership(standing, law), standing.statements),
        (employment_insurance.SCHEME, employment_insurance.insurance_membership(born_on, standing, law), ()),
    ):
        revision = await uow.memberships.keep(person, scheme, days, said)
        if revision is not None:
            uow.publish(membership_changed(person, scheme, revision, days, said))
            if said:
                # What was paid for a month that is out, or is no more, is looked at: nobody else was ever released.
                await uow.due.at(ReviewReleasedLines(person), now())
    await _ask_again(person, law, uow)


async def derive_again(command: DeriveAgain, uow: RegistrationUnitOfWork) -> None:
    """Derive them for a person who is known: one whom a restored database forgot comes back with a spell."""
    with suppress(PersonUnknown):
        await uow.persons.lock(command.person)
        await derive_membership(DeriveMembership(command.person), uow)


async def _ask_again(person: int, law: LawOn, uow: RegistrationUnitOfWork) -> None:
    """On the next day on which more of the law is known; in production all of it is known already."""
    later = known_later(law)
    if later is not None:
        await uow.due.at(DeriveAgain(person), datetime.combine(later, time(), BUSINESS_ZONE))
