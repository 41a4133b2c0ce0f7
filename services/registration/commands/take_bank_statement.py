"""Keep the credits of a bank statement, each once, and match them to the months, or compounds, that payers named."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from services.registration.commands.allocate_receipt import AllocateReceipt
from services.registration.commands.pay_compound import PayCompound, pay_compound
from services.registration.commands.reverse_credits import ReverseCredits, reverse_credits
from services.registration.domain import queues, subjects
from services.registration.domain.bank_statements import (
    TOLD_IN_DETAIL,
    BankStatementState,
    CreditState,
    KeptCredit,
    KeptStatement,
    Named,
    StandingReceipt,
    UnmatchedFor,
    named,
)
from services.registration.domain.enforcement import Compound
from services.registration.domain.errors import ReceiptReferenceTaken
from services.registration.files.camt import read_bank_statements
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import BUSINESS_ZONE, now, today
from shared.kernel.periods import Month
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task


@dataclass(frozen=True)
class TakeBankStatement:
    """The statement's id."""

    statement: str


async def take_bank_statement(command: TakeBankStatement, uow: RegistrationUnitOfWork) -> None:
    """What the same entry said in another message changes nothing; what has a later value day waits for that."""
    kept = await uow.bank_statements.lock(UUID(command.statement))
    if kept.state is BankStatementState.RECEIVED:
        await _take(kept, uow)
    elif kept.state is not BankStatementState.TAKEN:
        return
    money = await uow.bank_statements.to_match(kept.id)
    ahead = [each for each in money if each.credit.banked_on > today()]
    await _match([each for each in money if each.credit.banked_on <= today()], uow)
    await reverse_credits(ReverseCredits(kept.id), uow)
    if ahead:
        await uow.bank_statements.keep([_waits(each) for each in ahead])
        next_day = min(each.credit.banked_on for each in ahead)
        await uow.due.at(command, datetime.combine(next_day, time(), BUSINESS_ZONE) + timedelta(minutes=1))


async def _take(kept: KeptStatement, uow: RegistrationUnitOfWork) -> None:
    read = await asyncio.to_thread(read_bank_statements, await uow.bank_statements.content(kept.id))
    for credit in await uow.bank_statements.take(kept, read[kept.position].credits):
        await close_task(CloseTask(queues.BANK_CREDIT, subjects.bank_credit(credit), TOLD_IN_DETAIL), uow)


async def _match(money: Sequence[KeptCredit], uow: RegistrationUnitOfWork) -> None:
    """As its payer named it, or as its receipt stands already; what is left, people match."""
    stands = await uow.bank_statements.stand(money)
    by_payer = {each.id: named(each.credit) for each in money}
    compounds = await uow.enforcement.by_number({n.compound for n in by_payer.values() if n.compound is not None})
    known = await uow.employers.known({each.employer for each in by_payer.values() if each.employer is not None})
    found = [
        _as_paid(each, by_payer[each.id], known, compounds)
        if (stood := stands.get(each.receipt_id)) is None
        else _as_it_stands(each, stood)
        for each in money
    ]
    await uow.bank_statements.keep(found)
    for each in found:
        if each.state is CreditState.MATCHED:
            await take_credit(each, uow)
            continue
        about, reason = subjects.bank_credit(each.id), str(each.unmatched_for)
        await open_task(OpenTask(queues.BANK_CREDIT, about, reason, each.revision, each.facts), uow)


def _as_it_stands(credit: KeptCredit, stood: StandingReceipt) -> KeptCredit:
    if credit.is_of(stood):
        return credit.matched(stood.employer, stood.month)
    return credit.turned(CreditState.UNMATCHED, UnmatchedFor.REFERENCE_REPEATED)


def _as_paid(
    credit: KeptCredit, payer: Named, employers: Collection[int], compounds: Mapping[int, Compound]
) -> KeptCredit:
    if payer.compound is not None:
        compound = compounds.get(payer.compound)
        if compound is not None and compound.takes_money:
            return credit.of_compound(compound.id)
        return credit.turned(CreditState.UNMATCHED, UnmatchedFor.COMPOUND_NOT_OPEN)
    if payer.employer in employers and payer.employer is not None and payer.month is not None:
        return credit.matched(payer.employer, payer.month)
    return credit.turned(CreditState.UNMATCHED, payer.why or UnmatchedFor.EMPLOYER_UNKNOWN)


async def take_credit(credit: KeptCredit, uow: RegistrationUnitOfWork) -> None:
    """Let a matched credit be what it is: a receipt of contributions, or the payment of a compound."""
    if credit.compound is None:
        await receive_credit(credit, uow)
    else:
        await pay_compound(PayCompound(credit.compound, credit), uow)


async def receive_credit(credit: KeptCredit, uow: RegistrationUnitOfWork) -> None:
    """Let a matched credit be a receipt, which the worker holds against what is declared; raises ReceiptReferenceTaken
    where other money is that receipt."""
    employer, month = credit.employer or 0, credit.month or Month.of(today())
    receipt = credit.receipt(employer, month, now())
    kept, is_new = await uow.receipts.receive(receipt)
    if is_new:
        await uow.due.at(AllocateReceipt(str(kept.id)), now())
    elif not kept.receipt.says_the_same(receipt):
        raise ReceiptReferenceTaken()


def _waits(credit: KeptCredit) -> KeptCredit:
    if credit.unmatched_for is UnmatchedFor.VALUE_DAY_AHEAD:
        return credit
    return credit.turned(CreditState.UNMATCHED, UnmatchedFor.VALUE_DAY_AHEAD)
