"""The worker process of benefits: what it listens to and why, what it leaves for later, which timers run."""

from collections.abc import Sequence
from datetime import timedelta

from services.benefits.commands.ask_of_statement import AskOfStatement, ask_of_statement
from services.benefits.commands.begin_agreement import BeginAgreement, begin_agreement
from services.benefits.commands.book_repayment import BookRepayment, book_repayment
from services.benefits.commands.book_statement_line import BookStatementLine, book_statement_line
from services.benefits.commands.check_bank_file import CheckBankFile, check_bank_file
from services.benefits.commands.close_books import CloseBooks, close_books
from services.benefits.commands.counter_repayment import CounterRepayment, counter_repayment
from services.benefits.commands.forget_person import FOLLOWER, ForgetPerson, forget_person
from services.benefits.commands.freeze_bank_file import Paying
from services.benefits.commands.give_increase import GiveIncrease, give_increase
from services.benefits.commands.recall_agreements import RecallAgreements, recall_agreements
from services.benefits.commands.recall_conditions import RecallConditions, recall_conditions
from services.benefits.commands.recall_payments import RecallPayments, recall_payments
from services.benefits.commands.recall_repayments import RecallRepayments, recall_repayments
from services.benefits.commands.render_lost_file import RenderLostFile, rendering_again
from services.benefits.commands.republish_benefits import RepublishBenefits, republish_benefits
from services.benefits.commands.seek_heirs import SeekHeirs, seek_heirs
from services.benefits.commands.settle_entitlement import SettleEntitlement, settle_entitlement
from services.benefits.commands.settle_unsent import SettleUnsent, settle_unsent
from services.benefits.commands.wake_monthly import WakeMonthly, wake_monthly
from services.benefits.consumers import (
    claim_assessed,
    claims_letter,
    contribution_received,
    law_figures,
    payable,
    registration,
)
from services.benefits.files.pain_001 import AccountHolder
from services.benefits.schedules.bank_file import bank_file
from services.benefits.schedules.closed_days import closed_days
from services.benefits.schedules.payment_calendar import payment_calendar
from services.benefits.schedules.resealing import resealing
from services.benefits.settings import BenefitsSettings
from services.benefits.storage.control_totals import CONTROL_TOTALS
from services.benefits.storage.held_statuses import HELD
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.storage.waiting_for_officers import FOR_OFFICERS
from shared.contracts.envelope import Event
from shared.messaging.subscription import Subscription
from shared.persistence.following import RepublishErasures
from shared.persistence.resealing import DONE, LEFT
from shared.process.worker import Work, serve
from shared.scheduling.runner import DueCommand, Schedule
from shared.security.fields import FieldCipher
from shared.telemetry import metrics

SUBSCRIPTIONS: list[Subscription[BenefitsUnitOfWork]] = [
    # What is owed: the projection first, then the settling of what it says, in the story's own trace.
    Subscription("claim.assessed", apply=claim_assessed.apply, handle=claim_assessed.handle),
    # What is owed beside benefits, owed and paid as what claims decided is: refunds, loans, bills, fees.
    Subscription("registration.payable", apply=payable.apply, handle=payable.handle),
    Subscription("claims.payable", apply=payable.apply, handle=payable.handle),
    Subscription("rehab.payable", apply=payable.apply, handle=payable.handle),
    Subscription("jobs.payable", apply=payable.apply, handle=payable.handle),
    # Two numbers are one person's: one party. And who has died, by the word of a public register.
    Subscription("registration", apply=registration.apply),
    # Whether who was asked for a certificate knows of it.
    Subscription("claims.letter", apply=claims_letter.apply),
    # The funds' money in, for the ledger.
    Subscription("contribution.received", apply=contribution_received.apply),
    # What registration keeps of nobody any more is kept here no longer either.
    Subscription("person.erased", apply=FOLLOWER.apply),
    # What officers enter into the statute book: the calendar by which is paid.
    Subscription("law.figures", apply=law_figures.apply),
]

DUE: list[DueCommand[BenefitsUnitOfWork]] = [
    DueCommand(SettleEntitlement, settle_entitlement),
    DueCommand(SettleUnsent, settle_unsent),
    DueCommand(CheckBankFile, check_bank_file),
    DueCommand(BookStatementLine, book_statement_line),
    DueCommand(BookRepayment, book_repayment),
    DueCommand(CounterRepayment, counter_repayment),
    DueCommand(WakeMonthly, wake_monthly),
    DueCommand(CloseBooks, close_books),
    DueCommand(BeginAgreement, begin_agreement),
    DueCommand(RepublishBenefits, republish_benefits),
    # What is paid over the years: an order raises a nation's pensions, a payee's statement waits for two officers.
    DueCommand(GiveIncrease, give_increase),
    DueCommand(AskOfStatement, ask_of_statement),
    # Something is unpaid since its payee died, or is no more.
    DueCommand(SeekHeirs, seek_heirs),
    # A person was erased, or nothing of it is open any more.
    DueCommand(ForgetPerson, forget_person),
    # With all else that is republished.
    DueCommand(RepublishErasures, FOLLOWER.republish),
]


def schedules(settings: BenefitsSettings) -> list[Schedule[BenefitsUnitOfWork]]:
    """The timers: the bank file, whose rendering opens payees' accounts; the payment calendar; books; keys."""
    every = timedelta(seconds=settings.bank_file_every_seconds)
    look_every = timedelta(seconds=settings.payment_calendar_every_seconds)
    others = [payment_calendar(look_every), closed_days(), resealing(settings.cipher())]
    return [bank_file(every, *_rendering(settings)), *others]


def work(settings: BenefitsSettings) -> Work[BenefitsUnitOfWork]:
    """All that the worker does."""
    # A file that was lost with the database: rendered again to the same bytes, or not at all.
    due = [*DUE, DueCommand(RenderLostFile, rendering_again(*_rendering(settings)))]

    async def recall(events: Sequence[Event], uow: BenefitsUnitOfWork) -> None:
        """What may be at the bank, came back, is agreed, or counts of payees is known again after a restore."""
        await recall_payments(RecallPayments(events, settings.paying_bank), uow)
        await recall_repayments(RecallRepayments(events), uow)
        await recall_agreements(RecallAgreements(events), uow)
        await recall_conditions(RecallConditions(events), uow)
        await FOLLOWER.recall(events, uow)

    resealed = [(metrics.RESEALING_TABLES_LEFT, LEFT), (metrics.RESEALED_ROWS, DONE)]
    counts = [(metrics.BANK_STATUSES_HELD, HELD), *resealed]
    groups = [((metrics.WAITING_FOR_OFFICERS, metrics.WAITING_FOR_OFFICERS_OLDEST_SECONDS), FOR_OFFICERS)]
    return Work(
        BenefitsUnitOfWork,
        SUBSCRIPTIONS,
        due,
        schedules(settings),
        recall=recall,
        counts=counts,
        groups=groups,
        control_totals=CONTROL_TOTALS,
    )


def _rendering(settings: BenefitsSettings) -> tuple[Paying, FieldCipher]:
    account = AccountHolder(settings.paying_name, settings.paying_account, settings.paying_bic)
    paying = Paying(settings.paying_bank, account, settings.bank_silent_after_banking_days)
    return paying, settings.cipher()


if __name__ == "__main__":
    settings = BenefitsSettings()
    serve(settings, work(settings))
