"""A second officer lets a counter-entry count."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.commands.counter_repayment import CounterRepayment
from services.benefits.domain.errors import CounterEntryUnfit, SecondOfficerNeeded
from services.benefits.domain.recoveries import CounterEntry
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.officers import must_be_another


@dataclass(frozen=True)
class ReleaseCounterEntry:
    """The repayment, and the officer who releases what another proposed of it."""

    repayment: UUID
    officer: str


async def release_counter_entry(command: ReleaseCounterEntry, uow: BenefitsUnitOfWork) -> CounterEntry:
    """Note it and leave the repayment to be countered, once; raises CounterEntryUnfit, SecondOfficerNeeded."""
    entry = await uow.counter_entries.find(command.repayment)
    if entry is not None:
        must_be_another(command.officer, {entry.proposed_by}, SecondOfficerNeeded, repayment=str(command.repayment))
    released = entry and await uow.counter_entries.release(entry, command.officer)
    if released is None:
        raise CounterEntryUnfit(facts={"repayment": str(command.repayment)})
    await uow.due.at(CounterRepayment(released.repayment), now())
    uow.decided("counter_entry_released", repayment=str(released.repayment))
    return released
