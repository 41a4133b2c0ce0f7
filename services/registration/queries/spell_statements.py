"""Read what contribution files say of spells."""

from uuid import UUID

from services.registration.domain import subjects
from services.registration.domain.errors import ContributionFileOfOneself
from services.registration.domain.spell_statement import SpellStatement
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.task import SubjectState


async def list_spell_statements(
    after: UUID | None, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[SpellStatement]:
    """By id, after one: the looker's own, or all of them for an officer."""
    return await uow.spell_statements.page(after, limit, looker.tenant, looker.officer)


async def find_state_of_spell_statement(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of a statement, which is locked: it never changes."""
    said = await uow.spell_statements.lock(subjects.statement_of_subject(subject))
    stated_by = await uow.contribution_files.senders(said.id)
    return SubjectState(1, said.facts, stated_by=stated_by, of_oneself=ContributionFileOfOneself)
