"""Register an employer (Act 4 s.4)."""

from dataclasses import dataclass

from services.registration.commands.state_of_employer import follow_register
from services.registration.domain.employer import Employer
from services.registration.events.registration import employer_registered
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class RegisterEmployer:
    """`code` is the organisation's own, `mycoid` the number of the companies' register."""

    name: str
    code: str
    mycoid: str | None


async def register_employer(command: RegisterEmployer, uow: RegistrationUnitOfWork) -> Employer:
    """The new employer; raises EmployerCodeRegistered, CompanyNumberRegistered."""
    employer = await uow.employers.register(command.code, command.name, command.mycoid, now())
    uow.publish(employer_registered(employer))
    return employer if command.mycoid is None else await follow_register(employer, command.mycoid, uow)
