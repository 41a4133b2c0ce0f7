"""What the bank took back of the account takes back the receipt or payment that it had been, on the bank's word."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.counter_receipt import CounterReceipt
from services.registration.commands.follow_enforcement import FollowEnforcement
from services.registration.domain import queues, subjects
from services.registration.domain.bank_statements import CreditState, KeptCredit, UnmatchedFor
from services.registration.domain.enforcement import COMPOUND
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task

REVERSED = "reversed"


@dataclass(frozen=True)
class ReverseCredits:
    """A statement of the account."""

    statement: UUID


async def reverse_credits(command: ReverseCredits, uow: RegistrationUnitOfWork) -> None:
    """Each reversal of the account that has no credit yet looks for the one of its reference and amount; what finds
    none, or several, people look at."""
    for reversal in await uow.bank_statements.reversals(command.statement):
        found = await uow.bank_statements.reversed_by(reversal)
        if found is None:
            await _ask(reversal, uow)
        else:
            await _reverse(reversal, found, uow)


async def _reverse(reversal: KeptCredit, credit: KeptCredit, uow: RegistrationUnitOfWork) -> None:
    both = [
        credit.turned(CreditState.REVERSED),
        reversal.turned(CreditState.REVERSES),
    ]
    await uow.bank_statements.keep(both)
    if credit.compound is not None:
        await uow.enforcement.take_back(credit.id)
        await uow.due.at(FollowEnforcement(COMPOUND, str(credit.compound)), now())
    elif credit.state is CreditState.MATCHED:
        await uow.due.at(CounterReceipt(str(credit.receipt_id), by_bank=True), now())
    for each in both:
        await close_task(CloseTask(queues.BANK_CREDIT, subjects.bank_credit(each.id), REVERSED), uow)


async def _ask(reversal: KeptCredit, uow: RegistrationUnitOfWork) -> None:
    if reversal.unmatched_for is UnmatchedFor.REVERSAL_UNKNOWN:
        return
    open_ = reversal.turned(CreditState.UNMATCHED, UnmatchedFor.REVERSAL_UNKNOWN)
    await uow.bank_statements.keep([open_])
    about, why = subjects.bank_credit(open_.id), str(open_.unmatched_for)
    await open_task(OpenTask(queues.BANK_CREDIT, about, why, open_.revision, open_.facts), uow)
