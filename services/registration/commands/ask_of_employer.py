"""Ask two officers whether what is stated of an employer counts."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.registration.domain import queues, subjects
from services.registration.domain.employer_fact import EmployerAttribute, EmployerWait
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.tasks.opening import OpenTask, open_task


@dataclass(frozen=True)
class AskOfEmployer:
    """The statement's id."""

    statement: str


async def ask_of_employer(command: AskOfEmployer, uow: RegistrationUnitOfWork) -> None:
    """Open its task, of the newest revision of the employer; one that was decided is left.

    The worker sees every employer: that another one has the company number is found here.
    """
    said = await uow.employer_facts.get(UUID(command.statement))
    employer = await uow.employers.lock(said.employer)
    said = await uow.employer_facts.get(said.id)
    if said.counts is not None or said.reason is None:
        return
    if said.attribute is EmployerAttribute.COMPANY_NUMBER and said.value is not None:
        others = set(await uow.employers.of_company(said.value)) - {said.employer}
        said = replace(said, reason=EmployerWait.SAME_COMPANY_NUMBER if others else said.reason)
    about = subjects.employer_statement(said.id)
    reason = (said.reason or EmployerWait.CHANGES_ITS_IDENTITY).value
    await open_task(OpenTask(queues.EMPLOYER_STATEMENT, about, reason, employer.revision, said.facts()), uow)
