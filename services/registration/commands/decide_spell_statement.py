"""Two officers take what a contribution file says of a spell, and start or end the spell; or leave it as it stands."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.end_spell import EndSpell, end_spell
from services.registration.commands.start_spell import StartSpell, start_spell
from services.registration.domain.errors import SpellStatementUnfit
from services.registration.domain.spell_statement import SpellStatement, SpellStatementKind
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideSpellStatement:
    """The statement, whether it is taken, and both officers."""

    statement: UUID
    is_taken: bool
    officers: Officers


async def decide_spell_statement(command: DecideSpellStatement, uow: RegistrationUnitOfWork) -> None:
    """The same said again is no news. Raises SpellStatementUnfit, or what is wrong with the day (SpellOverlaps,
    SpellEndsTooFarAhead, ...)."""
    said = await uow.spell_statements.lock(command.statement)
    if command.is_taken:
        await _take(said, command.officers, uow)
    await uow.spell_statements.decide(said, command.is_taken, command.officers)


async def _take(said: SpellStatement, officers: Officers, uow: RegistrationUnitOfWork) -> None:
    person, employer, day = said.person, said.employer, said.day
    if said.kind is SpellStatementKind.STARTED:
        by = officers.approved_by
        await start_spell(StartSpell(person, employer, day, today(), officers.tenant, officer=by), uow)
        return
    spell = said.ends((await uow.spells.of_people(employer, {person}))[person])
    if spell is None:
        raise SpellStatementUnfit()
    await end_spell(EndSpell(spell.id, day, today(), officers.tenant), uow)
