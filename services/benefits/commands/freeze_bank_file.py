"""Freezes what is unsent into one set and renders it into a bank file, in one transaction (rules S5)."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from services.benefits.commands.check_bank_file import CheckBankFile
from services.benefits.domain.bank_text import bank_text_of_what_is_kept
from services.benefits.files.pain_001 import AccountHolder, CreditTransfer, Run, render, transaction
from services.benefits.storage.payees import content_place
from services.benefits.storage.payments import Unsent
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import BUSINESS_ZONE, business_day, now
from shared.kernel.failpoints import failpoint
from shared.kernel.identifiers import new_id
from shared.law.act4.calendar.rules import banking_days_after, next_banking_day
from shared.law.book import book
from shared.security.fields import FieldCipher
from shared.telemetry.messaging import child_of

# What a bank answers about so many fits well within what one status report may hold.
MOST_IN_A_FILE = 10_000


@dataclass(frozen=True)
class FreezeBankFile:
    """Make a bank file of what is unsent, if anything is."""


@dataclass(frozen=True)
class Paying:
    """The bank that the files are for (its party), the account that they draw on, and how long the bank may be silent.

    ``silent_days`` are banking days after the execution day.
    """

    bank: str
    account: AccountHolder
    silent_days: int


def freezing(paying: Paying, cipher: FieldCipher) -> Callable[[FreezeBankFile, BenefitsUnitOfWork], Awaitable[None]]:
    """The handler of the command, with the keys and the account that it needs."""

    async def freeze_bank_file(_: FreezeBankFile, uow: BenefitsUnitOfWork) -> None:
        """Take the unsent payments, render them once, keep the file, and tie them to it."""
        unsent = await uow.payments.take_unsent(MOST_IN_A_FILE)
        if not unsent:
            return
        failpoint("bank_file.before_render")
        id_, made_at = new_id(), now()
        execute_on, answer_by = _days(made_at, paying)
        transfers = [_transfer(each, cipher) for each in unsent]
        run = Run(id_.hex, made_at, execute_on, paying.account, transfers)
        content = _rendered(run, unsent, id_)
        failpoint("bank_file.rendered")
        sealed = cipher.encrypt(content.decode(), content_place(id_))
        file = {"id": id_, "tenant": paying.bank, "content": sealed, "sha256": hashlib.sha256(content).hexdigest()}
        await uow.bank_files.add({**file, **_totals(run)})
        await uow.payments.freeze(unsent, id_, paying.bank)
        await uow.due.at(CheckBankFile(id_), answer_by)
        uow.decided("bank_file_made", bank_file=str(id_), payments=len(unsent), amount_sen=run.control_sum_sen)
        failpoint("bank_file.frozen")

    return freeze_bank_file


def _days(made_at: datetime, paying: Paying) -> tuple[date, datetime]:
    """On which banking day it is executed, and until when the bank is to have answered."""
    day = business_day(made_at)
    law = book().on(day, day)
    execute_on = next_banking_day(day, law)
    last = banking_days_after(execute_on, paying.silent_days, law)
    return execute_on, datetime.combine(last, time.max, BUSINESS_ZONE)


def _totals(run: Run) -> dict[str, object]:
    return {
        "message_id": run.message_id,
        "transactions": len(run.transfers),
        "control_sum_sen": run.control_sum_sen,
        "created_at": run.created_at,
    }


def _transfer(unsent: Unsent, cipher: FieldCipher) -> CreditTransfer:
    account = unsent.payee.opened(cipher)
    name = bank_text_of_what_is_kept(account.name)
    return CreditTransfer(unsent.end_to_end_id, unsent.amount_sen, AccountHolder(name, account.number, account.bic))


def _rendered(run: Run, unsent: Sequence[Unsent], bank_file: UUID) -> bytes:
    """Each payment is rendered within the trace of the story that it belongs to."""
    elements = []
    for each, transfer in zip(unsent, run.transfers, strict=True):
        about: dict[str, str | int] = {
            "jaring.instruction": str(each.id),
            "jaring.file": str(bank_file),
            "jaring.person": each.payee.person,
            "jaring.amount_sen": each.amount_sen,
        }
        with child_of(each.traceparent, "render payment", about):
            elements.append(transaction(transfer))
    return render(run, elements)
