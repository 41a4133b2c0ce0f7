"""The worker process of rehab: what it listens to and why, and what it leaves for later."""

from collections.abc import Sequence

from services.rehab.commands.ask_about_bill import AskAboutBill, ask_about_bill
from services.rehab.commands.forget_person import FOLLOWER, ForgetPerson, forget_person
from services.rehab.commands.recall_bills import RecallBills, recall_bills
from services.rehab.commands.recall_referrals import RecallReferrals, recall_referrals
from services.rehab.commands.republish_rehab import RepublishRehab, republish_rehab
from services.rehab.consumers import accident_reported, claim_assessed, registration
from services.rehab.settings import RehabSettings
from services.rehab.storage.control_totals import CONTROL_TOTALS
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.contracts.envelope import Event
from shared.messaging.subscription import Subscription
from shared.persistence.following import RepublishErasures
from shared.persistence.law_entries import apply_entries
from shared.process.worker import Work, serve
from shared.scheduling.runner import DueCommand

SUBSCRIPTIONS: list[Subscription[RehabUnitOfWork]] = [
    # An accident opens a referral on the day it is reported, long before anything is decided.
    Subscription("accident.reported", apply=accident_reported.apply, handle=accident_reported.handle),
    # How the claim stands: the case manager sees the benefit days, and a refused claim needs no bed.
    Subscription("claim.assessed", apply=claim_assessed.apply, handle=claim_assessed.handle),
    # What registration keeps of nobody any more is kept here no longer either.
    Subscription("person.erased", apply=FOLLOWER.apply),
    # Who was registered twice is found by either number.
    Subscription("registration", apply=registration.apply),
    # What officers enter into the statute book: the rates of providers.
    Subscription("law.figures", apply=apply_entries),
]

DUE: list[DueCommand[RehabUnitOfWork]] = [
    # Republished page by page, so that a long run holds no long transaction.
    DueCommand(RepublishRehab, republish_rehab),
    # A provider's request sees no task: officers are asked afterwards.
    DueCommand(AskAboutBill, ask_about_bill),
    # A person was erased, or nothing of it is open any more.
    DueCommand(ForgetPerson, forget_person),
    # With all else that is republished.
    DueCommand(RepublishErasures, FOLLOWER.republish),
]


async def recall(events: Sequence[Event], uow: RehabUnitOfWork) -> None:
    """What rehab published is known again after a restore."""
    await recall_referrals(RecallReferrals(events), uow)
    await recall_bills(RecallBills(events), uow)
    await FOLLOWER.recall(events, uow)


def work(_: RehabSettings) -> Work[RehabUnitOfWork]:
    """All that the worker does; it needs no key."""
    return Work(
        unit=RehabUnitOfWork, subscriptions=SUBSCRIPTIONS, due=DUE, recall=recall, control_totals=CONTROL_TOTALS
    )


if __name__ == "__main__":
    settings = RehabSettings()
    serve(settings, work(settings))
