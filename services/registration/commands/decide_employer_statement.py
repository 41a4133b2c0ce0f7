"""Decide what is stated of an employer, on the word of two officers."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.state_of_employer import let_employer_count
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class DecideEmployerStatement:
    """The statement, whether it counts, and both officers."""

    statement: UUID
    counts: bool
    proposed_by: str
    approved_by: str


async def decide_employer_statement(command: DecideEmployerStatement, uow: RegistrationUnitOfWork) -> None:
    """Raises EmployerStatementOver, EmployerStatementOfOneself, EmployerFactUnknown."""
    said = await uow.employer_facts.get(command.statement)
    employer = await uow.employers.lock(said.employer)
    both = {"proposed_by": command.proposed_by, "approved_by": command.approved_by}
    said = (await uow.employer_facts.get(said.id)).decided(counts=command.counts, **both)
    await uow.employer_facts.decide(said, now())
    if said.counts:
        await let_employer_count(employer, said, uow)
