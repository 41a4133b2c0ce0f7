"""Leave a spell as it stands, whatever a contribution file said of it: two officers found so."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class DropSpellStatement:
    """The statement, and both officers."""

    statement: UUID
    proposed_by: str
    approved_by: str


async def drop_spell_statement(command: DropSpellStatement, uow: RegistrationUnitOfWork) -> None:
    """Keep that it was not taken; the same said again is no news."""
    said = await uow.spell_statements.lock(command.statement)
    await uow.spell_statements.decide(said, False, command.proposed_by, command.approved_by)
