"""Let a correction count: what is known of the person changes, is published, and what depends on it follows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.registration.commands.ask_of_correction import AskOfCorrection
from services.registration.commands.derive_membership import DeriveMembership, derive_membership
from services.registration.commands.review_identity import ReviewIdentity
from services.registration.commands.review_posted_lines import ReviewPostedLines
from services.registration.domain import subjects
from services.registration.domain.correction import Attribute, Correction, State, What
from services.registration.domain.errors import (
    BirthAfterDeath,
    BirthAfterEmployment,
    FactNeeded,
    FactUnknown,
    NationalIdOfAnother,
)
from services.registration.events.registration import person_registered
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.security.national_id import NationalId


@dataclass(frozen=True)
class ApplyCorrection:
    """The correction, and both officers on whose word it counts."""

    correction: UUID
    proposed_by: str
    approved_by: str


async def apply_correction(command: ApplyCorrection, uow: RegistrationUnitOfWork) -> None:
    """Let it count; raises CorrectionOver, CorrectionOfOneself, or why it cannot be so."""
    said = await uow.corrections.get(command.correction)
    said.check_decided_by(command.proposed_by, command.approved_by)
    await let_count(replace(said, proposed_by=command.proposed_by, approved_by=command.approved_by), uow)


async def let_count(said: Correction, uow: RegistrationUnitOfWork) -> Correction:
    """Of a person that the transaction holds; raises FactNeeded where nobody would know who that is any more."""
    at, counting = now(), replace(said, state=State.COUNTS)
    await _EFFECTS[said.what](counting, at, uow)
    if not await uow.person_facts.is_whole(said.person):
        raise FactNeeded()
    if said.attribute is Attribute.BORN_ON:
        await check_birth(said.person, await uow.spells.born_on(said.person, today()), uow)
    await uow.corrections.end(counting, at)
    await uow.persons.raise_revision(said.person)
    uow.publish(person_registered(await uow.persons.told(said.person, today())))
    await _follow(counting, uow)
    return counting


async def check_birth(person: int, born_on: date, uow: RegistrationUnitOfWork) -> None:
    """Raises BirthAfterEmployment, BirthAfterDeath."""
    first, died_on = await uow.person_facts.first_employed(person), await uow.persons.died_on(person)
    if first is not None and first < born_on:
        raise BirthAfterEmployment()
    if died_on is not None and died_on < born_on:
        raise BirthAfterDeath()


async def _follow(said: Correction, uow: RegistrationUnitOfWork) -> None:
    """Memberships, what was posted, who looks like whom, and what else waits of the person."""
    if said.decides_cover:
        await derive_membership(DeriveMembership(said.person), uow)
        await uow.due.at(ReviewPostedLines(said.person), now())
    if said.attribute is not Attribute.ADDRESS:
        await uow.due.at(ReviewIdentity(said.person), now())
    for waiting in await uow.corrections.waiting(said.person):
        await uow.due.at(AskOfCorrection(str(waiting)), now())


async def _add_fact(said: Correction, _at: datetime, uow: RegistrationUnitOfWork) -> None:
    await uow.person_facts.add(said)


async def _take_back(said: Correction, _at: datetime, uow: RegistrationUnitOfWork) -> None:
    if await uow.person_facts.attribute_of(said.person, int(said.about or 0)) != said.attribute:
        raise FactUnknown()
    await uow.person_facts.add(said)


async def _add_id(said: Correction, at: datetime, uow: RegistrationUnitOfWork) -> None:
    stated = NationalId.of(*said.id_stated)
    if await uow.national_ids.other_bearer(said.person, stated) is not None:
        raise NationalIdOfAnother()
    shares_digits = bool(await uow.national_ids.bearers(stated.number))
    await uow.national_ids.add(said, stated, at, shares_digits=shares_digits)
    # What was pushed about this number waits for whoever bears it.
    await uow.due.wake({subjects.registered(uow.keys.waiting.of(stated.number).hex())})


async def _withdraw_id(said: Correction, at: datetime, uow: RegistrationUnitOfWork) -> None:
    await uow.national_ids.withdraw(said.person, UUID(said.about or ""), at)


_Effect = Callable[[Correction, datetime, RegistrationUnitOfWork], Awaitable[None]]
_EFFECTS: dict[What, _Effect] = {
    What.FACT: _add_fact,
    What.RETRACTION: _take_back,
    What.NATIONAL_ID: _add_id,
    What.WITHDRAWAL: _withdraw_id,
}
