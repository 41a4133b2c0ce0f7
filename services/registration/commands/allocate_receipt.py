"""Find of which funds a receipt is: now, and again with each file of its employer and month, while it is of none."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.registration.commands.process_contribution_file import ProcessContributionFile
from services.registration.commands.review_account import ReviewAccount
from services.registration.commands.review_refund import ReviewRefund
from services.registration.domain.contribution import FundSums, MonthSums, by_fund, month_of
from services.registration.domain.parts import leaves_something
from services.registration.domain.receipts import KeptReceipt, Receipt, looked_at
from services.registration.domain.subjects import contributions, sent
from services.registration.events.contribution_received import contribution_banked
from services.registration.storage.contribution_lines import FileUnderway
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import business_day, now, today
from shared.kernel.money import Sen
from shared.persistence.due_work import kind_of, payload_of

# Whoever works off what was sent has a receipt looked at that waits for it; nobody says that it failed for good.
_UNLESS_WOKEN = timedelta(minutes=10)


@dataclass(frozen=True)
class AllocateReceipt:
    """The receipt's id."""

    receipt: str


async def allocate_receipt(command: AllocateReceipt, uow: RegistrationUnitOfWork) -> None:
    """Publish what is found where it is news; what is of a fund once stays so, also when a file corrects the month."""
    id_ = UUID(command.receipt)
    of_month = await uow.receipts.lock_month(id_)
    kept = next(each for each in of_month if each.id == id_)
    if kept.may_be_looked_at and not await _look_at(command, kept, [each for each in of_month if each.id != id_], uow):
        return
    # Whatever it is of, it was paid, and so it may be to refund, or late.
    whose = (kept.receipt.employer, str(month_of(kept.receipt.month)))
    await uow.due.at(ReviewRefund(*whose), now())
    await uow.due.at(ReviewAccount(*whose), now())


async def _look_at(
    command: AllocateReceipt, kept: KeptReceipt, others: list[KeptReceipt], uow: RegistrationUnitOfWork
) -> bool:
    """Whether it could be looked at: what its employer sent is worked off."""
    receipt = kept.receipt
    interest_sen = await _interest(receipt, others, uow)
    try:
        declared = await _declared(receipt, uow)
    except FileUnderway:
        # A receipt that equals some of what was sent by chance would be of its funds for good; and one of all that was
        # sent would be more than was declared.
        await uow.due.when(command, {sent(receipt.employer)}, now() + _UNLESS_WOKEN)
        return False
    for found in looked_at(kept, others, declared, interest_sen):
        await uow.receipts.allocate(found)
        uow.publish(contribution_banked(found))
        kept = found if found.id == kept.id else kept
    if kept.allocation is not None and kept.allocation.unallocated_for and kept.may_be_looked_at:
        await uow.due.when(command, {contributions(receipt.employer, receipt.month)}, None)
    return True


async def _interest(receipt: Receipt, others: list[KeptReceipt], uow: RegistrationUnitOfWork) -> Sen:
    """What interest of the month is to be paid by whoever pays the rest of it with this."""
    account = await uow.accounts.find(receipt.employer, month_of(receipt.month))
    if account is None:
        return 0
    return account.paid_by(others).interest_to_pay(receipt.amount_sen, receipt.banked_on, today())


async def _declared(receipt: Receipt, uow: RegistrationUnitOfWork) -> list[FundSums]:
    """What is declared and what is assessed beyond that, by the law as known when the receipt came; or nothing.

    Of a month that was taken over the account has what came on top of it.
    """
    await uow.contribution_lines.check_whole(receipt.employer, receipt.month)
    if await _is_more_on_its_way(receipt.employer, uow):
        raise FileUnderway
    account = await uow.accounts.find(receipt.employer, month_of(receipt.month))
    if account is None:
        return []
    owed = account.declared + account.assessed
    return by_fund(MonthSums(receipt.month, 0, 0, owed), business_day(receipt.received_at))


async def _is_more_on_its_way(employer: int, uow: RegistrationUnitOfWork) -> bool:
    """Whether something that the employer sent is still to be worked off: what a month declares by now may be some of
    it. A file that failed for good is waited for by whoever mends or closes it, and by no money; nor by way of a file
    that is laid over what the ones before it say, and waits for it."""
    has_one_failed = False
    for job in await uow.contribution_files.list_received(employer):
        work = ProcessContributionFile(str(job.id))
        if await uow.contribution_files.has_failed(kind_of(type(work)), payload_of(work)):
            has_one_failed = True
        elif not (has_one_failed and leaves_something(job.reading)):
            return True
    return await uow.contribution_files.are_wages_pushed(employer)
