"""Two officers let count what is stated of a payee, or refuse it: what falls due of its benefits follows."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.commands.settle_entitlement import settle_party_soon
from services.benefits.domain.statements import check_beside
from services.benefits.events.benefit_paid import party_stated
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import business_day
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideStatement:
    """The statement, whether it counts, and both officers."""

    statement: UUID
    counts: bool
    officers: Officers


async def decide_statement(command: DecideStatement, uow: BenefitsUnitOfWork) -> None:
    """Keep their word, and settle what is owed to the party, which is locked.

    Raises PartyStatementUnknown, PartyStatementReplaced, PartyStatementStands: what it was stated beside may have
    changed since.
    """
    said = await uow.statements.get(command.statement)
    if command.counts:
        stated = await uow.statements.list_all_of(said.party)
        check_beside(next(each for each in stated if each.id == said.id), stated)
    await uow.statements.answer(said, command.counts, command.officers)
    uow.decided(f"party_{said.kind}", statement=str(said.id), counts=str(command.counts))
    if command.counts:
        written_to = await uow.statements.written_to(said.party, business_day(command.officers.at))
        uow.publish(party_stated(said, command.officers.at, written_to if said.is_written_about else ()))
        await settle_party_soon(said.party, uow)
