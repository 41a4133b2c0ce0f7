"""Take what a contribution file says of a spell, as two officers decided: the spell starts or ends by their word."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.end_spell import EndSpell, end_spell
from services.registration.commands.start_spell import StartSpell, start_spell
from services.registration.domain.errors import SpellStatementUnfit
from services.registration.domain.spell_statement import SpellStatementKind
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today


@dataclass(frozen=True)
class TakeSpellStatement:
    """The statement, both officers, and the organisation for which they decide."""

    statement: UUID
    proposed_by: str
    approved_by: str
    tenant: str


async def take_spell_statement(command: TakeSpellStatement, uow: RegistrationUnitOfWork) -> None:
    """Raises SpellStatementUnfit, or what is wrong with the day (SpellOverlaps, SpellEndsTooFarAhead, ...)."""
    said = await uow.spell_statements.lock(command.statement)
    person, employer, day, officer = said.person, said.employer, said.day, command.approved_by
    if said.kind is SpellStatementKind.STARTED:
        await start_spell(StartSpell(person, employer, day, today(), command.tenant, officer=officer), uow)
    else:
        spell = said.ends((await uow.spells.of_people(employer, {person}))[person])
        if spell is None:
            raise SpellStatementUnfit()
        await end_spell(EndSpell(spell.id, day, today(), command.tenant), uow)
    await uow.spell_statements.decide(said, True, command.proposed_by, command.approved_by)
