"""Two officers found nobody who is owed what a payee did not live to receive: it waits, and is looked at again."""

from dataclasses import dataclass

from services.benefits.commands.settle_entitlement import settle_party_soon
from services.benefits.domain.statements import PartyStatement, StatementKind
from services.benefits.events.benefit_paid import party_stated
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import business_day
from shared.kernel.identifiers import derived_id
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class FindNoHeir:
    """The party that died, that nobody was found, and both officers."""

    party: str
    nobody: bool
    officers: Officers


async def find_no_heir(command: FindNoHeir, uow: BenefitsUnitOfWork) -> None:
    """Keep what they found; the payment waits from this day on for as long as the book says."""
    by = command.officers
    id_ = derived_id("heirs_sought", command.party, by.at.isoformat())
    found = ("nobody_found", business_day(by.at), None, None, "task", by.proposed_by, by.at)
    said = PartyStatement(id_, StatementKind.HEIRS_SOUGHT, command.party, *found)
    await uow.statements.add(said, by.tenant)
    await uow.statements.answer(said, command.nobody, by)
    uow.publish(party_stated(said, by.at))
    await settle_party_soon(command.party, uow)
