"""An officer proposes that money which is booked did not come in after all: another one releases it."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.domain.errors import CounterEntryUnfit, RepaymentUnknown
from services.benefits.domain.recoveries import CounterEntry
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork


@dataclass(frozen=True)
class ProposeCounterEntry:
    """The repayment, the document that shows it, and the officer and party that propose it."""

    repayment: UUID
    evidence: str
    officer: str
    tenant: str


async def propose_counter_entry(command: ProposeCounterEntry, uow: BenefitsUnitOfWork) -> CounterEntry:
    """Keep it; one that waits already stays as it was. Raises RepaymentUnknown, and CounterEntryUnfit of what is not
    booked or is countered already."""
    repayment = await uow.repayments.find(command.repayment)
    if repayment is None:
        raise RepaymentUnknown(facts={"repayment": str(command.repayment)})
    if not await uow.repayments.is_booked(repayment.id) or await uow.repayments.is_countered(repayment.id):
        raise CounterEntryUnfit(facts={"repayment": str(repayment.id)})
    entry = await uow.counter_entries.propose(repayment.id, command.evidence, command.officer, command.tenant)
    uow.decided("counter_entry_proposed", repayment=str(repayment.id), amount_sen=repayment.amount_sen)
    return entry
