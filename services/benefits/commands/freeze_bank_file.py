"""Freezes what is unsent into one set and renders it into a bank file, in one transaction (rules S5)."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from services.benefits.commands.check_bank_file import CheckBankFile
from services.benefits.domain.bank_text import bank_text_of_what_is_kept
from services.benefits.domain.parties import person_of
from services.benefits.domain.payments import fit_into_a_file
from services.benefits.events.benefit_paid import payment_instructed
from services.benefits.files.pain_001 import AccountHolder, CreditTransfer, Run, render, transaction
from services.benefits.storage.bank_files import Rendered
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
        taken = await uow.payments.take_unsent(MOST_IN_A_FILE)
        unsent = taken[: fit_into_a_file(each.amount_sen for each in taken)]
        if not unsent:
            return
        failpoint("bank_file.before_render")
        content, file = rendered(new_id(), now(), unsent, paying, cipher)
        failpoint("bank_file.rendered")
        for each in unsent:
            uow.publish(payment_instructed(each, file))
        # Written out before the file: the bank is given it when all of this has been sent.
        await uow.flush()
        sealed = cipher.encrypt(content.decode(), content_place(file.id))
        await uow.bank_files.add({"tenant": paying.bank, "content": sealed, **_stated(file)})
        await uow.payments.freeze(unsent, file.id, paying.bank)
        await uow.due.at(CheckBankFile(file.id), answered_by(file.made_at, paying))
        uow.decided("bank_file_made", bank_file=str(file.id), payments=len(unsent), amount_sen=file.control_sum_sen)
        failpoint("bank_file.frozen")

    return freeze_bank_file


def rendered(
    id_: UUID, made_at: datetime, unsent: Sequence[Unsent], paying: Paying, cipher: FieldCipher
) -> tuple[bytes, Rendered]:
    """The bytes of a bank file and what they say: of the same payments, payees and instant always the same."""
    transfers = [_transfer(each, cipher) for each in unsent]
    run = Run(id_.hex, made_at, _executed_on(made_at), paying.account, transfers)
    content = _rendered(run, unsent, id_)
    digest = hashlib.sha256(content).hexdigest()
    return content, Rendered(id_, made_at, digest, len(transfers), run.control_sum_sen)


def answered_by(made_at: datetime, paying: Paying) -> datetime:
    """Until when the bank is to have answered."""
    day = business_day(made_at)
    last = banking_days_after(_executed_on(made_at), paying.silent_days, book().on(day, day))
    return datetime.combine(last, time.max, BUSINESS_ZONE)


def _executed_on(made_at: datetime) -> date:
    """On which banking day it is executed."""
    day = business_day(made_at)
    return next_banking_day(day, book().on(day, day))


def _stated(file: Rendered) -> dict[str, object]:
    return {
        "id": file.id,
        "message_id": file.id.hex,
        "sha256": file.sha256,
        "transactions": file.transactions,
        "control_sum_sen": file.control_sum_sen,
        "created_at": file.made_at,
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
            "jaring.amount_sen": each.amount_sen,
        }
        if (person := person_of(each.payee.party)) is not None:
            about["jaring.person"] = person
        with child_of(each.traceparent, "render payment", about):
            elements.append(transaction(transfer))
    return render(run, elements)
