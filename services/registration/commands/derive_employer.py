"""Let what was stated of an employer from a later day, or up to one, take effect on its day."""

from services.registration.commands.state_of_employer import DeriveEmployer, derive_on_next_day, follow_register
from services.registration.events.registration import employer_registered
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today


async def derive_employer(command: DeriveEmployer, uow: RegistrationUnitOfWork) -> None:
    """Derive what holds today, publish it, and come back on the next such day."""
    known = await uow.employers.lock(command.employer)
    await uow.employer_facts.derive(known.number, today())
    stands = await uow.employers.get(known.number)
    uow.publish(employer_registered(stands))
    if stands.mycoid is not None and stands.mycoid != known.mycoid:
        await follow_register(stands, stands.mycoid, uow)
    await derive_on_next_day(known.number, uow)
