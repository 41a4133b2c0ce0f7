"""Read what a register stated, as the looker may see it, and what waits for officers as it stands now."""

from uuid import UUID

from services.registration.domain import subjects
from services.registration.domain.register_statement import RegisterStatement, facts_of_statement
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.task import SubjectState


async def find_register_statement(id_: UUID, looker: Viewer, uow: RegistrationUnitOfWork) -> RegisterStatement:
    """The register's own, or any for an officer; raises RegisterStatementUnknown."""
    return await uow.register_statements.find(id_, looker)


async def find_state_of_register_statement(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of a statement, which is locked."""
    statement, revision = await uow.register_statements.lock(subjects.statement_of_register(subject))
    return SubjectState(revision, facts_of_statement(statement))
