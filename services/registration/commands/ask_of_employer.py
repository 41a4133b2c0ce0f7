"""Ask two officers whether what is stated of an employer counts."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.domain import queues, subjects
from services.registration.domain.employer_fact import EmployerAttribute, EmployerStatement, EmployerWait
from services.registration.domain.errors import EmployerStatementOfOneself, EmployerStatementOver
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.opening import ask
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class AskOfEmployer:
    """The statement's id."""

    statement: str


async def ask_of_employer(command: AskOfEmployer, uow: RegistrationUnitOfWork) -> None:
    """Open its task; one that was decided is left."""
    about = subjects.employer_statement(UUID(command.statement))
    await ask(queues.EMPLOYER_STATEMENT, about, await state_of_employer_statement(about, uow), uow)


async def state_of_employer_statement(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of a statement, whose employer is locked: the revision is the employer's."""
    said = await uow.employer_facts.get(subjects.statement_of_employer(subject))
    employer = await uow.employers.lock(said.employer)
    said = await uow.employer_facts.get(said.id)
    return SubjectState(
        employer.revision,
        said.facts(),
        reason=await _reason(said, uow),
        stated_by={said.by.officer},
        of_oneself=EmployerStatementOfOneself,
        is_decided=said.counts is not None,
        over=EmployerStatementOver,
    )


async def _reason(said: EmployerStatement, uow: RegistrationUnitOfWork) -> EmployerWait | None:
    """The worker sees every employer: that another one has the company number is found here."""
    if said.reason is not None and said.attribute is EmployerAttribute.COMPANY_NUMBER and said.value is not None:
        others = set(await uow.employers.of_company(said.value)) - {said.employer}
        return EmployerWait.SAME_COMPANY_NUMBER if others else said.reason
    return said.reason
