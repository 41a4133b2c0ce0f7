"""Issue the social security number of a foreign worker."""

from dataclasses import dataclass

from services.registration.domain.correction import Attribute, Correction, Days, Reason, State, StatedBy, What
from services.registration.domain.errors import SsfwIssuedAlready, SsfwOfForeignWorkers
from services.registration.domain.ssfw import ssfw_number
from services.registration.events.registration import person_registered
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.contracts.registration import Residence
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id
from shared.security.national_id import IdKind, NationalId


@dataclass(frozen=True)
class IssueSsfwNumber:
    """To whom, on whose request."""

    person: int
    by: StatedBy
    looker: Viewer


async def issue_ssfw_number(command: IssueSsfwNumber, uow: RegistrationUnitOfWork) -> None:
    """Give the next number; raises PersonUnknown, SsfwOfForeignWorkers, SsfwIssuedAlready."""
    person = command.person
    await uow.persons.see(person, command.looker)
    await uow.persons.lock(person)
    known = await uow.persons.get(person, command.looker, today())
    if known.residence != Residence.FOREIGN_WORKER:
        raise SsfwOfForeignWorkers()
    if await uow.national_ids.ssfw(person) is not None:
        raise SsfwIssuedAlready()
    number = NationalId(IdKind.SSFW, ssfw_number(await uow.national_ids.next_ssfw()))
    head = (new_id(), person, What.NATIONAL_ID, Attribute.NATIONAL_ID, Days(), None, None, Reason.ISSUED, None)
    await uow.national_ids.add(Correction(*head, command.by, State.COUNTS), number, now(), shares_digits=False)
    await uow.persons.raise_revision(person)
    uow.publish(person_registered(await uow.persons.told(person, today())))
