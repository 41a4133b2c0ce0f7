"""Two officers let what is stated of an employer count, or refuse it."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.registration.commands.state_of_employer import let_employer_count
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideEmployerStatement:
    """The statement, whether it counts, and both officers."""

    statement: UUID
    counts: bool
    officers: Officers


async def decide_employer_statement(command: DecideEmployerStatement, uow: RegistrationUnitOfWork) -> None:
    """Raises EmployerFactUnknown."""
    said, by = await uow.employer_facts.get(command.statement), command.officers
    said = replace(said, counts=command.counts, proposed_by=by.proposed_by, approved_by=by.approved_by)
    await uow.employer_facts.decide(said, by.at)
    if said.counts:
        await let_employer_count(await uow.employers.get(said.employer), said, uow)
