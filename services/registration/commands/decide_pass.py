"""Decide about a foreign worker's pass, on the word of two officers: it was renewed, or it is over."""

from dataclasses import dataclass

from services.registration.domain.errors import PassNotEnded
from services.registration.domain.pass_renewal import PassRenewal
from services.registration.domain.spell import EndCause, WaitingEnd, WaitReason
from services.registration.events.registration import person_registered
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecidePass:
    """The person, the new pass's document where it was renewed, and both officers."""

    person: int
    renewal: str | None
    officers: Officers


async def decide_pass(command: DecidePass, uow: RegistrationUnitOfWork) -> None:
    """A renewed pass has no end that is known; over, each employment has an end that waits. Raises PassNotEnded."""
    person, by = command.person, command.officers
    await uow.persons.lock(person)
    survivor, *_ = numbers = await uow.person_merges.numbers_of(person)
    known = await uow.persons.foreign_pass(person)
    # Of a number that was merged since two officers are asked again, under the one that survives.
    if known is None or survivor != person:
        raise PassNotEnded()
    if command.renewal is not None:
        await uow.persons.renew_pass(PassRenewal(person, command.renewal, by.tenant, *by.both))
        await uow.persons.raise_revision(person)
        uow.publish(person_registered(await uow.persons.told(person, today())))
        return
    for spell in await uow.spells.after(numbers, known.ended_on):
        ended_on = max(known.ended_on, spell.started_on)
        said = (WaitReason.DATED_BACK, now(), by.tenant, EndCause.PASS_ENDED)
        await uow.waiting_ends.keep(WaitingEnd(spell.id, spell.person, spell.employer, ended_on, *said))
